/**
 * Adds up, by tenant and five minutes, what functions logged of requests and of jobs (OPS-1). CloudWatch hands the
 * lines over after they were written, so no request waits for it. It may hand some over twice, which then count twice:
 * the figures are for looking at, and nobody is billed by them.
 */
import { gunzip } from 'node:zlib';
import { promisify } from 'node:util';
import type { Pool } from 'pg';
import * as z from 'zod';
import { idSchema, uuidOf } from '../contract/ids.ts';
import { sql } from '../db/sql.ts';
import { transact } from '../db/transaction.ts';
import { noDurations, placeOf } from './durations.ts';

export const stepMs = 5 * 60_000;

/** What CloudWatch Logs sends to a function that subscribed. */
export type LogsEvent = { awslogs: { data: string } };

const batchSchema = z.object({
  messageType: z.string(),
  logEvents: z.array(z.object({ timestamp: z.number(), message: z.string() })),
});

const tenantId = idSchema('tenant');
const requestSchema = z.object({
  message: z.literal('request'),
  tenantId,
  status: z.int(),
  durationMs: z.number().nonnegative(),
});
const jobSchema = z.object({
  tenantId,
  JobDuration: z.number().nonnegative(),
  JobFailures: z.number().optional(),
});

/** One request or one attempt at a job. */
type Fact = { tenant: string; kind: 'requests' | 'jobs'; failed: boolean; throttled: boolean; ms: number };

type Row = {
  tenant_id: string;
  kind: Fact['kind'];
  starts_at: string;
  calls: number;
  failed: number;
  throttled: number;
  durations: number[];
};

/**
 * Adds a batch of log lines to the figures of their tenants; what is no such line is passed over.
 * @param systemPool connects as `app_system`
 * @returns how many lines were counted
 */
export async function collect(systemPool: Pool, { awslogs }: LogsEvent): Promise<number> {
  const text = (await promisify(gunzip)(Buffer.from(awslogs.data, 'base64'))).toString();
  const { messageType, logEvents } = batchSchema.parse(JSON.parse(text));
  if (messageType !== 'DATA_MESSAGE') return 0;
  const rows = new Map<string, Row>();
  let counted = 0;
  for (const { timestamp, message } of logEvents) {
    const fact = factIn(message);
    if (fact === undefined) continue;
    counted += 1;
    add(rows, fact, new Date(Math.floor(timestamp / stepMs) * stepMs).toISOString());
  }
  if (rows.size > 0) await keep(systemPool, [...rows.values()]);
  return counted;
}

function factIn(line: string): Fact | undefined {
  const value = asJson(line);
  const request = requestSchema.safeParse(value).data;
  if (request !== undefined) {
    const { status, durationMs: ms } = request;
    const outcome = { failed: status >= 500, throttled: status === 429 };
    return { tenant: uuidOf(request.tenantId), kind: 'requests', ...outcome, ms };
  }
  const job = jobSchema.safeParse(value).data;
  if (job === undefined) return undefined;
  const outcome = { failed: job.JobFailures !== undefined, throttled: false };
  return { tenant: uuidOf(job.tenantId), kind: 'jobs', ...outcome, ms: job.JobDuration };
}

function asJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Whatever else a function prints.
    return undefined;
  }
}

function add(rows: Map<string, Row>, { tenant, kind, failed, throttled, ms }: Fact, startsAt: string): void {
  const key = `${tenant} ${kind} ${startsAt}`;
  const row = rows.get(key) ?? {
    ...{ tenant_id: tenant, kind, starts_at: startsAt },
    ...{ calls: 0, failed: 0, throttled: 0, durations: noDurations() },
  };
  row.calls += 1;
  row.failed += Number(failed);
  row.throttled += Number(throttled);
  const place = placeOf(ms);
  row.durations[place] = (row.durations[place] ?? 0) + 1;
  rows.set(key, row);
}

async function keep(systemPool: Pool, rows: readonly Row[]): Promise<void> {
  await transact(systemPool, { tenantId: null, userId: null, requestId: 'metrics' }, (tx) =>
    // In order, so that two batches at once wait for each other and never both; a tenant may be gone by now.
    tx.query(sql`
      insert into app.tenant_metrics as m (tenant_id, kind, starts_at, calls, failed, throttled, durations)
      select r.tenant_id, r.kind, r.starts_at, r.calls, r.failed, r.throttled, r.durations
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (
        tenant_id uuid, kind text, starts_at timestamptz, calls integer, failed integer, throttled integer,
        durations integer[])
      join app.tenants t on t.id = r.tenant_id
      order by r.tenant_id, r.kind, r.starts_at
      on conflict (tenant_id, kind, starts_at) do update set
        calls = m.calls + excluded.calls,
        failed = m.failed + excluded.failed,
        throttled = m.throttled + excluded.throttled,
        durations = (select array_agg(before + more order by place)
                     from unnest(m.durations, excluded.durations) with ordinality as added (before, more, place))`),
  );
}
