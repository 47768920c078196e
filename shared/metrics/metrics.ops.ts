/** What was counted of the calling tenant, in steps of the span that was asked for. */
import type { Transaction } from '../contract/context.ts';
import type { OutputOf } from '../contract/endpoint.ts';
import type { Ops } from '../contract/module.ts';
import { sql } from '../db/sql.ts';
import { noDurations, percentile } from './durations.ts';
import { type metricsContract, spans } from './metrics.contract.ts';

type Metrics = OutputOf<(typeof metricsContract)['get']>;

export const metricsOps: Ops<typeof metricsContract> = {
  get: async (ctx, { span }) => {
    const { minutes, step } = spans[span];
    const stepMs = step * 60_000;
    // The step under way is the last one.
    const toMs = Math.floor(ctx.now().getTime() / stepMs) * stepMs + stepMs;
    const fromMs = toMs - minutes * 60_000;
    const starts = Array.from({ length: minutes / step }, (_none, index) => fromMs + index * stepMs);
    const [rows, workflows, waiting] = await Promise.all([
      countedBy(ctx.tx, new Date(fromMs), step),
      workflowsOf(ctx.tx, new Date(fromMs)),
      waitingOf(ctx.tx),
    ]);
    const of = (kind: Row['kind']) => rows.filter((row) => row.kind === kind);
    return {
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      stepMinutes: step,
      requests: requestsOf(of('requests'), starts),
      jobs: jobsOf(of('jobs'), starts),
      ...{ workflows, waiting },
    };
  },
};

/** What was counted in one step. */
type Row = {
  kind: 'requests' | 'jobs';
  at: Date;
  calls: number;
  failed: number;
  throttled: number;
  durations: number[];
};

function countedBy(tx: Transaction, from: Date, stepMinutes: number): Promise<Row[]> {
  return tx.query<Row>(sql`
    with shown as (
      select kind, date_bin(make_interval(mins => ${stepMinutes}), starts_at, ${from}) as at, calls, failed, throttled,
        durations
      from app.tenant_metrics where starts_at >= ${from}),
    places as (
      select kind, at, place, sum(count) as count
      from shown cross join unnest(durations) with ordinality as counted (count, place)
      group by kind, at, place),
    summed as (
      select kind, at, array_agg(count::integer order by place) as durations from places group by kind, at)
    select kind, at, sum(s.calls)::integer as calls, sum(s.failed)::integer as failed,
      sum(s.throttled)::integer as throttled, d.durations
    from shown s join summed d using (kind, at)
    group by kind, at, d.durations`);
}

function requestsOf(rows: readonly Row[], starts: readonly number[]): Metrics['requests'] {
  const { calls, failed, throttled, durations } = totalOf(rows);
  return {
    ...{ calls, failed, throttled, p95Ms: percentile(durations, 95) },
    errorPercent: percentOf(failed, calls),
    points: starts.map((start) => {
      const point = totalOf(rows.filter(({ at }) => at.getTime() === start));
      const counts = { calls: point.calls, failed: point.failed, throttled: point.throttled };
      return { at: new Date(start).toISOString(), ...counts, p95Ms: percentile(point.durations, 95) };
    }),
  };
}

function jobsOf(rows: readonly Row[], starts: readonly number[]): Metrics['jobs'] {
  const { calls, failed, durations } = totalOf(rows);
  return {
    ...{ attempts: calls, failed, p95Ms: percentile(durations, 95) },
    successPercent: percentOf(calls - failed, calls),
    points: starts.map((start) => {
      const point = totalOf(rows.filter(({ at }) => at.getTime() === start));
      const counts = { attempts: point.calls, failed: point.failed };
      return { at: new Date(start).toISOString(), ...counts, p95Ms: percentile(point.durations, 95) };
    }),
  };
}

function totalOf(rows: readonly Row[]): Omit<Row, 'kind' | 'at'> {
  const sum = (valueOf: (row: Row) => number) => rows.reduce((total, row) => total + valueOf(row), 0);
  return {
    calls: sum(({ calls }) => calls),
    failed: sum(({ failed }) => failed),
    throttled: sum(({ throttled }) => throttled),
    durations: noDurations().map((_none, place) => sum(({ durations }) => durations[place] ?? 0)),
  };
}

async function workflowsOf(tx: Transaction, from: Date): Promise<Metrics['workflows']> {
  const { done, failed } = await tx.one<{ done: number; failed: number }>(sql`
    select count(*) filter (where outcome)::integer as done, count(*) filter (where not outcome)::integer as failed
    from (
      select status <> 'failed' as outcome from app.exports
      where requested_at >= ${from} and status in ('finished', 'expired', 'failed')
      union all
      select status <> 'failed' from app.backups
      where created_at >= ${from} and status in ('done', 'expired', 'failed')
      union all
      select status = 'applied' from app.restores
      where created_at >= ${from} and status in ('applied', 'failed')) ended`);
  return { done, failed, successPercent: percentOf(done, done + failed) };
}

async function waitingOf(tx: Transaction): Promise<Metrics['waiting']> {
  const { waiting, since } = await tx.one<{ waiting: string; since: Date | null }>(
    sql`select waiting, since from app.outbox_waiting()`,
  );
  return { messages: Number(waiting), since: since?.toISOString() ?? null };
}

function percentOf(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 100_000) / 1_000;
}
