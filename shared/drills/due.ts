/** Whether a rehearsal is due: one a week, of a tenant by chance; and how long ago the last good one was. */
import type { Pool } from 'pg';
import { v7 } from 'uuid';
import { formatId } from '../contract/ids.ts';
import { workflowRow } from '../db/outbox.ts';
import { sql } from '../db/sql.ts';
import { transact } from '../db/transaction.ts';
import { drillsWorkflows } from './drills.events.ts';

/** A week, less what a daily look may come late; one that failed is followed by another the day after. */
const everyHours = 6.5 * 24;

/** `ageHours` since the last good rehearsal; since the first backup where there was none, and 0 before that. */
export type DrillDue = { queued: boolean; ageHours: number };

/** @param systemPool connects as `app_system` */
export function queueDueDrill(systemPool: Pool): Promise<DrillDue> {
  return transact(systemPool, { tenantId: null, userId: null, requestId: 'drills' }, async (tx) => {
    // Two at once would both find it due.
    await tx.query(sql`select pg_advisory_xact_lock(hashtextextended('drills', 0))`);
    const { age_hours: ageHours, going } = await tx.one<{ age_hours: number; going: boolean }>(sql`
      select coalesce(extract(epoch from now() - coalesce(
               (select max(finished_at) from app.drills where status = 'passed'),
               (select min(snapshot_at) from app.backups where status = 'done'))) / 3600, 0)::float8 as age_hours,
             exists (select from app.drills
                     where created_at > now() - interval '12 hours' and status in ('queued', 'running')) as going`);
    if (going) return { queued: false, ageHours };
    const { rehearsed } = await tx.one<{ rehearsed: boolean }>(sql`
      select exists (select from app.drills where status = 'passed'
                     and finished_at > now() - make_interval(hours => ${Math.floor(everyHours)}::integer)) as rehearsed`);
    if (rehearsed) return { queued: false, ageHours };
    const found = await tx.maybeOne<{ tenant_id: string; backup_id: string }>(
      sql`select tenant_id, backup_id from app.drill_candidate(null)`,
    );
    if (found === undefined) return { queued: false, ageHours };
    const id = v7();
    await tx.query(sql`
      insert into app.drills (tenant_id, id, backup_id) values (${found.tenant_id}, ${id}, ${found.backup_id})`);
    const ids = { drillId: formatId('drill', id), tenantId: formatId('tenant', found.tenant_id) };
    tx.record(workflowRow(drillsWorkflows.run, ids, undefined));
    return { queued: true, ageHours };
  });
}
