/** S3 requests: judged by method and path, streamed to the part without ever holding a body. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from '../parts/contract.ts';
import type { Forwarder } from './forward.ts';
import type { Caller, Gate } from './gate.ts';
import { type S3Call, type S3Target, deleteObjectsNeeds, s3Call } from './needs/s3.ts';
import { checkPresigned } from './presigned.ts';
import { readBody } from './request.ts';

/** What fauxqs takes; it would answer more with an error that no S3 client reads. */
const MAX_REQUEST_BYTES = 11 * 1024 * 1024;
const LOOPBACK_ORIGIN = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

export type S3Front = {
  serve(
    request: IncomingMessage,
    response: ServerResponse,
    caller: Caller,
    presigned: boolean,
  ): Promise<void>;
};

export function createS3Front(parts: { gate: Gate; forwarder: Forwarder; port: number }): S3Front {
  const { gate, forwarder, port } = parts;
  /** Objects that are being created with `If-None-Match: *`, which the part does not know. */
  const creating = new Set<string>();

  return {
    serve: async (request, response, caller, presigned) => {
      const target = splitTarget(request);
      // First, so that a page can read why it is refused.
      allowBrowser(request, response);
      if (presigned) checkPresigned(request, target);
      const call = s3Call(request.method ?? 'GET', target, request.headers);
      if ('missing' in call) {
        throw new AwsError('NotImplementedException', `The local S3 does not implement ${call.missing}`, 501);
      }
      if (Number(request.headers['content-length']) > MAX_REQUEST_BYTES) {
        throw new AwsError(
          'EntityTooLarge',
          'The local S3 takes 11 MiB in one request: upload in parts',
          400,
        );
      }
      if (call.judgedByBody === true) {
        const body = await readBody(request);
        await gate.check(caller, 's3', deleteObjectsNeeds(call.bucket, body.toString()));
        return forwarder.send(request, response, { port, path: request.url ?? '/', body });
      }
      await gate.check(caller, 's3', call.needs);
      const forward = () => forwarder.send(request, response, { port, path: request.url ?? '/' });
      return request.headers['if-none-match'] === '*' && request.method === 'PUT'
        ? onlyOnce(call, request, forward)
        : forward();
    },
  };

  /** `If-None-Match: *`: the object must not exist, and of two that arrive together one is told to try again. */
  async function onlyOnce(
    call: S3Call,
    request: IncomingMessage,
    forward: () => Promise<void>,
  ): Promise<void> {
    const name = `${call.bucket}/${call.key}`;
    if (creating.has(name)) {
      throw new AwsError(
        'ConditionalRequestConflict',
        'A conflicting operation is in progress on this object',
        409,
      );
    }
    creating.add(name);
    try {
      const status = await forwarder.status(port, 'HEAD', splitTarget(request).path, {});
      if (status === 200) {
        throw new AwsError(
          'PreconditionFailed',
          'At least one of the pre-conditions you specified did not hold',
          412,
        );
      }
      await forward();
    } finally {
      creating.delete(name);
    }
  }
}

/** Not through URL, which resolves `..`: what is judged must be what the part sees. */
function splitTarget(request: IncomingMessage): S3Target {
  const [path = '/', ...search] = (request.url ?? '/').split('?');
  return { path, query: new URLSearchParams(search.join('?')) };
}

/** Answers a browser's preflight: the console uploads to and downloads from presigned URLs on this machine. */
export function answerPreflight(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method !== 'OPTIONS' || !allowBrowser(request, response)) return false;
  response.writeHead(204, {
    'access-control-allow-methods': 'GET, PUT, POST, DELETE, HEAD',
    'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '*',
    'access-control-max-age': '600',
  });
  response.end();
  return true;
}

/** Pages of this machine may read the answer; no other origin may. */
function allowBrowser(request: IncomingMessage, response: ServerResponse): boolean {
  const origin = request.headers.origin;
  if (origin === undefined || !LOOPBACK_ORIGIN.test(origin)) return false;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader(
    'access-control-expose-headers',
    'ETag, Content-Length, Content-Disposition, x-amz-request-id',
  );
  response.setHeader('vary', 'origin');
  return true;
}
