/** Exports through the whole local stack: from the request to the bytes, and to nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportLimits } from '#shared/config/exports.ts';
import { newId, type TenantId, uuidOf } from '#shared/contract/ids.ts';
import { killedExport } from '#test/battery/exports/kills.ts';
import { digestOf, exportingTenant, leftOf, uninterrupted } from '#test/battery/exports/stage.ts';
import { type BatterySite, startSite } from '#test/battery/support/site.ts';
import { type Exporter, exporterOf } from '#test/support/exporting.ts';

let site: BatterySite;

beforeAll(async () => {
  site = await startSite();
}, 180_000);
afterAll(() => site.stop());

async function founded(role: 'owner' | 'admin' | 'auditor' | 'viewer' = 'owner') {
  const tenant = await site.world.tenant();
  const person = await site.world.member(tenant, role);
  const token = await site.world.token(person);
  return { tenant, person, exporter: exporterOf(site, { token, tenantId: tenant }) };
}

async function record(id: TenantId, action: string, reason = ''): Promise<void> {
  await site.world.admin.query(
    `insert into app.audit_events (tenant_id, id, plane, action, request_id, reason)
     values ($1, $2, 'system', $3, 'test', $4)`,
    [uuidOf(id), uuidOf(newId('auditEvent')), action, reason],
  );
}

/** The actions of a tenant's trail that are about one thing, oldest first. */
async function trailOf(
  tenant: TenantId,
  target: string,
): Promise<{ action: string; reason: string | null }[]> {
  const { rows } = await site.world.admin.query<{ action: string; reason: string | null }>(
    'select action, reason from app.audit_events where tenant_id = $1 and target_id = $2 order by occurred_at, id',
    [uuidOf(tenant), target],
  );
  return rows;
}

async function column<Value>(id: string, name: string): Promise<Value | undefined> {
  const { rows } = await site.world.admin.query<{ value: Value }>(
    `select ${name} as value from app.exports where id = $1`,
    [id.slice(4)],
  );
  return rows[0]?.value;
}

/** Calls one step of the workflow, as its state machine does. */
function callStep(step: string, tenantId: TenantId, exportId: string, more: Record<string, unknown> = {}) {
  const name =
    Object.keys(site.stack.functions.stats()).find((one) => one.endsWith('-workflow-exports')) ?? '';
  const call = {
    workflow: 'exports.run',
    step,
    tenantId,
    input: { exportId },
    trace: null,
    executionId: 'test',
  };
  return site.stack.functions.invoke(name, { ...call, ...more });
}

async function finishedExport({ exporter }: { exporter: Exporter }): Promise<string> {
  const { id } = await exporter.ask('audit.events', 'csv');
  expect(await exporter.until(id)).toMatchObject({ status: 'finished', error: null });
  return id;
}

