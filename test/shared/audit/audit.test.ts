/** Reading the audit trail. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { auditOps as ops } from '#shared/audit/audit.ops.ts';
import { audit as module } from '#shared/audit/module.ts';
import { formatId, uuidOf } from '#shared/contract/ids.ts';
import { sql } from '#shared/db/sql.ts';
import { transact } from '#shared/db/transaction.ts';
import { tenancy as tenancyModule } from '#shared/tenancy/module.ts';
import { tenancyOps } from '#shared/tenancy/tenancy.ops.ts';
import { type Actor, callAs, type Kernel, refusal, startKernel } from '../../support/call-as.ts';

const audit = { module, ops };
const tenancy = { module: tenancyModule, ops: tenancyOps };
let kernel: Kernel;

beforeAll(async () => {
  kernel = await startKernel();
});
afterAll(() => kernel.stop());

type Recorded = { at: string; action?: string; actor?: Actor; target?: string };

async function record({ tenant }: Actor, { at, action = 'test.done', actor, target }: Recorded) {
  if (tenant === undefined) throw new Error('an event belongs to a tenant');
  await kernel.database.admin.query(
    `insert into app.audit_events (tenant_id, id, occurred_at, plane, actor_id, action, target_type, target_id,
                                   request_id)
     values ($1, $2, $3, 'tenant', $4, $5, 'thing', $6, 'test')`,
    [
      uuidOf(tenant),
      randomUUID(),
      at,
      actor === undefined ? null : uuidOf(actor.user.id),
      action,
      target ?? null,
    ],
  );
}

describe('the audit trail', () => {
  test('[AUD-1] it says who did what to what, when, where from, and what it was before', async () => {
    const owner = await kernel.found('Before');
    await callAs(owner, tenancy, 'update', { name: 'After' });
    const { items } = await callAs(owner, audit, 'list', {});
    expect(items).toMatchObject([
      {
        action: 'tenant.updated',
        actor: { plane: 'tenant', type: 'person', id: owner.user.id },
        target: { type: 'tenant', id: owner.tenant },
        context: { ip: '203.0.113.7', userAgent: 'test' },
        before: { name: 'Before' },
        after: { name: 'After' },
        reason: null,
      },
    ]);
    expect(Date.parse(items[0]?.occurredAt ?? '')).toBeGreaterThan(Date.now() - 60_000);
  });

  test('[TEN-5] the rows of another tenant are invisible, whatever is asked', async () => {
    const [mine, other] = [await kernel.found(), await kernel.found()];
    await callAs(other, tenancy, 'update', { name: 'Secret' });
    for (const filter of [
      {},
      { action: 'tenant.updated' },
      { actorId: other.user.id },
      { targetId: other.tenant },
    ]) {
      expect(await callAs(mine, audit, 'list', filter)).toEqual({ items: [], nextCursor: null });
    }
  });

  test('[AUD-1] nobody changes or removes a row, and nobody writes into another tenant’s trail', async () => {
    const [owner, other] = [await kernel.found(), await kernel.found()];
    await callAs(owner, tenancy, 'update', { name: 'After' });
    const pool = kernel.database.pool('app_tenant');
    const entry = { tenantId: uuidOf(owner.tenant), userId: uuidOf(owner.user.id), requestId: 'test' };
    const attempt = (statement: ReturnType<typeof sql>) => transact(pool, entry, (tx) => tx.query(statement));
    await expect(attempt(sql`update app.audit_events set action = 'nothing'`)).rejects.toMatchObject({
      code: '42501',
    });
    await expect(attempt(sql`delete from app.audit_events`)).rejects.toMatchObject({ code: '42501' });
    await expect(
      attempt(sql`
        insert into app.audit_events (tenant_id, id, plane, action, request_id)
        values (${uuidOf(other.tenant)}, ${randomUUID()}, 'tenant', 'forged', 'test')`),
    ).rejects.toMatchObject({ code: '42501' });
    expect(await callAs(owner, audit, 'list', {})).toMatchObject({ items: [{ action: 'tenant.updated' }] });
  });

  test('[AUD-1] newest first, and pages neither repeat nor skip rows of the same microsecond', async () => {
    const owner = await kernel.found();
    for (let index = 0; index < 5; index += 1) await record(owner, { at: '2026-11-20T10:00:00.123456Z' });
    await record(owner, { at: '2026-11-20T10:00:00.123457Z', action: 'newest' });
    await record(owner, { at: '2026-11-20T10:00:00.123455Z', action: 'oldest' });
    const pages = [];
    let cursor: string | undefined;
    do {
      const page = await callAs(owner, audit, 'list', { limit: 2, ...(cursor ? { cursor } : {}) });
      pages.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(pages).toHaveLength(7);
    expect(new Set(pages.map((item) => item.id)).size).toBe(7);
    expect([pages[0]?.action, pages[6]?.action]).toEqual(['newest', 'oldest']);
  });

  test('[AUD-1] it tells what a person did from what a key did and what the system did', async () => {
    const owner = await kernel.found();
    const { admin } = kernel.database;
    const id = randomUUID();
    const insert = (type: string, actor: string | null, action: string) =>
      admin.query(
        `insert into app.audit_events (tenant_id, id, plane, actor_type, actor_id, action, request_id)
         values ($1, $2, 'tenant', $3, $4, $5, 'test')`,
        [uuidOf(owner.tenant), randomUUID(), type, actor, action],
      );
    await insert('api_key', id, 'a.key');
    await insert('person', id, 'a.person');
    await insert('person', null, 'a.system');
    const shown = async (filter: { actorId?: string } = {}) =>
      Object.fromEntries(
        (await callAs(owner, audit, 'list', filter)).items.map(({ action, actor }) => [action, actor]),
      );
    const forThemselves = { onBehalfOf: null, impersonationId: null };
    expect(await shown()).toEqual({
      'a.key': { plane: 'tenant', type: 'api_key', id: formatId('apiKey', id), ...forThemselves },
      'a.person': { plane: 'tenant', type: 'person', id: formatId('user', id), ...forThemselves },
      'a.system': { plane: 'tenant', type: 'system', id: null, ...forThemselves },
    });
    expect(Object.keys(await shown({ actorId: formatId('apiKey', id) }))).toEqual(['a.key']);
    expect(Object.keys(await shown({ actorId: formatId('user', id) }))).toEqual(['a.person']);
  });

  test('[AUD-3] it is filtered by action, actor, target and time', async () => {
    const owner = await kernel.found();
    const ada = await kernel.join(owner.tenant, 'admin');
    await record(owner, { at: '2026-11-01T00:00:00Z', action: 'a.first', actor: owner, target: 'x' });
    await record(owner, { at: '2026-11-02T00:00:00Z', action: 'a.second', actor: ada, target: 'y' });
    await record(owner, { at: '2026-11-03T00:00:00Z', action: 'a.second', actor: owner, target: 'z' });
    const actions = async (filter: Parameters<typeof callAs<typeof module.contract, 'list'>>[3]) =>
      (await callAs(owner, audit, 'list', filter)).items.map((item) => item.target?.id);
    expect(await actions({ action: 'a.second' })).toEqual(['z', 'y']);
    expect(await actions({ action: 'a.%' })).toEqual([]);
    expect(await actions({ actorId: ada.user.id })).toEqual(['y']);
    expect(await actions({ actorId: formatId('user', randomUUID()) })).toEqual([]);
    expect(await actions({ targetId: 'x' })).toEqual(['x']);
    expect(await actions({ from: '2026-11-02T00:00:00Z' })).toEqual(['z', 'y']);
    expect(await actions({ to: '2026-11-02T00:00:00Z' })).toEqual(['x']);
    expect(await actions({ from: '0000-01-01T00:00:00Z', to: '2026-11-02T23:58:00+23:59' })).toEqual(['x']);
    expect(await actions({ from: '2026-11-02T01:00:00+01:00', to: '2026-11-03T00:00:00Z' })).toEqual(['y']);
  });

  test('[AUD-1] an operation that fails leaves no row', async () => {
    const owner = await kernel.found();
    const call = callAs(owner, tenancy, 'update', { name: 'After' }, () => Promise.reject(new Error('late')));
    await expect(call).rejects.toThrow('late');
    expect(await callAs(owner, audit, 'list', {})).toMatchObject({ items: [] });
  });

  test.each(['operator', 'viewer'] as const)('[ACC-4] %s may not read it', async (role) => {
    const { tenant } = await kernel.found();
    const call = callAs(await kernel.join(tenant, role), audit, 'list', {});
    await expect(call).rejects.toMatchObject(refusal('auth.forbidden'));
  });
});
