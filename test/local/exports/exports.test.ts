/** An export through the whole local stack: from the request to the bytes, and to nothing. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { newId, type TenantId, uuidOf } from '#shared/contract/ids.ts';
import { type BatterySite, startSite } from '#test/battery/support/site.ts';
import { type Exporter, exporterOf } from '#test/support/exporting.ts';

let site: BatterySite;
let tenant: TenantId;
let owner: Exporter;

beforeAll(async () => {
  site = await startSite();
  ({ tenant, exporter: owner } = await founded());
}, 180_000);
afterAll(() => site.stop());

async function founded(role: 'owner' | 'admin' | 'auditor' | 'viewer' = 'owner') {
  const id = await site.world.tenant();
  const person = await site.world.member(id, role);
  const token = await site.world.token(person);
  return { tenant: id, person, exporter: exporterOf(site, { token, tenantId: id }) };
}

async function record(id: TenantId, action: string, reason = ''): Promise<void> {
  await site.world.admin.query(
    `insert into app.audit_events (tenant_id, id, plane, action, request_id, reason)
     values ($1, $2, 'system', $3, 'test', $4)`,
    [uuidOf(id), uuidOf(newId('auditEvent')), action, reason],
  );
}

describe('[EXP-1] an export', () => {
  test('[EXP-3] is made in the background, and fetched by a link that says so to a browser', async () => {
    await record(tenant, 'first.thing', '=1+1');
    await record(tenant, 'second.thing', 'with, comma and "quotes"');
    const asked = await owner.ask('audit.events', 'csv');
    expect(asked).toMatchObject({ status: 'queued', report: 'audit.events', sensitive: false, rows: 0 });
    const view = await owner.until(asked.id);
    expect(view).toMatchObject({ status: 'finished', percent: 100, error: null });
    const answer = await fetch(await owner.link(asked.id));
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toContain('text/csv');
    expect(answer.headers.get('content-disposition')).toMatch(
      /^attachment; filename="Battery audit events .*\.csv"/,
    );
    expect(Buffer.byteLength(text)).toBe(view.bytes);
    const lines = text.trimEnd().split('\r\n');
    expect(lines).toHaveLength(view.rows + 1);
    expect(lines[0]).toContain('occurred_at,id,action');
    expect(text).toContain("'=1+1");
    expect(text).toContain('"with, comma and ""quotes"""');
  });
});
