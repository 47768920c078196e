/** Who is calling which service: read from the signature's scope, which is all a signature is good for locally. */
import type { IncomingMessage } from 'node:http';
import { AwsError } from '../parts/contract.ts';
import { wholeBody } from '../whole-body.ts';

export type Signed = {
  accessKeyId: string;
  region: string;
  service: string;
  /** Signed in the query string: no header tells more, and it expires. */
  presigned: boolean;
};

const SCOPE = /Credential=([^/,\s]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/;

/** The signature's scope, or `undefined` when the request is not signed at all. */
export function signedBy(request: IncomingMessage): Signed | undefined {
  const header = request.headers.authorization;
  if (header !== undefined) return scope(SCOPE.exec(header), false);
  const url = request.url ?? '/';
  if (!url.includes('X-Amz-Credential=')) return undefined;
  return scope(
    SCOPE.exec(`Credential=${new URL(url, 'http://front').searchParams.get('X-Amz-Credential')}`),
    true,
  );
}

/** Reads a body that has to be judged or answered here; large bodies are never read, they stream. */
export async function readBody(request: IncomingMessage, limitBytes = 16 * 1024 * 1024): Promise<Buffer> {
  const body = await wholeBody(request, limitBytes);
  if (body === undefined) {
    throw new AwsError('RequestEntityTooLargeException', `The body exceeds ${limitBytes} bytes`, 413);
  }
  return body;
}

/** Parses a JSON body; an empty one is an empty object. */
export function parseBody(raw: Buffer): Record<string, unknown> {
  if (raw.length === 0) return {};
  try {
    return JSON.parse(raw.toString()) as Record<string, unknown>;
  } catch (error) {
    throw new AwsError('SerializationException', `The body is not JSON: ${String(error)}`);
  }
}

function scope(found: RegExpExecArray | null, presigned: boolean): Signed | undefined {
  if (found === null) return undefined;
  const [, accessKeyId = '', region = '', service = ''] = found;
  return { accessKeyId, region, service, presigned };
}
