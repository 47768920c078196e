/** The platform's staff suspend the tenant, and resume it: its members are out at once, and back at once. */
import { signIn } from '#local/sign-in.ts';
import { refused, same } from '../check.ts';
import { as, type Person } from '../people.ts';
import type { Step } from '../smoke.ts';
import type { Stack } from '../stack.ts';
import type { People } from './arrival.ts';
import type { Tenants } from './tenants.ts';

export async function suspendAndResume(
  step: Step,
  stack: Stack,
  { owner, stranger }: People,
  { ours, theirs }: Tenants,
): Promise<void> {
  const credentials = stack.platformAdmin;
  if (credentials === undefined) {
    return step.skip('a suspended tenant is refused', 'no credentials of platform staff are known');
  }
  const admin: Person = await step('the platform’s administrator signs in', async () => {
    const { accessToken } = await signIn({ ...stack, ...credentials });
    return { accessToken, account: undefined };
  });
  const { platform } = as(admin, stack);
  const tenantId = ours.id;
  await step('the administrator finds the tenant', async () => {
    const { items } = await platform.tenants({ search: ours.slug });
    same(
      items.map(({ id }) => id),
      [tenantId],
      'the tenants found',
    );
  });
  await step('the administrator is no member and sees nothing inside it', async () => {
    await refused(as(admin, stack, tenantId).members.list({}), { status: 404, code: 'resource.not_found' });
  });
  await step('a suspended tenant is refused on the next request', async () => {
    same((await platform.suspend({ tenantId, reason: 'smoke test' })).status, 'suspended', 'the status');
    const call = as(owner, stack, tenantId).tenancy.get({});
    await refused(call, { status: 403, code: 'tenant.suspended' });
  });
  await step('other tenants notice nothing', async () => {
    same((await as(stranger, stack, theirs.id).tenancy.get({})).status, 'active', 'the stranger’s tenant');
  });
  await step('a resumed tenant works again, with both in its audit trail', async () => {
    await platform.resume({ tenantId, reason: 'smoke test' });
    const { items } = await as(owner, stack, tenantId).audit.list({ targetId: tenantId, limit: 2 });
    same(
      items.map(({ action, actor, reason }) => [action, actor.plane, reason]),
      [
        ['tenant.resumed', 'platform', 'smoke test'],
        ['tenant.suspended', 'platform', 'smoke test'],
      ],
      'the last entries',
    );
  });
}
