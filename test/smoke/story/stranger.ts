/**
 * What a stranger gets of somebody else's tenant: nothing, and never a hint that it exists. Everything real
 * answers exactly like something made up.
 */
import { type AuditEventId, formatId, newId, type TenantId } from '#shared/contract/ids.ts';
import { endpointsOf } from '#shared/contract/module.ts';
import { registry } from '#shared/registry.ts';
import { holds, same } from '../check.ts';
import { as } from '../people.ts';
import { hidden, probe, type Probe } from '../probe.ts';
import type { Step } from '../smoke.ts';
import type { Stack } from '../stack.ts';
import type { People } from './arrival.ts';
import type { Shared } from './colleague.ts';
import { passersBy } from './passers-by.ts';
import type { Tenants } from './tenants.ts';

const endpoints = endpointsOf(Object.values(registry)).map(({ endpoint }) => endpoint);

export async function refuseStranger(
  step: Step,
  stack: Stack,
  people: People,
  { ours, theirs }: Tenants,
  shared: Shared,
): Promise<void> {
  const token = people.stranger.accessToken;
  const asStranger = as(people.stranger, stack, theirs.id);
  const inside = { token, tenantId: theirs.id };
  const { changeRole, remove, withdraw, accept } = registry.members.contract;
  const member = { ids: { userId: shared.ownerId } };
  const nobody = { ids: { userId: formatId('user', crypto.randomUUID()) } };
  const invitation = { ids: { invitationId: shared.pending } };
  const noInvitation = { ids: { invitationId: newId('invitation') } };
  const somebody = passersBy(stack, people.stranger);
  /** The same call with something real and with something made up. */
  const hides = (call: Probe, real: Partial<Probe>, madeUp: Partial<Probe>) =>
    hidden(stack, 404, { ...call, ...real }, { ...call, ...madeUp });

  const inTenant = endpoints.filter(({ plane }) => plane === 'tenant');
  await step(`naming the tenant opens none of its ${inTenant.length} endpoints to a stranger`, async () => {
    for (const endpoint of inTenant) {
      const ids = { ...member.ids, ...invitation.ids };
      const { accessToken: token } = await somebody(2);
      await hides({ endpoint, ids, token }, { tenantId: ours.id }, { tenantId: newId('tenant') });
    }
  });
  await step('a stranger cannot make it their default tenant', () =>
    hides(
      { endpoint: registry.identity.contract.switchTenant, token },
      { body: { tenantId: ours.id } },
      { body: { tenantId: newId('tenant') } },
    ),
  );
  await step('a stranger cannot change a foreign member’s role', () =>
    hides({ ...inside, endpoint: changeRole, body: { role: 'viewer' } }, member, nobody),
  );
  await step('a stranger cannot remove a foreign member', () =>
    hides({ ...inside, endpoint: remove }, member, nobody),
  );
  await step('a stranger cannot withdraw a foreign invitation', () =>
    hides({ ...inside, endpoint: withdraw }, invitation, noInvitation),
  );
  await step('a stranger cannot accept a foreign invitation, nor guess one', () =>
    hides(
      { endpoint: accept, token },
      { body: { token: shared.token ?? shared.pending } },
      { body: { token: 'made-up' } },
    ),
  );
  await step('a stranger’s lists show nothing of it', async () => {
    const { items: memberships } = await as(people.stranger, stack).identity.memberships({});
    const tenants = memberships.map(({ tenantId }) => tenantId);
    same([tenants.includes(theirs.id), tenants.includes(ours.id)], [true, false], 'theirs and ours');
    same((await asStranger.members.list({})).items.length, 1, 'members of the stranger’s tenant');
    same((await asStranger.members.invitations({})).items, [], 'invitations of the stranger’s tenant');
    const { items: trail } = await asStranger.audit.list({ targetId: ours.id });
    same(trail, [], 'audit events about the tenant');
  });
  await step('a stranger’s cursor cannot leave their own tenant', () =>
    cursorStaysInside(stack, people, { ours, theirs }),
  );
  await step('the platform plane is closed to members of tenants', async () => {
    const ids = { tenantId: ours.id };
    const none = { tenantId: newId('tenant') };
    for (const endpoint of endpoints.filter(({ plane }) => plane === 'platform')) {
      const body = { reason: 'curiosity' };
      const { accessToken: token } = await somebody(2);
      await hidden(stack, 403, { endpoint, token, body, ids }, { endpoint, token, body, ids: none });
    }
  });
  await step('after all of that the tenant is untouched', async () => {
    const { tenancy, members } = as(people.owner, stack, ours.id);
    same(await tenancy.get({}), ours, 'the tenant');
    const [pending] = (await members.invitations({})).items;
    same([pending?.id, pending?.status], [shared.pending, 'pending'], 'the open invitation');
  });
}

/** A cursor is only a place in a list: taken to another tenant it shows that tenant's rows and no others. */
async function cursorStaysInside(
  stack: Stack,
  { owner, stranger }: People,
  { ours, theirs }: Tenants,
): Promise<void> {
  const { nextCursor } = await as(owner, stack, ours.id).audit.list({ limit: 1 });
  holds(nextCursor !== null, 'the owner’s trail has no second page');
  const auditOf = async (tenant: TenantId, cursor: string | null): Promise<AuditEventId[]> => {
    const person = tenant === ours.id ? owner : stranger;
    const query = cursor === null ? {} : { cursor };
    return (await as(person, stack, tenant).audit.list(query)).items.map(({ id }) => id);
  };
  const own = await auditOf(theirs.id, null);
  const carried = await auditOf(theirs.id, nextCursor);
  holds(
    carried.every((id) => own.includes(id)),
    'a foreign cursor showed foreign rows',
  );
  const foreign = registry.audit.contract.list;
  const answer = await probe(stack, { endpoint: foreign, token: stranger.accessToken, tenantId: ours.id });
  same(answer.status, 404, 'the foreign trail');
}
