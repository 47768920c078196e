/** A restore's steps, run one by one past the people who would ask for them. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatId } from '#shared/contract/ids.ts';
import { startSteps, type StepEnd, type StepWorker } from '#test/support/steps.ts';
import type { Stage, Team } from '#test/shared/restore/stage.ts';

/** A restore of a backup that two people have agreed to; its bare id. */
export async function agreed(stage: Stage, { tenantId }: Team, backup: string): Promise<string> {
  const id = randomUUID();
  await stage.chain.database.admin.query(
    `insert into app.restores (tenant_id, id, backup_id, reason, status, requested_by_type, requested_by, decided_by,
                               expires_at)
     values ($1, $2, $3, 'A rehearsal', 'preparing', 'person', $4, $5, now() + interval '1 day')`,
    [tenantId, id, backup, randomUUID(), randomUUID()],
  );
  return id;
}

/** Runs a step; anything but its good end is an error. */
export async function step(worker: StepWorker, name: string, team: Team, restore: string): Promise<void> {
  const end = await attempt(worker, name, team, restore);
  if (end === 'killed') throw new Error(`${name} was killed`);
  if ('error' in end) throw new Error(`${name} failed: ${end.stack}`);
}

/** Runs a step, however it ends. */
export function attempt(
  worker: StepWorker,
  name: string,
  { tenantId }: Team,
  restore: string,
): Promise<StepEnd> {
  const [workflow = '', stepName = ''] = name.split('/');
  return worker.run(workflow, stepName, tenantId, { restoreId: formatId('restore', restore) });
}

export const preparing = [
  'restore.prepare/stage',
  'restore.prepare/verify',
  'restore.prepare/compare',
] as const;

/** The restore may be applied: somebody typed the tenant's name. */
export async function confirmed(stage: Stage, restore: string): Promise<void> {
  await stage.chain.database.admin.query("update app.restores set status = 'applying' where id = $1", [
    restore,
  ]);
}

export async function statusOf(stage: Stage, restore: string): Promise<string> {
  const { rows } = await stage.chain.database.admin.query<{ status: string }>(
    'select status from app.restores where id = $1',
    [restore],
  );
  return rows[0]?.status ?? '';
}

/** Another process that works the steps of restores. */
export function newWorker(stage: Stage): Promise<StepWorker> {
  return startSteps('restore', stage.chain.database.environment('app_restore'));
}

/** Waits until the server has noticed that whoever restored is gone. */
export async function untilNobodyRestores(stage: Stage): Promise<void> {
  for (const giveUpAt = Date.now() + 60_000; Date.now() < giveUpAt; await sleep(50)) {
    const { rowCount } = await stage.chain.database.admin.query(
      `select from pg_stat_activity
       where usename = 'app_restore' and datname = current_database() and state <> 'idle'`,
    );
    if (rowCount === 0) return;
  }
  throw new Error('a killed restore goes on');
}