describe('[EXP-1] an export', () => {
  test('[EXP-3] is made in the background, and fetched by a link that says so to a browser', async () => {
    const { tenant, exporter } = await founded();
    await record(tenant, 'first.thing', '=1+1');
    await record(tenant, 'second.thing', 'with, comma and "quotes"');
    const asked = await exporter.ask('audit.events', 'csv');
    expect(asked).toMatchObject({ status: 'queued', report: 'audit.events', sensitive: false, rows: 0 });
    const view = await exporter.until(asked.id);
    expect(view).toMatchObject({ status: 'finished', percent: 100, error: null });
    const answer = await fetch(await exporter.link(asked.id));
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toContain('text/csv');
    expect(answer.headers.get('content-disposition')).toMatch(
      /^attachment; filename="Battery audit events .*\.csv"; filename\*=UTF-8''/,
    );
    expect(Buffer.byteLength(text)).toBe(view.bytes);
    const lines = text.trimEnd().split('\r\n');
    expect(lines).toHaveLength(view.rows + 1);
    expect(lines[0]).toContain('occurred_at,id,action');
    expect(text).toContain("'=1+1");
    expect(text).toContain('"with, comma and ""quotes"""');
  });

  test('[TEN-5] holds its own tenant’s rows, and is nobody else’s', async () => {
    const [ours, theirs] = [await founded(), await founded()];
    await record(ours.tenant, 'ours.alone');
    await record(theirs.tenant, 'theirs.alone');
    const id = await finishedExport(ours);
    const text = await (await fetch(await ours.exporter.link(id))).text();
    expect(text).toContain('ours.alone');
    expect(text).not.toContain('theirs.alone');
    for (const operation of ['get', 'download', 'downloads', 'cancel'] as const) {
      expect(await theirs.exporter.call(operation, { exportId: id })).toMatchObject({
        status: 404,
        body: { code: 'resource.not_found' },
      });
    }
  });

  test('is the same to the byte when its writer is killed on the way', async () => {
    const tenant = await exportingTenant(site, 60_000);
    const { view, kills } = await killedExport(site, tenant, 'csv', [150, 150]);
    expect(view).toMatchObject({ status: 'finished', rows: 60_000 });
    expect(kills.length).toBeGreaterThan(0);
    expect(await digestOf(await tenant.exporter.link(view.id))).toEqual(await uninterrupted(site, view));
  });

  test('that is cancelled ends, leaves nothing, and was not counted', async () => {
    const { exporter } = await exportingTenant(site, 60_000);
    const { id } = await exporter.ask('audit.events', 'json');
    expect(await exporter.call('cancel', { exportId: id })).toMatchObject({
      status: 200,
      body: { status: 'cancelled' },
    });
    while ((await column(id, 'usage')) !== null) await sleep(50);
    expect(await column(id, 'upload_id')).toBeNull();
    expect((await exporter.call('cancel', { exportId: id })).body).toMatchObject({
      code: 'exports.not_running',
    });
    expect((await exporter.call('download', { exportId: id })).body).toMatchObject({
      code: 'exports.no_file',
    });
  });

  test('is told to whoever asked for it', async () => {
    const { person, exporter } = await founded();
    const id = await finishedExport({ exporter });
    while ((await column(id, 'notified_at')) === null) await sleep(50);
    const [mail] = site.stack.mail.list({ to: person.email });
    expect(mail?.subject).toContain('your export is ready');
    expect(mail?.text).toContain(`/exports/${id}`);
  });

  test('takes no parameters that its report does not know', async () => {
    const { exporter } = await founded();
    const wrong = { report: 'audit.events', purpose: 'To see what happens', parameters: { where: '1=1' } };
    expect(await exporter.call('create', wrong)).toMatchObject({
      status: 422,
      body: { code: 'exports.bad_parameters' },
    });
  });
});

describe('[EXP-1] a file that is too large', () => {
  test('for its bytes is cut off while it is written: it fails, says why, and nothing of it is left', async () => {
    const { exporter } = await exportingTenant(site, 150_000);
    const { id } = await exporter.ask('audit.events', 'csv');
    await exporter.until(id, ({ rows, status }) => rows > 0 || status === 'failed');
    // As if what was written so far had been as much as there may be.
    const { rowCount } = await site.world.admin.query(
      `update app.exports set bytes = $2 where id = $1 and status = 'running' and rows < total_rows`,
      [id.slice(4), exportLimits.bytes],
    );
    expect(rowCount).toBe(1);
    expect(await exporter.until(id)).toMatchObject({ status: 'failed', error: 'exports.too_large' });
    while ((await column(id, 'usage')) !== null) await sleep(50);
    expect(await leftOf(site, id)).toBe(0);
    expect((await exporter.call('download', { exportId: id })).body).toMatchObject({
      code: 'exports.no_file',
    });
  });

  test('[LIM-2] for its rows as a PDF is refused before anything is made or counted', async () => {
    const { id, exporter } = await exportingTenant(site, exportLimits.pdfRows + 1);
    const body = { report: 'audit.events', format: 'pdf', purpose: 'One row more than fits' };
    expect(await exporter.call('create', body)).toMatchObject({
      status: 422,
      body: { code: 'exports.too_large', detail: `More than ${exportLimits.pdfRows} rows.` },
    });
    const { rows } = await site.world.admin.query('select from app.exports where tenant_id = $1', [
      uuidOf(id),
    ]);
    expect(rows).toEqual([]);
  });
});

