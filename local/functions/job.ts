/**
 * One invocation on its way through the host: what is sent to an instance, and who waits for the answer.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { InvokeResult } from '../parts/contract.ts';
import type { ReportedError } from './protocol.ts';

/** A function's own failure, for callers that cannot take it as a result. */
export class FunctionError extends Error {
  readonly errorType: string;

  constructor(errorType: string, message: string) {
    super(message);
    this.name = 'FunctionError';
    this.errorType = errorType;
  }
}

/** An invocation that waits for an instance or runs on one. */
export type Job = {
  requestId: string;
  traceId: string;
  event: string;
  invokedFunctionArn: string;
  succeed(payload: string): void;
  fail(error: Pick<ReportedError, 'errorType' | 'errorMessage'>): void;
  /** A piece of a streamed answer; `next` is called when there is room for another. */
  chunk(bytes: Uint8Array, next: () => void): void;
  /** The streamed answer is complete. */
  end(): void;
};

/** A job whose answer is returned as a whole. */
export function bufferedJob(event: string, arn: string): { job: Job; result: Promise<InvokeResult> } {
  const { promise, resolve } = Promise.withResolvers<InvokeResult>();
  const chunks: Uint8Array[] = [];
  const job: Job = {
    ...identified(event, arn),
    succeed: (payload) => resolve({ ok: true, payload: JSON.parse(payload) as unknown }),
    fail: ({ errorType, errorMessage }) => resolve({ ok: false, errorType, errorMessage }),
    chunk: (bytes, next) => {
      chunks.push(bytes);
      next();
    },
    end: () => resolve({ ok: true, payload: Buffer.concat(chunks).toString() }),
  };
  return { job, result: promise };
}

/** A job whose answer is read while it is produced; the function waits when nobody reads. */
export function streamedJob(event: string, arn: string): { job: Job; stream: Readable } {
  let resume: (() => void) | undefined;
  const stream = new Readable({
    read() {
      resume?.();
      resume = undefined;
    },
    destroy(error, callback) {
      // The function runs on, as on Lambda; what it still writes is dropped.
      resume?.();
      callback(error);
    },
  });
  const job: Job = {
    ...identified(event, arn),
    // A handler that does not stream answers in one piece.
    succeed: (payload) => {
      stream.push(payload);
      stream.push(null);
    },
    fail: ({ errorType, errorMessage }) => stream.destroy(new FunctionError(errorType, errorMessage)),
    chunk: (bytes, next) => {
      if (stream.destroyed || stream.push(bytes)) next();
      else resume = next;
    },
    end: () => stream.push(null),
  };
  return { job, stream };
}

function identified(event: string, invokedFunctionArn: string) {
  const root = `1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
  const traceId = `Root=${root};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
  return { requestId: randomUUID(), traceId, event, invokedFunctionArn };
}
