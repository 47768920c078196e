/** A request by its id, in the tenant. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { auditOps as ops } from '#shared/audit/audit.ops.ts';
import { audit as module } from '#shared/audit/module.ts';
import type { TenantId } from '#shared/contract/ids.ts';
import { type Actor, callAs, type Kernel, refusal, startKernel } from '../../support/call-as.ts';
import { kinds, leave } from '../investigation/leaving.ts';

const audit = { module, ops };
let kernel: Kernel;
let owner: Actor & { tenant: TenantId };

beforeAll(async () => {
  kernel = await startKernel();
});
beforeEach(async () => {
  owner = await kernel.found();
});
afterAll(() => kernel.stop());

describe('a request', () => {
  test('[AUD-3] is found by the tenant’s administrators, with what was kept of it there', async () => {
    const requestId = randomUUID();
    await leave(kernel, owner, requestId);
    const { items } = await callAs(owner, audit, 'request', { requestId });
    expect(kinds(items)).toEqual(['audit', 'dead_letter', 'security_event', 'work']);
  });

  test('[TEN-5] shows nothing of another tenant’s, though it is the same request', async () => {
    const requestId = randomUUID();
    await leave(kernel, await kernel.found(), requestId);
    expect(await callAs(owner, audit, 'request', { requestId })).toEqual({ items: [] });
  });

  test.each(['operator', 'viewer'] as const)('[ACC-4] %s may not ask', async (role) => {
    const asking = callAs(await kernel.join(owner.tenant, role), audit, 'request', { requestId: 'x' });
    await expect(asking).rejects.toMatchObject(refusal('auth.forbidden'));
  });
});
