/** What the chain learns about a request as it goes along, and the types its links share. */
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import type { Actor } from '../contract/actor.ts';
import type { Impersonation, Log, Source } from '../contract/context.ts';
import type { Cookie } from '../contract/cookie.ts';
import type { UserId } from '../contract/ids.ts';
import type { Module, RegisteredEndpoint } from '../contract/module.ts';
import type { Permission } from '../contract/permissions.ts';
import type { KeyFacts } from '../identity/api-key.ts';
import type { VerifiedCaller } from '../identity/access-token.ts';
import type { LimitState } from '../limits/counters.ts';
import type { Moment } from '../limits/gate.ts';
import type { Entry } from '../tenancy/entry.ts';
import type { PlatformState } from '../tenancy/platform-state.ts';

/** One request on its way through the chain; each link fills in its part. */
export type Exchange = {
  module: Module;
  called: RegisteredEndpoint;
  requestId: string;
  startedAt: Date;
  source: Source;
  log: Log;
  /** The person who calls; on the tenant plane it may be an API key instead. */
  caller?: VerifiedCaller;
  apiKey?: KeyFacts;
  /** The member for whom the caller acts. */
  impersonation?: Impersonation;
  /** The tenant that the request enters; it has once the gate has let it through. */
  tenant?: Entry | undefined;
  platform?: PlatformState;
  /** Where the endpoint declares one; `headers` is what the answer says of it. */
  cookie?: Cookie & { headers(): Record<string, string> };
  permissions: ReadonlySet<Permission>;
  /** Where the limits stand that the request was counted against. */
  limits: LimitState[];
  input: unknown;
};

export type ApiEvent = APIGatewayProxyEvent;
export type ApiResult = APIGatewayProxyResult;
export type ApiContext = Context & { exchange: Exchange };

/** A link of the chain. */
export type Link = MiddlewareObj<ApiEvent, ApiResult, Error, ApiContext>;

/** Longer than the slowest good answer (OPS-7) and short enough that the caller gets ours within three seconds. */
const answerWithinMs = 2_000;

/** When waiting for anything has lost its use, in epoch milliseconds: the caller is told to try again. */
export function deadlineOf(exchange: Exchange): number {
  return exchange.startedAt.getTime() + answerWithinMs;
}

/** When the request came, and until when anything is waited for. */
export function momentOf(exchange: Exchange): Moment {
  return { now: exchange.startedAt, deadlineMs: deadlineOf(exchange) };
}

/** A request header, whatever its case. */
export function header(event: ApiEvent, name: string): string | undefined {
  const found = Object.entries(event.headers ?? {}).find(([key]) => key.toLowerCase() === name);
  return found?.[1] ?? undefined;
}

/** A part of the exchange that an earlier link must have filled in. */
export function known<T>(part: T | undefined, name: string): T {
  if (part === undefined) throw new Error(`the chain has no ${name} at this point`);
  return part;
}

/** Who acts: the person or the API key that calls, or the member for whom support does. */
export function actorOf(exchange: Exchange): Actor {
  const { apiKey } = exchange;
  return apiKey === undefined
    ? { type: 'person', id: personOf(exchange) }
    : { type: 'api_key', id: apiKey.id };
}

/** The person for whom a call is made: its caller, unless support acts for somebody. */
export function personOf({ caller, impersonation }: Exchange): UserId {
  return impersonation?.member ?? known(caller, 'caller').id;
}
