/**
 * The chain of every HTTP endpoint, composed in one place. A module's function answers all endpoints of its contract.
 */
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { assertCapabilities } from '../contract/capability-registry.ts';
import { fail, problems } from '../contract/errors.ts';
import {
  type Contract,
  endpointsOf,
  type Module,
  type Ops,
  type RegisteredEndpoint,
} from '../contract/module.ts';
import { authenticate } from './authenticate.ts';
import { browserCookie } from './browser-cookie.ts';
import type { ApiContext, ApiEvent, ApiResult, Exchange } from './exchange.ts';
import { header, known } from './exchange.ts';
import { impersonate } from './impersonate.ts';
import { type AnyOperation, operation } from './operation.ts';
import { parseInput } from './parse-input.ts';
import { passGate } from './pass-gate.ts';
import { problemJson, problemResult } from './problem-json.ts';
import { logFor, telemetry } from './telemetry.ts';

/** The Lambda handler of a module's HTTP function; what streams has a function of its own (serve-stream.ts). */
export function serve<C extends Contract>(
  module: Module<C>,
  ops: Ops<C>,
): (event: ApiEvent, context: Context) => Promise<ApiResult> {
  // A mistake stops the function when it starts, not a caller later.
  assertCapabilities([module]);
  const operations = ops as Readonly<Record<string, AnyOperation>>;
  const routes = routesOf(module, false, ({ name }) => operation(known(operations[name], name)));
  return async (event, context) => {
    const requestId = event.requestContext.requestId;
    const route = routes(event);
    if (route === undefined) return problemResult(fail(problems.notFound), requestId, {});
    const exchange = newExchange(module, route.called, event);
    return route.handle(event, { ...context, exchange });
  };
}

/** An endpoint with its chain. */
export type Route<Result> = {
  called: RegisteredEndpoint;
  handle: (event: ApiEvent, context: ApiContext) => Promise<Result>;
};

/** Finds the endpoint of a request among those of a module that stream, or among the others. */
export function routesOf<Result extends ApiResult>(
  module: Module,
  streams: boolean,
  heartOf: (called: RegisteredEndpoint) => (event: ApiEvent, context: ApiContext) => Promise<Result>,
): (event: ApiEvent) => Route<Result | ApiResult> | undefined {
  const routes = new Map(
    endpointsOf([module])
      .filter(({ endpoint }) => endpoint.streams === streams)
      .map((called) => [
        routeKey(called.endpoint.method, called.endpoint.path),
        { called, handle: chain(heartOf(called)) },
      ]),
  );
  return ({ httpMethod, resource }) => routes.get(routeKey(httpMethod, resource));
}

function chain<Result extends ApiResult>(
  heart: (event: ApiEvent, context: ApiContext) => Promise<Result>,
): (event: ApiEvent, context: ApiContext) => Promise<Result | ApiResult> {
  const composed = middy<ApiEvent, Result | ApiResult, Error, ApiContext>()
    .use(telemetry())
    .use(problemJson())
    .use(browserCookie())
    .use(authenticate())
    .use(impersonate())
    .use(passGate())
    .use(parseInput())
    .handler(heart);
  return (event, context) => composed(event, context);
}

/** A request at the start of its chain. */
export function newExchange(module: Module, called: RegisteredEndpoint, event: ApiEvent): Exchange {
  return {
    module,
    called,
    requestId: event.requestContext.requestId,
    startedAt: new Date(),
    source: {
      ip: event.requestContext.identity.sourceIp,
      userAgent: (header(event, 'user-agent') ?? '').slice(0, 300),
    },
    log: logFor({ requestId: event.requestContext.requestId }),
    permissions: new Set(),
    limits: [],
    input: undefined,
  };
}

function routeKey(method: string, path: string): string {
  return `${method} ${path}`;
}
