/** What a tenant is told of its own chain. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { auditOps as ops } from '#shared/audit/audit.ops.ts';
import { sealTrails } from '#shared/audit/chain/seal.ts';
import { audit as module } from '#shared/audit/module.ts';
import { formatId, uuidOf, type TenantId } from '#shared/contract/ids.ts';
import { tenancy as tenancyModule } from '#shared/tenancy/module.ts';
import { tenancyOps } from '#shared/tenancy/tenancy.ops.ts';
import { type Actor, callAs, type Kernel, refusal, startKernel } from '../../support/call-as.ts';
import { linksOf, writeRows } from './trails.ts';

const audit = { module, ops };
const tenancy = { module: tenancyModule, ops: tenancyOps };
let kernel: Kernel;
let system: Pool;
let owner: Actor & { tenant: TenantId };

beforeAll(async () => {
  kernel = await startKernel();
  system = kernel.database.pool('app_system');
});
afterAll(() => kernel.stop());
beforeEach(async () => {
  owner = await kernel.found();
});

const seal = () => sealTrails(system, Date.now() + 10_000);
const founded = () => ({
  ...{ tenantId: uuidOf(owner.tenant), userId: uuidOf(owner.user.id), slug: '' },
  entry: { tenantId: uuidOf(owner.tenant), userId: null, requestId: 'test' },
});
const query = async (text: string, ...values: unknown[]): Promise<Record<string, unknown>[]> =>
  (await kernel.database.admin.query<Record<string, unknown>>(text, values)).rows;
const eventsOf = () =>
  query(
    `select type, subject, detail from app.security_events where tenant_id = $1 and type = 'audit_tampered'`,
    uuidOf(owner.tenant),
  );

describe('GET /v1/audit/verify', () => {
  test('[AUD-1] an empty trail is as it was written', async () => {
    expect(await callAs(owner, audit, 'verify', {})).toEqual({
      ...{ verified: true, from: 1, to: 0, head: null, unsealed: 0, findings: [] },
      ...{ archived: null, lastCheck: null, nextCursor: null },
    });
  });

  test('[AUD-1] what an operation recorded waits, is sealed, and proves itself', async () => {
    await callAs(owner, tenancy, 'update', { name: 'After' });
    expect(await callAs(owner, audit, 'verify', {})).toMatchObject({ unsealed: 1, head: null });
    await seal();
    const [link] = await linksOf(kernel.database.admin, founded());
    expect(await callAs(owner, audit, 'verify', {})).toMatchObject({
      ...{ verified: true, from: 1, to: 1, unsealed: 0, findings: [], nextCursor: null },
      head: { sequence: 1, hash: link?.hash },
    });
    expect(await eventsOf()).toEqual([]);
  });

  test('[AUD-1] it goes on from page to page, and says on which one something is wrong', async () => {
    const ids = await writeRows(kernel.database.admin, founded(), 7);
    await seal();
    await query("update app.audit_events set reason = 'other' where id = $1", ids[4]);
    const pages = [];
    let cursor: string | undefined;
    do {
      const page = await callAs(owner, audit, 'verify', { limit: '3', ...(cursor ? { cursor } : {}) });
      pages.push(page);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(pages.map(({ from, to, verified }) => [from, to, verified])).toEqual([
      [1, 3, true],
      [4, 6, false],
      [7, 7, true],
    ]);
    expect(pages[1]?.findings).toEqual([
      { kind: 'changed', sequence: 5, eventId: formatId('auditEvent', ids[4] ?? '') },
    ]);
  });

  test('[AUD-1] what is found is one security event, however often it is looked for', async () => {
    const ids = await writeRows(kernel.database.admin, founded(), 2);
    await seal();
    await query('delete from app.audit_events where id = $1', ids[1]);
    for (let time = 0; time < 2; time += 1) {
      expect(await callAs(owner, audit, 'verify', {})).toMatchObject({ verified: false });
    }
    expect(await eventsOf()).toEqual([
      {
        ...{ type: 'audit_tampered', subject: 'missing' },
        detail: { sequence: 2, eventId: formatId('auditEvent', ids[1] ?? '') },
      },
    ]);
  });

  test('[AUD-1] a made-up place is no finding, and a made-up cursor the caller’s mistake', async () => {
    await writeRows(kernel.database.admin, founded(), 2);
    await seal();
    const cursorOf = (key: unknown) => Buffer.from(JSON.stringify(key)).toString('base64url');
    expect(await callAs(owner, audit, 'verify', { cursor: cursorOf(['1000000', '']) })).toMatchObject({
      ...{ verified: true, nextCursor: null },
    });
    for (const key of [['-1', ''], ['1', 'x'], ['1'], [1, ''], 'x']) {
      await expect(callAs(owner, audit, 'verify', { cursor: cursorOf(key) })).rejects.toMatchObject(
        refusal('request.invalid'),
      );
    }
  });

  test('[TEN-5] another tenant’s chain is neither counted nor looked at', async () => {
    const other = await kernel.found();
    await writeRows(kernel.database.admin, founded(), 2);
    await seal();
    await query('delete from app.audit_events where tenant_id = $1', uuidOf(owner.tenant));
    expect(await callAs(other, audit, 'verify', {})).toMatchObject({ verified: true, to: 0, head: null });
  });

  test('[ACC-4] whoever may not read the trail may not verify it', async () => {
    const viewer = await kernel.join(owner.tenant, 'viewer');
    await expect(callAs(viewer, audit, 'verify', {})).rejects.toMatchObject(refusal('auth.forbidden'));
  });
});
