/** Security events as a tenant reads them. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { auditOps as ops } from '#shared/audit/audit.ops.ts';
import { audit as module } from '#shared/audit/module.ts';
import { securityEventRow } from '#shared/audit/security-events.ts';
import { type TenantId, uuidOf } from '#shared/contract/ids.ts';
import type { SecurityEvent } from '#shared/contract/security-event.ts';
import { transact } from '#shared/db/transaction.ts';
import { type Actor, callAs, type Kernel, refusal, startKernel } from '../../support/call-as.ts';

const audit = { module, ops };
let kernel: Kernel;

beforeAll(async () => {
  kernel = await startKernel();
});
afterAll(() => kernel.stop());

type Owner = Actor & { tenant: TenantId };

/** Writes an event as the chain does, in the owner's tenant. */
async function happen({ tenant, user }: Owner, event: SecurityEvent, at?: string): Promise<void> {
  const by = { tenantId: uuidOf(tenant), userId: uuidOf(user.id), requestId: 'req-1' };
  const row = securityEventRow(event, { ...by, source: { ip: '203.0.113.7', userAgent: 'test' } });
  await transact(kernel.database.pool('app_tenant'), by, (tx) => tx.query(row));
  if (at === undefined) return;
  await kernel.database.admin.query(
    'update app.security_events set occurred_at = $1 where tenant_id = $2 and subject = $3',
    [at, uuidOf(tenant), event.subject],
  );
}

describe('security events', () => {
  test('[AUD-3] they say what happened to what, by whom, from where and in which request', async () => {
    const owner = await kernel.found();
    await happen(owner, { type: 'permission_denied', subject: 'members:remove', detail: { role: 'viewer' } });
    expect(await callAs(owner, audit, 'securityEvents', {})).toMatchObject({
      items: [
        {
          ...{ type: 'permission_denied', subject: 'members:remove', userId: owner.user.id },
          detail: { role: 'viewer' },
          context: { ip: '203.0.113.7', userAgent: 'test', requestId: 'req-1' },
        },
      ],
      nextCursor: null,
    });
  });

  test('[AUD-3] they are filtered by type, subject, person and time', async () => {
    const owner = await kernel.found();
    const ada = await kernel.join(owner.tenant, 'admin');
    await happen(owner, { type: 'login_failed', subject: 'a' }, '2026-11-01T00:00:00Z');
    await happen(ada, { type: 'login_failed', subject: 'b' }, '2026-11-02T00:00:00Z');
    await happen(owner, { type: 'limit_exceeded', subject: 'c' }, '2026-11-03T00:00:00Z');
    const subjects = async (filter: Parameters<typeof callAs<typeof module.contract, 'securityEvents'>>[3]) =>
      (await callAs(owner, audit, 'securityEvents', filter)).items.map(({ subject }) => subject);
    expect(await subjects({})).toEqual(['c', 'b', 'a']);
    expect(await subjects({ type: 'login_failed' })).toEqual(['b', 'a']);
    expect(await subjects({ subject: 'c' })).toEqual(['c']);
    expect(await subjects({ userId: ada.user.id })).toEqual(['b']);
    expect(await subjects({ from: '2026-11-02T00:00:00Z' })).toEqual(['c', 'b']);
    expect(await subjects({ to: '2026-11-02T00:00:00Z' })).toEqual(['a']);
    const unheardOf = callAs(owner, audit, 'securityEvents', { type: 'unheard_of' as 'login' });
    await expect(unheardOf).rejects.toMatchObject(refusal('request.invalid'));
  });

  test('[API-1] pages neither repeat nor skip events of the same microsecond', async () => {
    const owner = await kernel.found();
    for (const subject of ['a', 'b', 'c', 'd', 'e']) {
      await happen(owner, { type: 'login_failed', subject }, '2026-11-20T10:00:00.123456Z');
    }
    const first = await callAs(owner, audit, 'securityEvents', { limit: 3 });
    const cursor = first.nextCursor ?? '';
    const rest = await callAs(owner, audit, 'securityEvents', { limit: 3, cursor });
    const seen = [...first.items, ...rest.items].map(({ subject }) => subject);
    expect(seen.sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(rest.nextCursor).toBeNull();
  });

  test('[TEN-5] another tenant’s and the platform’s own are invisible, whatever is asked', async () => {
    const [mine, other] = [await kernel.found(), await kernel.found()];
    await happen(other, { type: 'login_failed', subject: 'theirs' });
    await kernel.database.admin.query(
      `insert into app.security_events (id, type, subject, request_id)
       values (gen_random_uuid(), 'login_failed', 'of the platform', 'req-1')`,
    );
    for (const filter of [{}, { subject: 'theirs' }, { userId: other.user.id }]) {
      expect(await callAs(mine, audit, 'securityEvents', filter)).toEqual({ items: [], nextCursor: null });
    }
  });

  test.each(['operator', 'viewer'] as const)('[ACC-4] %s may not read them', async (role) => {
    const { tenant } = await kernel.found();
    const call = callAs(await kernel.join(tenant, role), audit, 'securityEvents', {});
    await expect(call).rejects.toMatchObject(refusal('auth.forbidden'));
  });
});