describe('[EXP-2] whoever exports', () => {
  test('says what for, and the trail keeps it, from the request to the end', async () => {
    const { tenant, exporter } = await founded();
    for (const purpose of [undefined, '', '          ', 'too short', 'x'.repeat(501)]) {
      expect((await exporter.call('create', { report: 'audit.events', purpose })).status).toBe(400);
    }
    const id = await finishedExport({ exporter });
    await exporter.link(id);
    expect(await trailOf(tenant, id)).toEqual([
      { action: 'export.requested', reason: 'To see what an export holds' },
      { action: 'export.finished', reason: null },
      { action: 'export.downloaded', reason: null },
    ]);
  });

  test('may read the data itself, at the time of asking and when work begins', async () => {
    const { exporter: viewer } = await founded('viewer');
    expect((await viewer.call('reports')).status).toBe(403);
    const { tenant } = await founded();
    const { text: token } = await site.world.apiKey(tenant, {
      ...{ role: 'owner', scopes: ['exports:read', 'exports:create'] },
    });
    const key = exporterOf(site, { token, tenantId: tenant });
    expect((await key.call('reports')).body).toEqual({ items: [] });
    const asked = await key.call('create', { report: 'audit.events', purpose: 'To see what happens' });
    expect(asked).toMatchObject({ status: 422, body: { code: 'exports.unknown_report' } });
    // Seeded as if an owner had asked for it who is gone by now.
    const id = await site.world.export(tenant, 'queued');
    expect(await callStep('check', tenant, id)).toMatchObject({ ok: true });
    await site.world.admin.query(
      'delete from app.memberships where user_id = (select requested_by from app.exports where id = $1)',
      [uuidOf(id)],
    );
    expect(await callStep('check', tenant, id)).toMatchObject({ errorType: 'exports.unknown_report' });
  });
});

describe('[EXP-2] a sensitive report', () => {
  test('[AUD-3] needs a permission of its own, is told to security, and is kept for a day', async () => {
    const { tenant, exporter: owner } = await founded();
    const { text: token } = await site.world.apiKey(tenant, {
      ...{ role: 'owner', scopes: ['exports:read', 'exports:create', 'keys:read'] },
    });
    const key = exporterOf(site, { token, tenantId: tenant });
    const wanted = { report: 'keys.keys', purpose: 'To see which keys there are' };
    expect(await key.call('create', wanted)).toMatchObject({
      status: 403,
      body: { code: 'exports.sensitive' },
    });
    const { id, sensitive } = await owner.ask('keys.keys', 'json');
    expect(sensitive).toBe(true);
    const { status, finishedAt, expiresAt } = await owner.until(id);
    expect(status).toBe('finished');
    expect(Date.parse(expiresAt ?? '') - Date.parse(finishedAt ?? '')).toBe(86_400_000);
    // Seen by all who may see exports, fetched by those alone who might have asked for it.
    expect((await key.call('get', { exportId: id })).status).toBe(200);
    expect(await key.call('download', { exportId: id })).toMatchObject({
      status: 403,
      body: { code: 'exports.sensitive' },
    });
    const { rows } = await site.world.admin.query(
      "select subject from app.security_events where tenant_id = $1 and type = 'sensitive_export'",
      [uuidOf(tenant)],
    );
    expect(rows).toEqual([{ subject: 'keys.keys' }]);
  });
});

