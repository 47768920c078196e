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
import { header } from './exchange.ts';
import { type AnyOperation, operation } from './operation.ts';
import { parseInput } from './parse-input.ts';
import { passGate } from './pass-gate.ts';
import { problemJson, problemResult } from './problem-json.ts';
import { logFor, telemetry } from './telemetry.ts';

/** The Lambda handler of a module's HTTP function. */
export function serve<C extends Contract>(
  module: Module<C>,
  ops: Ops<C>,
): (event: ApiEvent, context: Context) => Promise<ApiResult> {
  // A mistake stops the function when it starts, not a caller later.
  assertCapabilities([module]);
  const routes = new Map(
    endpointsOf([module]).map((called) => {
      const run = ops[called.name] as AnyOperation;
      return [routeKey(called.endpoint.method, called.endpoint.path), { called, handle: chain(run) }];
    }),
  );
  return async (event, context) => {
    const requestId = event.requestContext.requestId;
    const route = routes.get(routeKey(event.httpMethod, event.resource));
    if (route === undefined) return problemResult(fail(problems.notFound), requestId, {});
    const exchange = newExchange(module, route.called, event);
    return route.handle(event, { ...context, exchange });
  };
}

function chain(run: AnyOperation): (event: ApiEvent, context: ApiContext) => Promise<ApiResult> {
  const composed = middy<ApiEvent, ApiResult, Error, ApiContext>()
    .use(telemetry())
    .use(problemJson())
    .use(browserCookie())
    .use(authenticate())
    .use(passGate())
    .use(parseInput())
    .handler(operation(run));
  return (event, context) => composed(event, context);
}

function newExchange(module: Module, called: RegisteredEndpoint, event: ApiEvent): Exchange {
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
