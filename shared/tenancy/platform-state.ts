/** What holds for every tenant of the deployment (CAP-1, CAP-2, CAP-3, AI-4). */
import type { Pool } from 'pg';
import type { RouteRule } from '../config/routing.ts';
import { sql } from '../db/sql.ts';
import { readOnce, transact } from '../db/transaction.ts';

/** Capabilities, flags, kill switches and rules of routing of the platform, read under one version. */
export type PlatformState = {
  version: number;
  capabilities: Readonly<Record<string, boolean>>;
  flags: Readonly<Record<string, boolean>>;
  switchedOff: readonly string[];
  /** Which model is called, before what tenants and callers say. */
  routes: readonly RouteRule[];
};

type Row = {
  version: string;
  capabilities: Record<string, boolean>;
  flags: Record<string, boolean>;
  switched_off: string[];
  ai_routes: RouteRule[];
};

/**
 * What this instance read last. It holds while the gate knows of no newer version, and is read again in any case
 * before the gate's own memory could have ended.
 */
let known: { state: PlatformState; untilMs: number } | undefined;
const rememberedMs = 60_000;

/** The state as this instance read it last; undefined when it has to read. */
export function knownPlatformState(now: Date): PlatformState | undefined {
  return known !== undefined && known.untilMs > now.getTime() ? known.state : undefined;
}

/** Remembers what was just read. */
export function rememberPlatformState(state: PlatformState, now: Date): PlatformState {
  known = { state, untilMs: now.getTime() + rememberedMs };
  return state;
}

/** Forgets it, as a new instance knows nothing; for tests. */
export function forgetPlatformState(): void {
  known = undefined;
}

const nobody = { tenantId: null, userId: null, requestId: 'platform-state' };

/** The state as it is committed now. */
export async function readPlatformState(pool: Pool, deadlineMs: number): Promise<PlatformState> {
  const [row] = await readOnce<Row>(
    pool,
    { ...nobody, deadlineMs },
    sql`select * from app.platform_state(false)`,
  );
  return toState(row);
}

/** The state once no change of it is under way. */
export function settledPlatformState(pool: Pool, deadlineMs: number): Promise<PlatformState> {
  return transact(pool, { ...nobody, deadlineMs }, async (tx) =>
    toState(await tx.one<Row>(sql`select * from app.platform_state(true)`)),
  );
}

function toState(row: Row | undefined): PlatformState {
  if (row === undefined) throw new Error('app.platform_settings has no row');
  const { version, capabilities, flags, switched_off, ai_routes: routes } = row;
  return { version: Number(version), capabilities, flags, switchedOff: switched_off, routes };
}