describe('[EXP-3] a file', () => {
  test('is fetched by its own link alone, and every link is noted', async () => {
    const { person, exporter } = await founded();
    const id = await finishedExport({ exporter });
    const url = new URL(await exporter.link(id));
    expect(Number(url.searchParams.get('X-Amz-Expires'))).toBeLessThanOrEqual(900);
    const other = new URL(url);
    other.pathname = other.pathname.replace(/tenants\/[^/]+/, `tenants/${uuidOf(newId('tenant'))}`);
    expect((await fetch(other)).status).toBe(403);
    const longer = new URL(url);
    longer.searchParams.set('X-Amz-Expires', '90000');
    expect((await fetch(longer)).status).toBe(403);
    const bare = new URL(url.pathname, url.origin);
    expect((await fetch(bare)).status).toBe(403);
    const { body } = await exporter.call('downloads', { exportId: id });
    expect((body as { items: unknown[] }).items).toMatchObject([{ by: person.id }]);
  });

  test('is removed when its time is over, and not before', async () => {
    const { tenant, exporter } = await founded();
    const id = await finishedExport({ exporter });
    const link = await exporter.link(id);
    const week = 7 * 86_400;
    expect(await callStep('expire', tenant, id)).toMatchObject({
      payload: { done: false, afterSeconds: 86_400 },
    });
    const { expiresAt, finishedAt } = await exporter.until(id);
    expect((Date.parse(expiresAt ?? '') - Date.parse(finishedAt ?? '')) / 1000).toBe(week);
    await site.world.admin.query('update app.exports set expires_at = now() where id = $1', [id.slice(4)]);
    expect(await callStep('expire', tenant, id)).toMatchObject({ payload: { done: true } });
    expect(await exporter.until(id)).toMatchObject({ status: 'expired' });
    expect((await fetch(link)).status).toBe(404);
    // A second call finds it done.
    expect(await callStep('expire', tenant, id)).toMatchObject({ payload: { done: true } });
  });

  test('[CAP-3] is made for nobody while exports are switched off, and none that was begun goes on', async () => {
    const { tenant, exporter } = await founded();
    const id = await site.world.export(tenant, 'queued');
    await switchExports(tenant, true);
    const refused = await exporter.call('create', { report: 'audit.events', purpose: 'To see what happens' });
    expect(refused).toMatchObject({ status: 403, body: { code: 'capability.switched_off' } });
    expect(await callStep('write', tenant, id)).toMatchObject({ errorType: 'capability.switched_off' });
    expect(await callStep('failed', tenant, id, { error: 'capability.switched_off' })).toEqual({
      ok: true,
      payload: { expected: true },
    });
    expect(await column(id, 'error')).toBe('capability.switched_off');
    await switchExports(tenant, false);
  });

  test('[LIM-2] is counted when it is asked for, and not when nothing comes of it', async () => {
    const { tenant, exporter } = await founded();
    await site.world.admin.query('insert into app.tenant_overrides (tenant_id, usage) values ($1, $2)', [
      uuidOf(tenant),
      JSON.stringify({ exports: { month: 1 } }),
    ]);
    const ask = () => exporter.call('create', { report: 'audit.events', purpose: 'To see what happens' });
    const { id } = await exporter.ask('audit.events', 'csv');
    await exporter.call('cancel', { exportId: id });
    while ((await column(id, 'usage')) !== null && (await column(id, 'status')) === 'cancelled')
      await sleep(50);
    // Given back, unless it was finished before it was cancelled.
    if ((await column(id, 'status')) === 'cancelled') expect((await ask()).status).toBe(202);
    expect(await ask()).toMatchObject({ status: 429, body: { code: 'limit.usage' } });
  });
});

async function switchExports(tenant: TenantId, off: boolean): Promise<void> {
  const token = await site.world.token(await site.world.member(tenant, 'owner'));
  const answer = await site.http.send({
    ...{ method: 'PATCH', path: '/v1/settings', body: JSON.stringify({ switchedOff: { exports: off } }) },
    headers: { authorization: `Bearer ${token}`, 'x-tenant-id': tenant, 'content-type': 'application/json' },
  });
  expect(answer.status).toBe(200);
}
