/** A tenant that goes on writing while its neighbour is restored: how long each write takes, and who blocks it. */
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import pg, { type Client } from 'pg';
import { signIn } from '#test/isolation/attempts.ts';
import type { Team } from '#test/shared/restore/stage.ts';
import type { KernelDatabase } from '#test/support/kernel-database.ts';

/** What a phase came to. */
export type Written = {
  writes: number;
  failed: number;
  medianMs: number;
  worstMs: number;
  blockedSamples: number;
};

export type Neighbour = {
  /** Ends a phase and begins the next. */
  phase(): Written;
  /** Rows that it knows to be committed. */
  committed(): readonly string[];
  stop(): Promise<void>;
};

/** Starts writing: a row of the trail and a changed setting in each transaction, as the tenant's own login. */
export async function startNeighbour(database: KernelDatabase, team: Team): Promise<Neighbour> {
  const writer = await signIn(database, 'app_tenant');
  const watcher = new pg.Client({ connectionString: database.database.url });
  await watcher.connect();
  const { rows } = await writer.query<{ pid: number }>('select pg_backend_pid() as pid');
  const committed: string[] = [];
  let times: number[] = [];
  let failed = 0;
  let blocked = 0;
  let going = true;
  const writing = (async () => {
    while (going) {
      const started = performance.now();
      try {
        committed.push(await write(writer, team));
        times.push(performance.now() - started);
      } catch {
        failed += 1;
        await writer.query('rollback');
      }
      await sleep(5);
    }
  })();
  const watching = (async () => {
    while (going) {
      blocked += await blockedBy(watcher, rows[0]?.pid ?? 0);
      await sleep(5);
    }
  })();
  return {
    phase: () => {
      const sorted = times.toSorted((one, other) => one - other);
      const written = {
        ...{ writes: sorted.length, failed, blockedSamples: blocked },
        medianMs: sorted[Math.floor(sorted.length / 2)] ?? 0,
        worstMs: sorted.at(-1) ?? 0,
      };
      times = [];
      failed = 0;
      blocked = 0;
      return written;
    },
    committed: () => committed,
    stop: async () => {
      going = false;
      await Promise.all([writing, watching]);
      await Promise.all([writer.end(), watcher.end()]);
    },
  };
}

async function write(client: Client, { tenantId, userId }: Team): Promise<string> {
  const id = randomUUID();
  await client.query('begin');
  await client.query('select app.enter($1, $2, $3)', [tenantId, userId, 'neighbour']);
  await client.query(
    `insert into app.audit_events (tenant_id, id, plane, actor_id, action, request_id)
     values ($1, $2, 'tenant', $3, 'neighbour.wrote', 'neighbour')`,
    [tenantId, id, userId],
  );
  await client.query('update app.ai_tenant_preferences set updated_at = now()');
  await client.query('commit');
  return id;
}

async function blockedBy(client: Client, pid: number): Promise<number> {
  const { rows } = await client.query<{ blocked: boolean }>(
    'select cardinality(pg_blocking_pids($1)) > 0 as blocked',
    [pid],
  );
  return rows[0]?.blocked === true ? 1 : 0;
}
