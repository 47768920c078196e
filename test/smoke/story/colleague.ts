/** The owner shares the tenant: invitation by mail, acceptance, another role, and a trail of all of it. */
import type { InvitationId, UserId } from '#shared/contract/ids.ts';
import { holds, refused, same } from '../check.ts';
import { readMail } from '../mailbox.ts';
import { as, newPerson, type Person, type StackWithMail } from '../people.ts';
import type { Step } from '../smoke.ts';
import type { Stack } from '../stack.ts';
import { hasMail, type People } from './arrival.ts';
import type { Tenants } from './tenants.ts';

/** What the tenant holds now that a stranger must not reach; `token` opens the pending invitation. */
export type Shared = { ownerId: UserId; pending: InvitationId; token: string | undefined };

export async function inviteColleague(
  step: Step,
  stack: Stack,
  people: People,
  { ours }: Tenants,
): Promise<Shared> {
  const { members } = as(people.owner, stack, ours.id);
  if (hasMail(stack)) await welcome(step, stack, people, { ours });
  else step.skip('a colleague is invited and joins', 'this deployment’s mail cannot be read');
  const left = await step('another invitation is left open', async () => {
    const email = addressFor(stack, `pending-${crypto.randomUUID()}`);
    const { id } = await members.invite({ email, role: 'viewer' });
    const { items } = await members.list({});
    const owner = items.find(({ role }) => role === 'owner');
    holds(owner !== undefined, 'the tenant has no owner');
    const token = hasMail(stack) ? await readInvitation(stack, email) : undefined;
    return { ownerId: owner?.userId as UserId, pending: id, token };
  });
  await step(
    'the tenant reads its usage: calls of this hour, and a seat for each member and open invitation',
    async () => {
      const { meters, seats } = await as(people.owner, stack, ours.id).usage.get({});
      const open = (await members.invitations({})).items.filter(({ status }) => status === 'pending');
      same(seats.usage, (await members.list({})).items.length + open.length, 'the seats');
      const calls = meters.find(({ meter, window }) => meter === 'api_calls' && window === 'hour');
      holds((calls?.usage ?? 0) > 0 && calls?.hasAccess === true, 'no calls were counted');
    },
  );
  return left;
}

async function welcome(
  step: Step,
  stack: StackWithMail,
  { owner, stranger }: People,
  { ours }: Pick<Tenants, 'ours'>,
): Promise<void> {
  const { members, audit } = as(owner, stack, ours.id);
  const colleague = await step('a colleague signs up', () => newPerson(stack, 'Colleague'));
  const { email } = colleague.account;
  await step('the owner invites the colleague', async () => {
    const invitation = await members.invite({ email, role: 'operator' });
    same([invitation.email, invitation.status], [email, 'pending'], 'the invitation');
  });
  const token = await step('the invitation arrives by mail', () => readInvitation(stack, email));
  await step('nobody else can accept it', async () => {
    const call = as(stranger, stack).members.accept({ token });
    await refused(call, { status: 404, code: 'members.invitation_invalid' });
  });
  await step('the colleague accepts and is a member', async () => {
    const membership = await as(colleague, stack).members.accept({ token });
    same([membership.tenantId, membership.role], [ours.id, 'operator'], 'the membership');
    const { items } = await members.list({});
    holds(
      items.some((member) => member.email === email),
      'the colleague is not in the list of members',
    );
  });
  await step('an operator may not change roles', () => overreach(stack, colleague, ours.id));
  await step('the owner changes the colleague’s role', async () => {
    const { id: userId } = await as(colleague, stack).identity.profile({});
    const changed = await members.changeRole({ userId, role: 'admin' });
    same(changed.role, 'admin', 'the new role');
  });
  await step('the audit trail tells all of it', async () => {
    const { items: all } = await audit.list({});
    // The kernel acts by itself at any time: a backup may have been taken meanwhile.
    const items = all.filter(({ actor }) => actor.type !== 'system');
    const actions = items.map(({ action }) => action);
    const ofPeople = ['member.role_changed', 'member.joined', 'member.invited'];
    same(actions, [...ofPeople, 'api_key.revoked', 'tenant.created'], 'the actions, newest first');
    same(items[3]?.actor.type, 'api_key', 'who revoked the key: itself');
    same(items[0]?.after, { role: 'admin' }, 'what the role change made');
  });
}

/** Where real mail is sent it goes to SES's simulator: mail to nobody would count against the sender. */
function addressFor(stack: Stack, name: string): string {
  return hasMail(stack) ? `${name}@smoke.example` : `success+${name}@simulator.amazonses.com`;
}

async function overreach(stack: Stack, colleague: Person, tenantId: Tenants['ours']['id']): Promise<void> {
  const { id: userId } = await as(colleague, stack).identity.profile({});
  const call = as(colleague, stack, tenantId).members.changeRole({ userId, role: 'owner' });
  await refused(call, { status: 403, code: 'auth.forbidden' });
}

function readInvitation(stack: StackWithMail, email: string): Promise<string> {
  return readMail(stack.mailboxUrl, email, /\/invitations\/accept#token=([^\s"'<>]+)/).then(
    decodeURIComponent,
  );
}
