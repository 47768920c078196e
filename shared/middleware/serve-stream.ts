/**
 * The function `<module>.stream`: the same chain, and answers that are sent while they are made. It answers in the
 * format of Lambda's response streaming, whether an answer comes in pieces or in one.
 */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Context } from 'aws-lambda';
import { assertCapabilities } from '../contract/capability-registry.ts';
import { fail, problems } from '../contract/errors.ts';
import type { Contract, Module, StreamOps } from '../contract/module.ts';
import { type ApiEvent, known } from './exchange.ts';
import { type LongResult, longOperation } from './long-operation.ts';
import type { AnyOperation } from './operation.ts';
import { problemResult } from './problem-json.ts';
import { newExchange, routesOf } from './serve.ts';

/** The Lambda handler of a module's stream function. */
export function serveStream<C extends Contract>(module: Module<C>, ops: StreamOps<C>): unknown {
  const answer = answerStream(module, ops);
  return awslambda.streamifyResponse(async (event, stream, context) => {
    const { statusCode, headers = {}, body, events } = await answer(event, context);
    const out = awslambda.HttpResponseStream.from(stream, { statusCode, headers });
    if (events === undefined) out.end(body);
    else await pour(events, out);
  });
}

/** What answers the requests of a module's stream function, apart from how Lambda sends it. */
export function answerStream<C extends Contract>(
  module: Module<C>,
  ops: StreamOps<C>,
): (event: ApiEvent, context: Context) => Promise<LongResult> {
  // A mistake stops the function when it starts, not a caller later.
  assertCapabilities([module]);
  const operations = ops as Readonly<Record<string, AnyOperation>>;
  const routes = routesOf<LongResult>(module, true, ({ name }) =>
    longOperation(known(operations[name], name)),
  );
  return async (event, context) => {
    const route = routes(event);
    if (route === undefined) {
      return problemResult(fail(problems.notFound), event.requestContext.requestId, {});
    }
    const exchange = newExchange(module, route.called, event);
    return route.handle(event, { ...context, exchange });
  };
}

/**
 * Writes as fast as the reader reads. When the reader is gone the events are told to return, and are waited for: what
 * they settle must be settled before Lambda stops the function.
 */
export async function pour(events: AsyncIterable<string>, out: Writable): Promise<void> {
  let open = true;
  const gone = new Promise<void>((resolve) => {
    const close = () => {
      open = false;
      resolve();
    };
    out.once('close', close);
    out.once('error', close);
  });
  for await (const text of events) {
    if (!open) break;
    if (!out.write(text)) await Promise.race([once(out, 'drain').catch(() => undefined), gone]);
  }
  if (open) out.end();
}

/** What the Lambda runtime offers to functions that stream. */
declare const awslambda: {
  streamifyResponse(handler: (event: ApiEvent, stream: Writable, context: Context) => Promise<void>): unknown;
  HttpResponseStream: {
    from(stream: Writable, metadata: { statusCode: number; headers: object }): Writable;
  };
};
