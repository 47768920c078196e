/** The database once the standby's cluster writes. */
import { settings } from '../config/environment.ts';
import { fail, Failure } from '../contract/errors.ts';
import { uuidOf } from '../contract/ids.ts';
import type { StepContext } from '../contract/workflow.ts';
import { sql } from '../db/sql.ts';
import type { Figures } from './figures.ts';
import { otherSchema } from './failover.problems.ts';
import type { FailoverRecord } from './record.ts';

/**
 * Whether it answers and takes writes.
 * @throws Failure `failover.other_schema` when the functions here belong to another version of it
 */
export async function isOpen(ctx: StepContext): Promise<boolean> {
  const found = await asked(ctx, (tx) =>
    tx.one<{ follows: boolean; schema: number }>(
      sql`select pg_is_in_recovery() as follows, app.schema_version() as schema`,
    ),
  );
  if (found === undefined || found.follows) return false;
  const { schemaVersion } = settings.failover();
  if (found.schema === schemaVersion) return true;
  throw fail(otherSchema, { detail: `The database has ${found.schema}, the functions ${schemaVersion}.` });
}

/**
 * The commit that it followed last, as PostgreSQL remembers it until it is started anew. Aurora copies storage and does
 * not say; there the metric `AuroraGlobalDBRPOLag` shows it.
 */
export async function followed(ctx: StepContext): Promise<Date | undefined> {
  const found = await asked(ctx, (tx) =>
    tx.one<{ until: Date | null }>(sql`select pg_last_xact_replay_timestamp() as until`),
  );
  return found?.until ?? undefined;
}

/** Writes the failover where the platform's staff see it; what is there already gets the figures. */
export async function recordIn(
  ctx: StepContext,
  record: FailoverRecord,
  { rtoMs, rpoMs }: Figures,
  { finished = false } = {},
): Promise<void> {
  const { id, mode, fromRegion, toRegion, reason, decidedBy, startedAt, lostSince } = record;
  await ctx.transact((tx) =>
    tx.query(sql`
      insert into app.failovers (id, mode, from_region, to_region, reason, decided_by, started_at, lost_since)
      values (${uuidOf(id)}, ${mode}, ${fromRegion}, ${toRegion}, ${reason}, ${decidedBy}, ${startedAt}::timestamptz,
              ${lostSince}::timestamptz)
      on conflict (id) do nothing`),
  );
  if (!finished) return;
  await ctx.transact((tx) =>
    tx.query(sql`
      update app.failovers set rto_ms = ${rtoMs}, rpo_ms = ${rpoMs}, finished_at = now()
      where id = ${uuidOf(id)} and finished_at is null`),
  );
}

/** What a database says that may not be there yet. */
async function asked<T>(
  ctx: StepContext,
  work: Parameters<typeof ctx.transact<T>>[0],
): Promise<T | undefined> {
  try {
    return await ctx.transact(work);
  } catch (error) {
    if (error instanceof Failure && error.problem.code === 'dependency.unavailable') return undefined;
    throw error;
  }
}
