/** Backups, restores to a moment and rehearsals through the whole local stack: copies of the cluster are real servers. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type TenantId, uuidOf } from '#shared/contract/ids.ts';
import { type BatterySite, startSite } from '#test/battery/support/site.ts';

let site: BatterySite;
let tenant: TenantId;
const tokens = { owner: '', admin: '', staff: '' };

beforeAll(async () => {
  site = await startSite();
  tenant = await site.world.tenant();
  for (const role of ['owner', 'admin'] as const) {
    tokens[role] = await site.world.token(await site.world.member(tenant, role));
  }
  const staff = await site.world.member(await site.world.tenant(), 'owner');
  tokens.staff = await site.world.token(staff, { 'cognito:groups': ['platform-admin'] });
}, 240_000);
afterAll(() => site.stop());

type Thing = Record<string, unknown> & { id: string; status: string };

async function call(who: keyof typeof tokens, method: string, path: string, body?: object) {
  const response = await fetch(`${site.url}${path}`, {
    method,
    headers: {
      ...{ authorization: `Bearer ${tokens[who]}`, 'content-type': 'application/json' },
      ...{ 'idempotency-key': randomUUID() },
      ...(who === 'staff' ? {} : { 'x-tenant-id': tenant }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    body: (await response.json()) as Thing & { items: Thing[]; code: string },
  };
}

async function until(path: string, who: keyof typeof tokens, ended: readonly string[]): Promise<Thing> {
  const deadline = Date.now() + 150_000;
  for (;;) {
    const { body } = await call(who, 'GET', path);
    const thing = 'items' in body ? body.items[0] : body;
    if (thing !== undefined && ended.includes(thing.status)) return thing;
    if (Date.now() > deadline)
      throw new Error(`${JSON.stringify(thing)}\n${site.lines.slice(-20).join('\n')}`);
    await sleep(500);
  }
}

const nameOf = async () => (await call('owner', 'GET', '/v1/tenant')).body.name;
const rename = (name: string) => call('owner', 'PATCH', '/v1/tenant', { name });

test('[BKP-3] a rehearsal restores a backup, measures it, and is seen by the platform’s staff alone', async () => {
  const none = await call('staff', 'POST', '/v1/platform/drills', { tenantId: tenant });
  expect([none.status, none.body.code]).toEqual([409, 'drill.no_backup']);
  expect((await call('owner', 'POST', '/v1/backups')).status).toBe(202);
  await until('/v1/backups', 'owner', ['done']);
  const asked = await call('staff', 'POST', '/v1/platform/drills', { tenantId: tenant });
  expect(asked).toMatchObject({ status: 202, body: { status: 'queued', tenantId: tenant } });
  const drill = await until('/v1/platform/drills', 'staff', ['passed', 'failed']);
  expect(drill).toMatchObject({ id: asked.body.id, status: 'passed', findings: [] });
  expect(Number(drill.rtoSeconds)).toBeGreaterThan(0);
  expect(Number(drill.rtoSeconds)).toBeLessThan(30 * 60);
  expect(Number(drill.rpoSeconds)).toBeLessThan(15 * 60);
  expect((await call('owner', 'GET', '/v1/platform/drills')).status).toBe(403);
}, 240_000);

test('[BKP-2] a tenant returns to a moment, from a copy of the cluster that is gone afterwards', async () => {
  const tooEarly = await call('owner', 'POST', '/v1/restores', { reason: 'A test' });
  expect(tooEarly.body.code).toBe('restore.one_source');
  // The first base backup is taken a while after the start; before it there is nothing to go back to.
  await sleep(25_000);
  await rename('As it was');
  await sleep(1_000);
  const at = new Date().toISOString();
  await sleep(1_000);
  await rename('By mistake');
  const asked = await call('owner', 'POST', '/v1/restores', { at, reason: 'Renamed by mistake' });
  expect(asked).toMatchObject({ status: 201, body: { status: 'requested', backupId: null } });
  const path = `/v1/restores/${asked.body.id}`;
  expect((await call('owner', 'POST', `${path}/approve`)).status).toBe(403);
  expect((await call('admin', 'POST', `${path}/approve`)).status).toBe(200);
  const ready = await until(path, 'owner', ['ready', 'failed']);
  expect(ready).toMatchObject({ status: 'ready', findings: [] });
  const { body: seen } = await call('owner', 'GET', '/v1/tenant');
  const applied = await call('owner', 'POST', `${path}/apply`, { confirm: seen.slug });
  expect(applied.status).toBe(202);
  expect((await until(path, 'owner', ['applied', 'failed'])).status).toBe('applied');
  expect(await nameOf()).toBe('As it was');
  const { rows } = await site.world.admin.query<{ kind: string }>(
    'select kind from app.backups where tenant_id = $1 order by created_at',
    [uuidOf(tenant)],
  );
  expect(rows.map(({ kind }) => kind)).toEqual(['manual', 'point_in_time', 'before_restore']);
  const copies = await site.world.admin.query("select from app.tenants where slug like 'scratch-%'");
  expect(copies.rowCount).toBe(0);
}, 300_000);
