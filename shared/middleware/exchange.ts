/** What the chain learns about a request as it goes along, and the types its links share. */
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import type { Plan } from '../config/plans.ts';
import type { Region } from '../config/regions.ts';
import type { Caller, Log, Source } from '../contract/context.ts';
import type { TenantId } from '../contract/ids.ts';
import type { Module, RegisteredEndpoint } from '../contract/module.ts';
import type { Permission } from '../contract/permissions.ts';
import type { PlatformRole, TenantRole } from '../contract/roles.ts';
import type { RateState } from '../limits/rate.ts';

/** The tenant that a request has entered. */
export type EnteredTenant = { id: TenantId; slug: string; plan: Plan; region: Region; role: TenantRole };

/** One request on its way through the chain; each link fills in its part. */
export type Exchange = {
  module: Module;
  called: RegisteredEndpoint;
  requestId: string;
  startedAt: Date;
  source: Source;
  log: Log;
  caller?: Caller & { platformRoles: readonly PlatformRole[] };
  tenant?: EnteredTenant;
  permissions: ReadonlySet<Permission>;
  rates: RateState[];
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
