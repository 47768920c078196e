/**
 * The innermost step: the tenant transaction around the operation, with its claim, its audit row and its
 * outbox rows, and the parse of its output before anything is committed.
 */
import type { PublicContext, Statement, Transaction, UserContext } from '../contract/context.ts';
import { uuidOf } from '../contract/ids.ts';
import { pool } from '../db/pool.ts';
import { type Entry, type OpenTransaction, transact } from '../db/transaction.ts';
import { noteUse } from '../identity/api-key.ts';
import { announce } from './announce.ts';
import type { ApiContext, ApiEvent, ApiResult, Exchange } from './exchange.ts';
import { actorOf, deadlineOf } from './exchange.ts';
import { claim, claimOf, keepAnswer } from './idempotency.ts';
import { wakeDispatcher } from './wake-dispatcher.ts';
import { collectRecords, type Records } from './records.ts';
import { featuresOf } from './require-capability.ts';
import { respond } from './respond.ts';
import { sessionNotesOf } from './session-note.ts';

/** An operation as the chain calls it; its types were checked against the contract where it was declared. */
export type AnyOperation = (ctx: never, input: never) => Promise<unknown>;

/** The handler at the heart of the chain. */
export function operation(run: AnyOperation) {
  return async (event: ApiEvent, { exchange }: ApiContext): Promise<ApiResult> => {
    if (exchange.called.endpoint.plane === 'public') {
      const output = await run(baseContext(exchange) as never, exchange.input as never);
      return respond(event, exchange, exchange.called.endpoint.status, outputOf(exchange, output));
    }
    const claimed = claimOf(event, exchange);
    const records = collectRecords(event, exchange);
    const notes = sessionNotesOf(event, exchange);
    const answer = await transact(pool(), entryOf(exchange), async (tx) => {
      for (const { statement } of notes) tx.record(statement);
      const replay = claimed === undefined ? undefined : await claim(tx, claimed);
      if (replay !== undefined) return replay;
      const output = outputOf(
        exchange,
        await run(contextOf(exchange, tx, records) as never, exchange.input as never),
      );
      const { status } = exchange.called.endpoint;
      await announce(tx, records.reconfigured(), deadlineOf(exchange));
      for (const statement of [...records.statements(), ...usesOf(exchange)]) tx.record(statement);
      if (claimed !== undefined) tx.record(keepAnswer(claimed, status, output));
      return { status, output };
    });
    for (const note of notes) note.written();
    if (records.published()) await wakeDispatcher(exchange.log);
    return respond(event, exchange, answer.status, answer.output);
  };
}

/** What the contract promises and nothing more: fields that it does not name never leave. */
export function outputOf(exchange: Exchange, output: unknown): unknown {
  return exchange.called.endpoint.output.parse(output);
}

/** Whom the transactions of a request act for. */
export function entryOf(exchange: Exchange): Entry {
  // What support does stands in the trail of the tenant that let it, about whatever the call is.
  const tenant = exchange.tenant?.id ?? exchange.impersonation?.tenant;
  return {
    tenantId: tenant === undefined ? null : uuidOf(tenant),
    userId: uuidOf(actorOf(exchange).id),
    requestId: exchange.requestId,
    deadlineMs: deadlineOf(exchange),
  };
}

function baseContext(exchange: Exchange): PublicContext {
  return {
    requestId: exchange.requestId,
    source: exchange.source,
    log: exchange.log,
    now: () => exchange.startedAt,
    ...(exchange.cookie === undefined ? {} : { cookie: exchange.cookie }),
  };
}

/** The key that calls notes its use, once an hour. */
export function usesOf({ apiKey, startedAt }: Exchange): Statement[] {
  const use = apiKey === undefined ? undefined : noteUse(apiKey, startedAt);
  return use === undefined ? [] : [use];
}

/** The context of the endpoint's plane; what a plane has no part in stays undefined. */
export function contextOf(exchange: Exchange, tx: OpenTransaction | undefined, records: Records): object {
  const { tenant, apiKey } = exchange;
  const { plane } = exchange.called.endpoint;
  const { audit, emit, enqueue, start, reconfigure, securityEvent } = records;
  return {
    ...baseContext(exchange),
    ...(tx === undefined ? {} : { tx: insideOf(tx) }),
    ...{ audit, emit, enqueue, start, reconfigure, securityEvent },
    ...(plane === 'tenant' ? {} : personal(exchange)),
    ...(exchange.impersonation === undefined ? {} : { impersonation: exchange.impersonation }),
    ...(plane === 'user' ? {} : { permissions: exchange.permissions }),
    ...(tenant === undefined
      ? {}
      : {
          actor: actorOf(exchange),
          environment: apiKey?.environment ?? 'live',
          tenant: {
            ...{ id: tenant.id, slug: tenant.slug, plan: tenant.plan, region: tenant.region },
            timeZone: tenant.settings.timeZone,
          },
          role: tenant.role,
          routing: { ...tenant.routing, administrator: exchange.platform?.routes ?? [] },
          ...featuresOf(exchange),
        }),
  };
}

/** The person whom a call outside of tenants is about; of whom support acts for, nothing is known but who they are. */
function personal({ caller, impersonation }: Exchange): Partial<Pick<UserContext, 'user' | 'session'>> {
  if (impersonation !== undefined) {
    return { user: { id: impersonation.member, email: '', name: '', emailVerified: false } };
  }
  return caller === undefined ? {} : { user: caller, session: caller.session };
}

/** A transaction as operations see it: what they record leaves through the collector. */
export function insideOf({ query, one, maybeOne }: OpenTransaction): Transaction {
  return { query, one, maybeOne };
}
