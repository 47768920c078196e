/** Security events as the platform's staff read them. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type TenantId, uuidOf } from '#shared/contract/ids.ts';
import { investigationOps as ops } from '#shared/investigation/investigation.ops.ts';
import { investigation as module } from '#shared/investigation/module.ts';
import { type Actor, callAs, type Kernel, refusal, someone, startKernel } from '../../support/call-as.ts';

const investigation = { module, ops };
const admin: Actor = { user: someone('Admin'), platformRoles: ['platform-admin'] };
const support: Actor = { user: someone('Support'), platformRoles: ['platform-support'] };
let kernel: Kernel;

beforeAll(async () => {
  kernel = await startKernel('app_platform');
});
afterAll(() => kernel.stop());

async function happen(subject: string, tenant?: TenantId): Promise<void> {
  await kernel.database.admin.query(
    `insert into app.security_events (id, tenant_id, type, subject, ip, user_agent, request_id)
     values ($1, $2, 'cross_tenant_attempt', $3, '203.0.113.7', 'test', 'req-1')`,
    [randomUUID(), tenant === undefined ? null : uuidOf(tenant), subject],
  );
}

describe('security events of all', () => {
  test('[TEN-11] the staff see those of every tenant and of none, and whose they are', async () => {
    const { tenant } = await kernel.found();
    await happen('of a tenant', tenant);
    await happen('of nobody');
    const { items } = await callAs(admin, investigation, 'securityEvents', { limit: 2 });
    expect(items.map(({ subject, tenantId }) => [subject, tenantId])).toEqual([
      ['of nobody', null],
      ['of a tenant', tenant],
    ]);
  });

  test('[AUD-3] where a tenant’s people sat is not shown; of what is the platform’s own it is', async () => {
    const { tenant } = await kernel.found();
    const subject = randomUUID();
    await happen(subject, tenant);
    await happen(subject);
    const { items } = await callAs(admin, investigation, 'securityEvents', { subject });
    expect(items.map(({ context }) => context)).toEqual([
      { ip: '203.0.113.7', userAgent: 'test', requestId: 'req-1' },
      { ip: null, userAgent: null, requestId: 'req-1' },
    ]);
  });

  test('[AUD-3] one tenant’s are found by its id', async () => {
    const [mine, other] = [await kernel.found(), await kernel.found()];
    await happen('mine', mine.tenant);
    await happen('other', other.tenant);
    const found = await callAs(admin, investigation, 'securityEvents', { tenantId: mine.tenant });
    expect(found.items.map(({ subject }) => subject)).toEqual(['mine']);
  });

  test('[ACC-1] support does not see them, nor does an owner of a tenant', async () => {
    for (const actor of [support, await kernel.found()]) {
      const call = callAs(actor, investigation, 'securityEvents', {});
      await expect(call).rejects.toMatchObject(refusal('auth.forbidden'));
    }
  });
});
