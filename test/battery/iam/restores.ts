/** Backups and restores with everything that may happen to one: taken, fetched, applied, told about, broken off, expired. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { uuidOf } from '#shared/contract/ids.ts';
import { registry } from '#shared/registry.ts';
import type { EndpointFacts } from '#shared/contract/endpoint.ts';
import { requestOf } from '../support/request.ts';
import type { BatterySite } from '../support/site.ts';

const patienceMs = 120_000;

/** Uses every grant of the steps of backups and restores; says what did not succeed. */
export async function useRestores(site: BatterySite): Promise<string[]> {
  // The owner of the second may be told nothing.
  return [...(await restoreOnce(site, {})), ...(await restoreOnce(site, { recipientPerDay: 0 }))];
}

type Row = { status: string };
type Called = { endpoint: EndpointFacts; input?: Record<string, unknown>; who?: 'owner' | 'admin' };

async function restoreOnce(site: BatterySite, rates: Record<string, number>): Promise<string[]> {
  const { world, stack, http } = site;
  const tenant = await world.tenant();
  await world.admin.query('insert into app.tenant_overrides (tenant_id, rates) values ($1, $2)', [
    ...[uuidOf(tenant), JSON.stringify(rates)],
  ]);
  const tokens = {
    owner: await world.token(await world.member(tenant, 'owner')),
    admin: await world.token(await world.member(tenant, 'admin')),
  };
  const call = async <Output>({ endpoint, input = {}, who = 'owner' }: Called): Promise<Output> => {
    const asked = { endpoint, input, token: tokens[who], tenantId: tenant, idempotencyKey: randomUUID() };
    const { status, text, body } = await http.send(requestOf(asked));
    if (status >= 300) throw new Error(`${endpoint.method} ${endpoint.path} answered ${status} ${text}`);
    return body as Output;
  };
  const until = async (table: 'backups' | 'restores', id: string, wanted: string): Promise<void> => {
    for (const giveUpAt = Date.now() + patienceMs; ; await sleep(250)) {
      const { rows } = await world.admin.query<Row>(`select status from app.${table} where id = $1`, [id]);
      if (rows[0]?.status === wanted) return;
      if (rows[0]?.status === 'failed' || Date.now() > giveUpAt)
        throw new Error(`${table}: ${rows[0]?.status ?? 'nothing'} instead of ${wanted}`);
    }
  };
  const step = async (workflow: string, name: string, input: object): Promise<boolean> => {
    const [module = ''] = workflow.split('.');
    const worker = Object.keys(stack.functions.stats()).find((one) => one.endsWith(`-workflow-${module}`));
    const event = { workflow, tenantId: tenant, input, trace: null, step: name, executionId: 'battery' };
    return (await stack.functions.invoke(worker ?? '', event)).ok;
  };
  const { backups, restore, ai } = registry;
  const budget = (limit: string) =>
    call({
      endpoint: ai.contract.setBudget,
      input: { scope: 'tenant', window: 'month', limit, policy: 'block' },
    });

  await budget('10');
  const { id: backupId } = await call<{ id: string }>({ endpoint: backups.contract.create });
  await until('backups', bare(backupId), 'done');
  const { url } = await call<{ url: string }>({ endpoint: backups.contract.download, input: { backupId } });
  const failed = (await fetch(url)).ok ? [] : ['a backup was not to be fetched'];
  await budget('20');
  const reason = 'The battery brings a tenant back';
  const asked = { endpoint: restore.contract.request, input: { backupId, reason } };
  const { id: restoreId } = await call<{ id: string }>(asked);
  await call({ endpoint: restore.contract.approve, input: { restoreId }, who: 'admin' });
  await until('restores', bare(restoreId), 'ready');

  // What is under way when a part of the tenant cannot be read is broken off, and leaves no half object.
  await world.admin.query("update app.restores set status = 'applying' where id = $1", [bare(restoreId)]);
  const apply = () => step('restore.apply', 'apply', { restoreId });
  if (await unreadable(site, 'app_restore', apply))
    failed.push('a restore was applied though the tenant could not be read');
  if (!(await apply())) failed.push('a restore is not applied by the second attempt');
  if (!(await step('restore.apply', 'tell', { restoreId }))) failed.push('a restore is told to nobody');

  await world.admin.query("update app.backups set status = 'running' where id = $1", [bare(backupId)]);
  const isTaken = await unreadable(site, 'app_backup', () => step('backups.take', 'take', { backupId }));
  if (isTaken) failed.push('a backup was taken though the tenant could not be read');
  await world.admin.query("update app.backups set status = 'done', expires_at = now() where id = $1", [
    bare(backupId),
  ]);
  if (!(await step('backups.take', 'expire', { backupId }))) failed.push('a backup does not expire');
  return failed;
}

/** Does something while a login may not read a table that every backup holds and no restore brings back. */
async function unreadable<T>({ world }: BatterySite, login: string, work: () => Promise<T>): Promise<T> {
  await world.admin.query(`revoke select on app.audit_events from ${login}`);
  try {
    return await work();
  } finally {
    await world.admin.query(`grant select on app.audit_events to ${login}`);
  }
}

function bare(id: string): string {
  return id.slice(id.indexOf('_') + 1);
}
