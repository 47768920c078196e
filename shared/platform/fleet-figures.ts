/**
 * The figures of the fleet (OPS-4): what the database knows and what CloudWatch counted, asked side by side. Without
 * CloudWatch its figures are absent, with the reason, and the others are there.
 */
import { planNames } from '../config/plans.ts';
import { regionNames } from '../config/regions.ts';
import type { Log, Transaction } from '../contract/context.ts';
import { sql } from '../db/sql.ts';
import { tenantStatusSchema } from '../tenancy/tenancy.contract.ts';
import type { TenantStatus } from '../tenancy/tenancy.rows.ts';
import { aiMargins } from './ai-margins.ts';
import { coveredHours, type Fleet } from './fleet.contract.ts';
import { watchedFigures } from './fleet-watch.ts';

const weeks = 12;
const weekMs = 7 * 86_400_000;

/** @param tx of `app_platform` */
export async function fleetFigures(tx: Transaction, now: Date, log: Log): Promise<Fleet> {
  const [watched, tenants, newByWeek, deadLetters, revenue, backups, drills] = await Promise.all([
    watchedFigures(now, log),
    tenantsOf(tx),
    newTenants(tx, now),
    deadLettersOf(tx),
    revenueOf(tx, now),
    backupsOf(tx, now),
    drillsOf(tx, now),
  ]);
  return {
    at: now.toISOString(),
    tenants: { ...tenants, newByWeek },
    ...watched,
    ...{ deadLetters, revenue, backups, drills },
  };
}

type Group = { status: TenantStatus; plan: string; region: string; tenants: number };

async function tenantsOf(tx: Transaction): Promise<Omit<Fleet['tenants'], 'newByWeek'>> {
  const groups = await tx.query<Group>(sql`
    select status, plan, region, count(*)::integer as tenants from app.tenants group by status, plan, region`);
  const present = groups.filter(({ status }) => status !== 'deleted');
  const sum = (some: readonly Group[]) => some.reduce((total, one) => total + one.tenants, 0);
  return {
    total: sum(present),
    byStatus: tenantStatusSchema.options.map((status) => ({
      status,
      tenants: sum(groups.filter((one) => one.status === status)),
    })),
    byPlan: planNames.map((plan) => ({ plan, tenants: sum(present.filter((one) => one.plan === plan)) })),
    byRegion: regionNames.map((region) => ({
      region,
      tenants: sum(present.filter((one) => one.region === region)),
    })),
  };
}

async function newTenants(tx: Transaction, now: Date): Promise<Fleet['tenants']['newByWeek']> {
  const first = new Date(mondayOf(now).getTime() - (weeks - 1) * weekMs);
  const rows = await tx.query<{ week: string; tenants: number }>(sql`
    select to_char(date_trunc('week', created_at at time zone 'UTC'), 'YYYY-MM-DD') as week,
      count(*)::integer as tenants
    from app.tenants where created_at >= ${first}
    group by 1`);
  return Array.from({ length: weeks }, (_none, index) => {
    const week = new Date(first.getTime() + index * weekMs).toISOString().slice(0, 10);
    return { week, tenants: rows.find((row) => row.week === week)?.tenants ?? 0 };
  });
}

/** The Monday on which a week of UTC began. */
export function mondayOf(now: Date): Date {
  const daysSince = (now.getUTCDay() + 6) % 7;
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() - daysSince));
}

async function deadLettersOf(tx: Transaction): Promise<number> {
  const { waiting } = await tx.one<{ waiting: number }>(
    sql`select count(*)::integer as waiting from app.dead_letters where status = 'waiting'`,
  );
  return waiting;
}

async function revenueOf(tx: Transaction, now: Date): Promise<Fleet['revenue']> {
  const { month, total, items } = await aiMargins({ tx, now: () => now }, { limit: 10 });
  return { subscriptions: null, month, ai: total, dearest: items };
}

async function backupsOf(tx: Transaction, now: Date): Promise<Fleet['backups']> {
  const youngest = new Date(now.getTime() - coveredHours * 3_600_000);
  const [covered, outcomes] = await Promise.all([
    // A tenant that is younger than that is not due.
    tx.one<{ due: number; covered: number }>(sql`
      select count(*)::integer as due,
        count(*) filter (where exists (
          select from app.backups b
          where b.tenant_id = t.id and b.status = 'done' and b.snapshot_at > ${youngest}))::integer as covered
      from app.tenants t
      where t.status in ('active', 'suspended') and t.created_at <= ${youngest}`),
    tx.one<{ done: number; failed: number }>(sql`
      select count(*) filter (where status in ('done', 'expired'))::integer as done,
        count(*) filter (where status = 'failed')::integer as failed
      from app.backups where created_at > ${new Date(now.getTime() - weekMs)}`),
  ]);
  return {
    ...covered,
    coveredPercent: percentOf(covered.covered, covered.due),
    ...outcomes,
    successPercent: percentOf(outcomes.done, outcomes.done + outcomes.failed),
  };
}

type Drills = {
  at: Date | null;
  rto_ms: string | null;
  rpo_ms: string | null;
  passed: number;
  failed: number;
};

async function drillsOf(tx: Transaction, now: Date): Promise<Fleet['drills']> {
  const { at, rto_ms, rpo_ms, passed, failed } = await tx.one<Drills>(sql`
    select last.finished_at as at, last.rto_ms, last.rpo_ms, recent.passed, recent.failed
    from (
      select count(*) filter (where status = 'passed')::integer as passed,
        count(*) filter (where status = 'failed')::integer as failed
      from app.drills where created_at > ${new Date(now.getTime() - 90 * 86_400_000)}) recent
    left join lateral (
      select finished_at, rto_ms, rpo_ms from app.drills
      where status = 'passed' order by finished_at desc limit 1) last on true`);
  const seconds = (ms: string | null) => (ms === null ? null : Number(ms) / 1_000);
  return {
    lastPassedAt: at?.toISOString() ?? null,
    ...{ rtoSeconds: seconds(rto_ms), rpoSeconds: seconds(rpo_ms), passed, failed },
  };
}

/** To a hundredth, and never 100 where something is missing. */
export function percentOf(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.floor((part / whole) * 10_000) / 100;
}
