/** Both people found a tenant; creating one is safe to repeat and never takes another's name. */
import { randomBytes } from 'node:crypto';
import { newId } from '#shared/contract/ids.ts';
import type { Tenant } from '#shared/tenancy/tenancy.contract.ts';
import { refused, same } from '../check.ts';
import { as } from '../people.ts';
import type { Step } from '../smoke.ts';
import type { Stack } from '../stack.ts';
import type { People } from './arrival.ts';

/** The tenant of the story, and the stranger's. */
export type Tenants = { ours: Tenant; theirs: Tenant };

export async function foundTenants(step: Step, stack: Stack, { owner, stranger }: People): Promise<Tenants> {
  const key = { idempotencyKey: crypto.randomUUID() };
  const wanted = describe(stack, 'Smoke Test Ltd');
  const tenancy = as(owner, stack).tenancy;
  const { apiKey, ...ours } = await step('the person creates a tenant', async () => {
    const created = await tenancy.create(wanted, key);
    same([created.slug, created.status, created.region], [wanted.slug, 'active', stack.region], 'the tenant');
    return created;
  });
  await step('creating it again with the same key gives the same answer', async () => {
    // But for the API key, which is shown once.
    same(await tenancy.create(wanted, key), { ...ours, apiKey: null }, 'the repeated answer');
  });
  await step('the tenant’s first API key opens it and no other, until it is revoked', async () => {
    const program = { accessToken: apiKey ?? '', account: undefined };
    same((await as(program, stack).tenancy.get({})).id, ours.id, 'the tenant of the key');
    const elsewhere = as(program, stack, newId('tenant')).tenancy.get({});
    await refused(elsewhere, { status: 404, code: 'resource.not_found' });
    const { keys } = as(program, stack);
    const [own] = (await keys.list({})).items;
    await keys.revoke({ keyId: own?.id ?? '' });
    await refused(keys.list({}), { status: 401, code: 'auth.key_refused' });
  });
  await step('the same key with another request is refused', async () => {
    const other = { ...wanted, name: 'Another Ltd' };
    await refused(tenancy.create(other, key), { status: 422, code: 'idempotency.mismatch' });
  });
  await step('a slug that is taken is refused', async () => {
    const call = as(stranger, stack).tenancy.create(wanted);
    await refused(call, { status: 409, code: 'tenancy.slug_taken' });
  });
  await step('the person is the tenant’s owner', async () => {
    const { items } = await as(owner, stack).identity.memberships({});
    same(items.find(({ tenantId }) => tenantId === ours.id)?.role, 'owner', 'the role');
    same((await as(owner, stack, ours.id).tenancy.get({})).slug, ours.slug, 'the tenant of the call');
  });
  const theirs = await step('the stranger creates a tenant of their own', () =>
    as(stranger, stack).tenancy.create(describe(stack, 'Strangers Ltd')),
  );
  return { ours, theirs };
}

function describe({ region }: Stack, name: string) {
  return { slug: `smoke-${randomBytes(6).toString('hex')}`, name, region, plan: 'basic' as const };
}
