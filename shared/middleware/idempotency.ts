/**
 * Idempotency-Key: the claim and the answer stand in the operation's own transaction, so that a call has one
 * effect whatever happens between. A failed call leaves no claim: repeating it is safe.
 */
import { createHash } from 'node:crypto';
import type { Statement, Transaction } from '../contract/context.ts';
import type { Plane } from '../contract/endpoint.ts';
import { fail, problems } from '../contract/errors.ts';
import { longestStreamSeconds } from '../contract/stream.ts';
import { sql } from '../db/sql.ts';
import type { OpenTransaction } from '../db/transaction.ts';
import { type ApiEvent, type Exchange, header } from './exchange.ts';

/** A key that the caller sent, with what makes the request the same. */
export type IdempotencyClaim = {
  key: string;
  requestHash: string;
  inTenant: boolean;
  /** Fields of the answer that are not kept. */
  shownOnce: readonly string[];
};

/** The first answer to a repeated call. */
export type Replay = { status: number; output: unknown };

/**
 * The claim of a request, if it carries a key.
 * @throws Failure `idempotency.key_missing` where the contract requires one
 */
export function claimOf(event: ApiEvent, exchange: Exchange): IdempotencyClaim | undefined {
  const { idempotency, plane, shownOnce } = exchange.called.endpoint;
  if (idempotency === undefined) return undefined;
  const key = header(event, 'idempotency-key')?.trim();
  if (key === undefined || key === '') {
    if (idempotency === 'required') throw fail(problems.idempotencyKeyMissing);
    return undefined;
  }
  if (key.length > 200) {
    const mistake = { path: 'header.idempotency-key', message: 'is longer than 200 characters' };
    throw fail(problems.invalidInput, { errors: [mistake] });
  }
  return { key, requestHash: hash(exchange), inTenant: isInTenant(plane), shownOnce };
}

/**
 * Claims the key for this transaction; returns the first answer when the call was already made.
 * @throws Failure `idempotency.in_flight` while the first call runs, `idempotency.mismatch` for another request
 */
export async function claim(tx: OpenTransaction, of: IdempotencyClaim): Promise<Replay | undefined> {
  // The lock ends with the transaction, so a crash never leaves a key in flight.
  const claimed = await tx.query(insertClaim(of));
  if (claimed.length > 0) return undefined;
  const first = await tx.maybeOne<{ request_hash: string; status: number | null; body: unknown }>(
    of.inTenant
      ? sql`select request_hash, status, body from app.idempotency_keys where key = ${of.key}`
      : sql`select request_hash, status, body from app.user_idempotency_keys where key = ${of.key}`,
  );
  if (first === undefined || first.status === null) throw fail(problems.inFlight);
  if (first.request_hash !== of.requestHash) throw fail(problems.idempotencyMismatch);
  return { status: first.status, output: first.body };
}

/**
 * Claims the key for a call that outlives the transaction of its claim. A call is made once for a key: whoever repeats
 * it learns how the first one stands, for its answer is not kept.
 * @throws Failure `idempotency.in_flight`, `idempotency.mismatch`, `idempotency.answer_not_kept`, or
 * `idempotency.outcome_unknown` for a call whose function must have ended before it could say how
 */
export async function claimForLong(tx: Transaction, of: IdempotencyClaim): Promise<void> {
  const claimed = await tx.query(insertClaim(of));
  if (claimed.length > 0) return;
  const first = await tx.maybeOne<{ request_hash: string; status: number | null; ended: boolean }>(sql`
    select request_hash, status, created_at < now() - make_interval(secs => ${longestStreamSeconds}) as ended
    from app.idempotency_keys where key = ${of.key}`);
  if (first === undefined) throw fail(problems.inFlight);
  if (first.request_hash !== of.requestHash) throw fail(problems.idempotencyMismatch);
  if (first.status !== null) throw fail(problems.answerNotKept);
  throw fail(first.ended ? problems.outcomeUnknown : problems.inFlight);
}

/** The statement that gives a key back after a call that had no effect. */
export function giveBackClaim({ key }: IdempotencyClaim): Statement {
  return sql`delete from app.idempotency_keys where key = ${key} and status is null`;
}

/** The statement that keeps the answer for replay; leaves together with COMMIT. */
export function keepAnswer(of: IdempotencyClaim, status: number, output: unknown): Statement {
  const body = output === undefined ? null : JSON.stringify(withoutSecrets(output, of.shownOnce));
  return of.inTenant
    ? sql`update app.idempotency_keys set status = ${status}, body = ${body} where key = ${of.key}`
    : sql`update app.user_idempotency_keys set status = ${status}, body = ${body} where key = ${of.key}`;
}

/** The answer as it may be kept: what is shown once stands nowhere. */
function withoutSecrets(output: unknown, shownOnce: readonly string[]): unknown {
  if (shownOnce.length === 0) return output;
  return { ...(output as object), ...Object.fromEntries(shownOnce.map((name) => [name, null])) };
}

function insertClaim({ key, requestHash, inTenant }: IdempotencyClaim): Statement {
  if (!inTenant) {
    return sql`
      with lock as (
        select pg_try_advisory_xact_lock(hashtextextended(concat_ws('/', app.user_id(), ${key}::text), 0)) as held
      )
      insert into app.user_idempotency_keys (user_id, key, request_hash)
      select app.user_id(), ${key}, ${requestHash} from lock where held
      on conflict do nothing returning key`;
  }
  return sql`
    with lock as (
      select pg_try_advisory_xact_lock(
        hashtextextended(concat_ws('/', app.tenant_id(), app.user_id(), ${key}::text), 0)) as held
    )
    insert into app.idempotency_keys (tenant_id, user_id, key, request_hash)
    select app.tenant_id(), app.user_id(), ${key}, ${requestHash} from lock where held
    on conflict do nothing returning key`;
}

function isInTenant(plane: Plane): boolean {
  return plane === 'tenant';
}

function hash(exchange: Exchange): string {
  const request = JSON.stringify([exchange.called.operationId, exchange.input]);
  return createHash('sha256').update(request).digest('hex');
}
