/**
 * Turns what a function returned into an HTTP response, by API Gateway's rules for the Lambda proxy format.
 */
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { StreamedResponse } from '../functions/prelude.ts';
import { matchesMediaType } from './media.ts';

/** A function's answer, checked. */
export type ProxyAnswer = {
  statusCode: number;
  headers: Record<string, string[]>;
  body: string;
  isBase64Encoded: boolean;
};

/** Undefined when the payload is not in the proxy format: the gateway answers 502 then. */
export function readAnswer(payload: unknown): ProxyAnswer | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined;
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = payload as Record<
    string,
    unknown
  >;
  const status = Number(statusCode);
  if (statusCode === undefined || !Number.isInteger(status) || status < 100 || status > 599) return undefined;
  if (body !== undefined && body !== null && typeof body !== 'string') return undefined;
  const merged = mergeHeaders(headers, multiValueHeaders);
  if (merged === undefined) return undefined;
  return { statusCode: status, headers: merged, body: body ?? '', isBase64Encoded: isBase64Encoded === true };
}

/**
 * Sends the answer. Base64 is decoded only when the API has a binary media type that the client accepts; otherwise
 * the text goes out as it is, on AWS as well.
 */
export function sendAnswer(
  response: ServerResponse,
  answer: ProxyAnswer,
  accept: string | undefined,
  binaryMediaTypes: string[],
): void {
  const binary = answer.isBase64Encoded && binaryMediaTypes.some((type) => matchesMediaType(accept, type));
  const body = Buffer.from(answer.body, binary ? 'base64' : 'utf8');
  writeHead(response, answer.statusCode, answer.headers);
  // Without a body these statuses must not announce a length either.
  if (answer.statusCode !== 204 && answer.statusCode !== 304)
    response.setHeader('content-length', body.length);
  response.end(body);
}

/** Passes a streamed answer on as it is produced; a failure midway breaks the connection, as on AWS. */
export async function sendStream(response: ServerResponse, answer: StreamedResponse): Promise<void> {
  const headers = mergeHeaders(answer.headers, answer.multiValueHeaders) ?? {};
  if (answer.cookies.length > 0) headers['set-cookie'] = answer.cookies;
  writeHead(response, answer.statusCode, headers);
  response.flushHeaders();
  await pipeline(answer.body, response);
}

function writeHead(response: ServerResponse, statusCode: number, headers: Record<string, string[]>): void {
  response.statusCode = statusCode;
  response.setHeader('content-type', 'application/json');
  for (const [name, values] of Object.entries(headers)) {
    if (framing.has(name.toLowerCase())) continue;
    response.setHeader(name, values.length === 1 ? (values[0] ?? '') : values);
  }
}

/** How the message is framed is the gateway's own business. */
const framing = new Set(['connection', 'content-length', 'transfer-encoding', 'keep-alive', 'upgrade']);

/** Both forms together; where a name stands in both, the multi-value form wins. Undefined when malformed. */
function mergeHeaders(single: unknown, multiple: unknown): Record<string, string[]> | undefined {
  const merged = new Map<string, [name: string, values: string[]]>();
  for (const headers of [single ?? {}, multiple ?? {}]) {
    if (typeof headers !== 'object') return undefined;
    for (const [name, value] of Object.entries(headers as Record<string, unknown>)) {
      const values: unknown[] = Array.isArray(value) ? value : [value];
      if (values.some((item) => !['string', 'number', 'boolean'].includes(typeof item))) return undefined;
      merged.set(name.toLowerCase(), [name, values.map(String)]);
    }
  }
  return Object.fromEntries(merged.values());
}
