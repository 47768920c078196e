/**
 * What the host and a function's instance say to each other. Events and results cross as JSON text, as they do on
 * Lambda: what JSON cannot express does not arrive.
 */

/** What an instance needs before it can load the function. */
export type InstanceData = { codeFolder: string; handler: string };

/** One invocation, as the host sends it. */
export type InvocationMessage = {
  kind: 'invoke';
  id: number;
  event: string;
  /** Epoch milliseconds at which the invocation times out. */
  deadlineMs: number;
  requestId: string;
  traceId: string;
  invokedFunctionArn: string;
};

/** The host has room for the next chunk of a streamed response. */
export type ContinueMessage = { kind: 'continue'; id: number };

export type ToInstance = InvocationMessage | ContinueMessage;

/** An error as Lambda reports it. */
export type ReportedError = { errorType: string; errorMessage: string; trace: string[] };

export type FromInstance =
  | { kind: 'ready' }
  | { kind: 'broken'; error: ReportedError }
  | { kind: 'done'; id: number; payload: string }
  | { kind: 'failed'; id: number; error: ReportedError }
  | { kind: 'chunk'; id: number; bytes: Uint8Array }
  | { kind: 'streamed'; id: number };

/** Separates the JSON prelude of a streamed HTTP response from its body. */
export const preludeEnd = Buffer.alloc(8);

/** Lambda's limit for an event and for a buffered result. */
export const payloadLimitBytes = 6 * 1024 * 1024;
