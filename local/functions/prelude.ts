/**
 * Takes a streamed function response apart: JSON prelude with status and headers, eight zero bytes, body.
 */
import type { Readable } from 'node:stream';
import { preludeEnd } from './protocol.ts';

/** The start of a streamed HTTP response, and its body as it arrives. */
export type StreamedResponse = {
  statusCode: number;
  headers: Record<string, string>;
  multiValueHeaders: Record<string, string[]>;
  cookies: string[];
  body: Readable;
};

/** A prelude has to fit into this; Lambda says 16 KB for all headers. */
const preludeLimitBytes = 64 * 1024;

/** Waits for the prelude; rejects when the function fails before it, or never sends one. */
export async function readPrelude(source: Readable): Promise<StreamedResponse> {
  let head = Buffer.alloc(0);
  const iterator = source.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
  for await (const chunk of iterator) {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf(preludeEnd);
    if (end >= 0) {
      const rest = head.subarray(end + preludeEnd.length);
      if (rest.length > 0) source.unshift(rest);
      return { ...parse(head.subarray(0, end)), body: source };
    }
    if (head.length > preludeLimitBytes) break;
  }
  source.destroy();
  throw new Error('The streamed response has no prelude with its status and headers');
}

function parse(bytes: Buffer): Omit<StreamedResponse, 'body'> {
  const metadata = JSON.parse(bytes.toString()) as Partial<StreamedResponse>;
  return {
    statusCode: metadata.statusCode ?? 200,
    headers: metadata.headers ?? {},
    multiValueHeaders: metadata.multiValueHeaders ?? {},
    cookies: metadata.cookies ?? [],
  };
}
