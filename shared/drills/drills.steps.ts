/** The step of a rehearsal: read the backup, restore it into a scratch tenant, measure, and say what came of it. */
import { readArchive } from '../archive/read.ts';
import { archiveKey } from '../archive/seal.ts';
import { backupSecret } from '../archive/secret.ts';
import { archiveKeyOf } from '../archive/storage.ts';
import { settings } from '../config/environment.ts';
import { type Id, type TenantId, uuidOf } from '../contract/ids.ts';
import type { StepContext, WorkflowSteps } from '../contract/workflow.ts';
import { pool } from '../db/pool.ts';
import { sql } from '../db/sql.ts';
import { readObject } from '../objects/objects.ts';
import { type OpenTransaction, transact } from '../db/transaction.ts';
import type { drillsWorkflows } from './drills.events.ts';
import type { DrillRow } from './drills.rows.ts';
import { type Rehearsal, rehearse } from './rehearse.ts';
import { inScratchTenant } from './scratch.ts';

/** Where figures go that alarms and dashboards watch. */
export type Measure = {
  countMetric(name: 'DrillsFailed'): void;
  gaugeMetric(name: 'DrillRtoSeconds' | 'DrillRpoSeconds', value: number): void;
};

type Input = { drillId: Id<'drill'>; tenantId: TenantId };

export function drillsSteps(measure: Measure): WorkflowSteps<typeof drillsWorkflows> {
  return {
    run: {
      rehearse: async (ctx, input) => {
        const going = await inside(ctx, input, (tx) => begin(tx, input.drillId));
        if (going === undefined) return;
        const secret = await backupSecret();
        const about = { tenant: going.tenant_id, backup: going.backup_id };
        const startedMs = Date.now();
        const file = await readObject({ key: archiveKeyOf(about), versionId: going.version_id });
        const records = readArchive(file, () => archiveKey(secret, { ...about, salt: going.salt }));
        const came = await inScratchTenant(settings.database(), ctx.deadlineMs, (bulk, scratch) =>
          rehearse(bulk, { scratch, tenant: about.tenant }, records),
        );
        const times = {
          rtoMs: Date.now() - startedMs,
          rpoMs: Math.max(0, startedMs - going.snapshot_at.getTime()),
        };
        await inside(ctx, input, (tx) => conclude(tx, going.id, came, times));
        ctx.log.info('restore rehearsed', { drillId: input.drillId, ...times, findings: came.findings });
        if (came.findings.length > 0) return measure.countMetric('DrillsFailed');
        measure.gaugeMetric('DrillRtoSeconds', times.rtoMs / 1000);
        measure.gaugeMetric('DrillRpoSeconds', times.rpoMs / 1000);
      },

      failed: async (ctx, input, { code }) => {
        const ended = await inside(ctx, input, (tx) =>
          tx.query(sql`
            update app.drills set status = 'failed', findings = ${[`broken off: ${code}`]}, finished_at = now()
            where id = ${uuidOf(input.drillId)} and status in ('queued', 'running') returning id`),
        );
        if (ended.length > 0) measure.countMetric('DrillsFailed');
      },
    },
  };
}

/** Inside the tenant whose backup it is; a rehearsal belongs to the platform, and its execution to no tenant. */
function inside<T>(
  { executionId }: StepContext,
  { tenantId }: Input,
  work: (tx: OpenTransaction) => Promise<T>,
): Promise<T> {
  const requestId = executionId.split(':').at(-1) ?? executionId;
  return transact(pool(), { tenantId: uuidOf(tenantId), userId: null, requestId }, work);
}

type Going = Pick<DrillRow, 'id' | 'tenant_id' | 'backup_id'> & {
  salt: string;
  version_id: string | null;
  snapshot_at: Date;
};

/** The rehearsal, now running, and its backup; nothing where it is over already. */
async function begin(tx: OpenTransaction, drillId: Id<'drill'>): Promise<Going | undefined> {
  return tx.maybeOne<Going>(sql`
    update app.drills d set status = 'running', started_at = coalesce(d.started_at, now())
    from app.backups b
    where d.id = ${uuidOf(drillId)} and d.status in ('queued', 'running')
      and b.tenant_id = d.tenant_id and b.id = d.backup_id and b.status = 'done'
    returning d.id, d.tenant_id, d.backup_id, b.salt, b.version_id, b.snapshot_at`);
}

async function conclude(
  tx: OpenTransaction,
  id: string,
  { schemaVersion, tables, rows, bytes, findings }: Rehearsal,
  { rtoMs, rpoMs }: { rtoMs: number; rpoMs: number },
): Promise<void> {
  await tx.query(sql`
    update app.drills
    set status = ${findings.length === 0 ? 'passed' : 'failed'}, findings = ${findings},
        schema_version = ${schemaVersion}, table_count = ${tables}, row_count = ${rows}, byte_count = ${bytes},
        rto_ms = ${rtoMs}, rpo_ms = ${rpoMs}, finished_at = now()
    where id = ${id} and status = 'running'`);
}
