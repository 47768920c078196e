/** Exports with everything that may happen to one: made, fetched, completed twice, cancelled half-way, expired. */
import { formatId, uuidOf } from '#shared/contract/ids.ts';
import { exporterOf } from '#test/support/exporting.ts';
import type { BatterySite } from '../support/site.ts';

/** Uses every grant of the steps of exports; says what did not succeed. */
export async function useExports(site: BatterySite): Promise<string[]> {
  // Whoever asks in the second may be told nothing.
  return [...(await exportOnce(site, {})), ...(await exportOnce(site, { recipientPerDay: 0 }))];
}

async function exportOnce(site: BatterySite, rates: Record<string, number>): Promise<string[]> {
  const { world, stack } = site;
  const tenant = await world.tenant();
  await world.admin.query('insert into app.tenant_overrides (tenant_id, rates) values ($1, $2)', [
    ...[uuidOf(tenant), JSON.stringify(rates)],
  ]);
  const token = await world.token(await world.member(tenant, 'owner'));
  const exporter = exporterOf(site, { token, tenantId: tenant });
  const { id } = await exporter.until((await exporter.ask('audit.events', 'csv')).id);
  const uuid = uuidOf(id);
  const step = async (name: string): Promise<string[]> => {
    const worker =
      Object.keys(stack.functions.stats()).find((one) => one.endsWith('-workflow-exports')) ?? '';
    const call = { workflow: 'exports.run', tenantId: tenant, input: { exportId: id }, trace: null };
    const result = await stack.functions.invoke(worker, { ...call, step: name, executionId: 'battery' });
    return result.ok ? [] : [`exports.run ${name}: ${result.errorType} ${result.errorMessage}`];
  };
  const failed: string[] = [];
  // As if its writer had died between completing the object and saying so: it is looked for.
  await world.admin.query("update app.exports set status = 'running', upload_id = 'gone' where id = $1", [
    uuid,
  ]);
  failed.push(...(await step('finish')));
  await world.admin.query('update app.exports set expires_at = now() where id = $1', [uuid]);
  failed.push(...(await step('expire')));
  // As if it had been cancelled while it was written.
  await world.admin.query("update app.exports set status = 'cancelled', upload_id = 'gone' where id = $1", [
    uuid,
  ]);
  failed.push(...(await step('write')));
  const { rows } = await world.admin.query<{ upload_id: string | null }>(
    'select upload_id from app.exports where id = $1',
    [uuid],
  );
  if (rows[0]?.upload_id !== null) failed.push(`${formatId('export', uuid)} keeps its upload`);
  return failed;
}
