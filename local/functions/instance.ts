/**
 * One execution environment of a function: it runs inside a worker thread, or a process of its own, with the function's
 * own environment variables, loads the bundled handler once, and answers one invocation at a time.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import {
  payloadLimitBytes,
  preludeEnd,
  type FromInstance,
  type InstanceData,
  type InvocationMessage,
  type ReportedError,
  type ToInstance,
} from './protocol.ts';

type Handler = (event: unknown, context: unknown) => unknown;
type StreamingHandler = (event: unknown, stream: Writable, context: unknown) => unknown;

const streaming = Symbol.for('aws.lambda.runtime.handler.streaming');
const host = hostOf();
let resume: (() => void) | undefined;

if (host !== undefined) {
  provideStreaming();
  load(host.data).then(
    (handler) => {
      host.listen((message) => {
        if (message.kind === 'continue') resume?.();
        else void run(handler, message);
      });
      send({ kind: 'ready' });
    },
    (error: unknown) => send({ kind: 'broken', error: reported(error) }),
  );
}

/** Whoever started this instance, and how the two speak. */
type Host = {
  data: InstanceData;
  send(message: FromInstance): void;
  listen(take: (message: ToInstance) => void): void;
};

function hostOf(): Host | undefined {
  const port = parentPort;
  if (port !== null) {
    return {
      data: workerData as InstanceData,
      send: (message) => port.postMessage(message),
      listen: (take) => port.on('message', take),
    };
  }
  if (process.send === undefined) return undefined;
  // Ctrl-C reaches the whole group; the host decides when its instances end. Without a host nobody would.
  process.on('SIGINT', () => undefined);
  process.on('disconnect', () => process.exit(0));
  return {
    data: JSON.parse(process.argv[2] ?? '{}') as InstanceData,
    send: (message) => void process.send?.(message),
    listen: (take) => process.on('message', (message) => take(message as ToInstance)),
  };
}

function send(message: FromInstance): void {
  host?.send(message);
}

async function load({ codeFolder, handler }: InstanceData): Promise<Handler> {
  const dot = handler.lastIndexOf('.');
  const [module, name] = [handler.slice(0, dot), handler.slice(dot + 1)];
  const file = ['.js', '.mjs', '.cjs'].map((ending) => join(codeFolder, module + ending)).find(existsSync);
  if (file === undefined) {
    throw named('Runtime.ImportModuleError', `Error: Cannot find module '${module}' in ${codeFolder}`);
  }
  const loaded = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  const found = loaded[name] ?? (loaded.default as Record<string, unknown> | undefined)?.[name];
  if (found === undefined) throw named('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  if (typeof found !== 'function') throw named('Runtime.HandlerNotFound', `${handler} is not a function`);
  return found as Handler;
}

async function run(handler: Handler, invocation: InvocationMessage): Promise<void> {
  process.env._X_AMZN_TRACE_ID = invocation.traceId;
  try {
    const event = JSON.parse(invocation.event) as unknown;
    const context = contextOf(invocation);
    if ((handler as { [streaming]?: string })[streaming] !== undefined) {
      await runStreaming(handler, event, context, invocation.id);
      return;
    }
    const payload = JSON.stringify(await handler(event, context)) ?? 'null';
    if (Buffer.byteLength(payload) > payloadLimitBytes) {
      throw named(
        'Function.ResponseSizeTooLarge',
        'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
      );
    }
    send({ kind: 'done', id: invocation.id, payload });
  } catch (error) {
    const report = reported(error);
    console.error(
      `${new Date().toISOString()}\t${invocation.requestId}\tERROR\tInvoke Error\t${JSON.stringify(report)}`,
    );
    send({ kind: 'failed', id: invocation.id, error: report });
  }
}

async function runStreaming(
  handler: StreamingHandler,
  event: unknown,
  context: unknown,
  id: number,
): Promise<void> {
  const stream = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      resume = callback;
      send({ kind: 'chunk', id, bytes: new Uint8Array(chunk) });
    },
  });
  const finished = new Promise<void>((resolve, reject) => {
    stream.once('finish', resolve);
    stream.once('error', reject);
  });
  // A rejection is reported by the await below; until then it must not count as unhandled.
  finished.catch(() => undefined);
  await handler(event, stream, context);
  stream.end();
  await finished;
  send({ kind: 'streamed', id });
}

function contextOf(invocation: InvocationMessage): Record<string, unknown> {
  return {
    awsRequestId: invocation.requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: invocation.invokedFunctionArn,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => Math.max(0, invocation.deadlineMs - Date.now()),
  };
}

/** The globals with which a handler answers piece by piece. */
function provideStreaming(): void {
  Object.assign(globalThis, {
    awslambda: {
      streamifyResponse: (handler: object) => Object.assign(handler, { [streaming]: 'response' }),
      HttpResponseStream: {
        from(stream: Writable, metadata: unknown): Writable {
          // The prelude leaves with the first bytes, in one piece, as the gateway expects it.
          stream.write(Buffer.concat([Buffer.from(JSON.stringify(metadata)), preludeEnd]));
          return stream;
        },
      },
    },
  });
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

function reported(error: unknown): ReportedError {
  if (!(error instanceof Error)) {
    const errorMessage = typeof error === 'string' ? error : (JSON.stringify(error) ?? 'undefined');
    return { errorType: typeof error, errorMessage, trace: [] };
  }
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}
