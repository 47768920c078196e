/** Errors and answers in the protocol of the service that was called, so that SDK clients read them as AWS's. */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { AwsError } from '../parts/contract.ts';

export type Protocol = 'json' | 'rest-json' | 's3' | 'query';

export function protocolOf(service: string): Protocol {
  if (service === 's3') return 's3';
  if (service === 'rds') return 'query';
  return REST.has(service) ? 'rest-json' : 'json';
}

const REST = new Set(['ses', 'scheduler', 'lambda', 'xray', 'social-messaging', 'bedrock']);

/** Answers with JSON as the SDK's JSON protocols expect it. */
export function answerJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const text = JSON.stringify(body) ?? '';
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.1',
    'x-amzn-requestid': randomUUID(),
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/** Renders an error; what is not an AwsError is the front's own failure and is answered as such, with its message. */
export function answerError(
  response: ServerResponse,
  protocol: Protocol,
  error: unknown,
  bodyless = false,
): void {
  const known = error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), 500);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (protocol === 's3') return answerS3Error(response, known, bodyless);
  if (protocol === 'query') return answerQueryError(response, known);
  answerJson(
    response,
    // The JSON protocols answer every client error with 400 and tell them apart by their type.
    protocol === 'json' && known.status === 403 ? 400 : known.status,
    { __type: `com.amazon.coral.service#${known.code}`, message: known.message },
    {
      'x-amzn-errortype': known.code,
      ...(protocol === 'rest-json' ? { 'content-type': 'application/json' } : {}),
    },
  );
}

/** Answers with XML as the SDK's query protocol expects it: lists are what the part nests them in. */
export function answerXml(response: ServerResponse, action: string, body: unknown): void {
  const requestId = randomUUID();
  answerQuery(response, 200, requestId, {
    [`${action}Response`]: { [`${action}Result`]: body, ResponseMetadata: { RequestId: requestId } },
  });
}

function answerQueryError(response: ServerResponse, { code, message, status }: AwsError): void {
  const requestId = randomUUID();
  const Type = status < 500 ? 'Sender' : 'Receiver';
  const error = { Type, Code: QUERY_CODES[code] ?? code, Message: message };
  answerQuery(response, status, requestId, { ErrorResponse: { Error: error, RequestId: requestId } });
}

function answerQuery(response: ServerResponse, status: number, requestId: string, root: object): void {
  response.writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': requestId });
  response.end(elements(root));
}

/** An array is the element once for each of its members. */
function elements(value: unknown): string {
  if (typeof value !== 'object' || value === null) return escapeXml(String(value));
  return Object.entries(value)
    .flatMap(([name, member]) =>
      (Array.isArray(member) ? member : [member]).map((one: unknown) => [name, one]),
    )
    .map(([name, one]) => `<${String(name)}>${elements(one)}</${String(name)}>`)
    .join('');
}

const QUERY_CODES: Record<string, string> = {
  AccessDeniedException: 'AccessDenied',
  UnrecognizedClientException: 'InvalidClientTokenId',
  MissingAuthenticationTokenException: 'MissingAuthenticationToken',
  NotImplementedException: 'NotImplemented',
};

function answerS3Error(response: ServerResponse, error: AwsError, bodyless: boolean): void {
  const code = S3_CODES[error.code] ?? error.code;
  const requestId = randomUUID();
  const xml =
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${escapeXml(code)}</Code>` +
    `<Message>${escapeXml(error.message)}</Message><RequestId>${requestId}</RequestId></Error>`;
  response.writeHead(error.status, {
    'content-type': 'application/xml',
    'x-amz-request-id': requestId,
    // A body that nobody reads would otherwise be taken for the next request on this connection.
    connection: 'close',
  });
  response.end(bodyless ? undefined : xml);
}

const S3_CODES: Record<string, string> = {
  AccessDeniedException: 'AccessDenied',
  UnrecognizedClientException: 'InvalidAccessKeyId',
  MissingAuthenticationTokenException: 'AccessDenied',
  NotImplementedException: 'NotImplemented',
};

function escapeXml(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
