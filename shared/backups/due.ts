/**
 * Whose backup is due: every active tenant's, once a night, each at its own time of the night, and so many at once that
 * nobody's database feels them. A backup that was missed is taken as soon as there is room.
 */
import type { Pool } from 'pg';
import { v7 } from 'uuid';
import { backupRules } from '../config/backups.ts';
import { formatId } from '../contract/ids.ts';
import { workflowRow } from '../db/outbox.ts';
import { sql } from '../db/sql.ts';
import { transact } from '../db/transaction.ts';
import { backupsWorkflows } from './backups.events.ts';

/** What was queued, and how old the backup is that is the oldest of the newest ones, in hours. */
export type Due = { queued: number; waiting: number; oldestHours: number };

const outside = { tenantId: null, userId: null, requestId: 'backups' };

/**
 * Queues what is due.
 * @param systemPool connects as `app_system`
 */
export async function queueDueBackups(systemPool: Pool, now: Date): Promise<Due> {
  const due = await dueTenants(systemPool, now);
  const { going } = await transact(systemPool, outside, (tx) =>
    tx.one<{ going: number }>(sql`
      select count(*)::int as going from app.backups
      where status in ('queued', 'running') and created_at > ${now}::timestamptz - interval '2 hours'`),
  );
  const taken = due.slice(0, Math.max(0, backupRules.atOnce - going));
  for (const { id, slot } of taken) await queue(systemPool, id, slot, now);
  return {
    queued: taken.length,
    waiting: due.length - taken.length,
    oldestHours: await oldest(systemPool, now),
  };
}

/** Marks what nobody decided or applied in time, and forgets the rows that were staged for what is over. */
export async function sweepRestores(systemPool: Pool): Promise<number> {
  return transact(systemPool, outside, async (tx) => {
    const expired = await tx.query(sql`
      update app.restores set status = 'expired'
      where status in ('requested', 'ready') and expires_at <= now() returning id`);
    await tx.query(sql`
      delete from app.restore_rows s
      where not exists (
        select from app.restores r
        where r.tenant_id = s.tenant_id and r.id = s.restore_id
          and r.status in ('requested', 'preparing', 'ready', 'applying'))`);
    return expired.length;
  });
}

type DueTenant = { id: string; slot: Date };

/**
 * A tenant's time is a part of the night that its id decides. Its backup is due when that time has passed and none was
 * queued since; whoever waits longest comes first.
 */
function dueTenants(systemPool: Pool, now: Date): Promise<DueTenant[]> {
  const { startHour, hours } = backupRules.night;
  return transact(systemPool, outside, (tx) =>
    tx.query<DueTenant>(sql`
      with slots as (
        select t.id, t.created_at,
          night.start + make_interval(secs => (hashtextextended(t.id::text, 0) & 2147483647) % ${hours * 3600}::bigint)
            as tonight
        from app.tenants t
        cross join lateral (
          select date_trunc('day', ${now}::timestamptz, 'UTC') + make_interval(hours => ${startHour}::integer) as start
        ) night
        where t.status = 'active'),
      last as (
        select id, case when tonight <= ${now}::timestamptz then tonight else tonight - interval '1 day' end as slot
        from slots)
      select last.id, last.slot
      from last
      where not exists (
        select from app.backups b
        where b.tenant_id = last.id and b.kind in ('scheduled', 'manual')
          and (b.created_at >= last.slot and b.status <> 'failed'
            or b.created_at > ${now}::timestamptz - interval '1 hour'))
      order by last.slot, last.id`),
  );
}

/** Inside the tenant, whose row it is; twice at once, one finds the other's. */
async function queue(systemPool: Pool, tenant: string, slot: Date, now: Date): Promise<void> {
  const expiresAt = new Date(now.getTime() + backupRules.keptDays * 86_400_000);
  await transact(systemPool, { ...outside, tenantId: tenant }, async (tx) => {
    const id = v7();
    await tx.query(sql`select pg_advisory_xact_lock(hashtextextended('backups ' || ${tenant}, 0))`);
    const queued = await tx.query(sql`
      insert into app.backups (tenant_id, id, kind, expires_at, created_at)
      select app.tenant_id(), ${id}, 'scheduled', ${expiresAt}, ${now}
      where not exists (
        select from app.backups b
        where b.tenant_id = app.tenant_id() and b.created_at >= ${slot} and b.status in ('queued', 'running', 'done')
          and b.kind in ('scheduled', 'manual'))
      returning id`);
    if (queued.length === 0) return;
    const backupId = formatId('backup', id);
    tx.record(workflowRow(backupsWorkflows.take, { backupId }, undefined));
  });
}

/** A tenant that is too young to have one does not count. */
async function oldest(systemPool: Pool, now: Date): Promise<number> {
  const { hours } = await transact(systemPool, outside, (tx) =>
    tx.one<{ hours: number | null }>(sql`
      select max(extract(epoch from ${now}::timestamptz - coalesce(newest.at, t.created_at)) / 3600)::float8 as hours
      from app.tenants t
      left join lateral (
        select max(b.snapshot_at) as at from app.backups b where b.tenant_id = t.id and b.status = 'done'
      ) newest on true
      where t.status = 'active'`),
  );
  return Math.max(0, hours ?? 0);
}
