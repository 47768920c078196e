/** Members and invitations of a tenant (TEN-8). */
import * as z from 'zod';
import { actorIdSchema } from '../contract/actor.ts';
import { endpoint } from '../contract/endpoint.ts';
import { problem, problems } from '../contract/errors.ts';
import { idSchema } from '../contract/ids.ts';
import { pageOf, pageQuery } from '../contract/page.ts';
import { roleNames } from '../contract/roles.ts';
import { membershipSchema } from '../identity/identity.contract.ts';

export const lastOwner = problem('members.last_owner', 409, 'A tenant keeps at least one owner.');
export const alreadyMember = problem('members.already_member', 409, 'This person is already a member.');
export const alreadyInvited = problem('members.already_invited', 409, 'This person is already invited.');
export const ownerOnly = problem('members.owner_only', 403, 'Only an owner may invite or remove an owner.');
export const invitationInvalid = problem(
  'members.invitation_invalid',
  404,
  'The invitation does not exist, was used, has expired, or was sent to another address.',
);

const role = z.enum(roleNames);

const memberSchema = z
  .object({
    userId: idSchema('user'),
    email: z.string(),
    name: z.string(),
    role,
    joinedAt: z.iso.datetime(),
  })
  .meta({ id: 'Member' });

const invitationSchema = z
  .object({
    id: idSchema('invitation'),
    email: z.string(),
    role,
    status: z.enum(['pending', 'accepted', 'withdrawn', 'expired']),
    invitedBy: actorIdSchema,
    expiresAt: z.iso.datetime(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Invitation' });

export type Member = z.output<typeof memberSchema>;
export type Invitation = z.output<typeof invitationSchema>;

const common = { rate: 'standard', meter: 'api_calls', capability: 'members' } as const;

export const membersContract = {
  list: endpoint({
    ...common,
    plane: 'tenant',
    method: 'GET',
    path: '/v1/members',
    summary: 'Members of the tenant, in the order they joined',
    query: pageQuery,
    output: pageOf(memberSchema),
    permission: 'members:read',
    requirements: ['TEN-8'],
  }),
  changeRole: endpoint({
    ...common,
    plane: 'tenant',
    method: 'PATCH',
    path: '/v1/members/{userId}',
    summary: 'Change a member’s role',
    params: { userId: idSchema('user') },
    body: z.object({ role }),
    output: memberSchema,
    permission: 'members:change_role',
    audit: 'member.role_changed',
    idempotency: 'optional',
    errors: [problems.notFound, lastOwner],
    requirements: ['TEN-8', 'ACC-2'],
  }),
  remove: endpoint({
    ...common,
    plane: 'tenant',
    method: 'DELETE',
    path: '/v1/members/{userId}',
    summary: 'Remove a member; only an owner removes an owner, and never the last one',
    params: { userId: idSchema('user') },
    output: z.void(),
    status: 204,
    permission: 'members:remove',
    audit: 'member.removed',
    errors: [problems.notFound, lastOwner, ownerOnly],
    requirements: ['TEN-8'],
  }),
  invite: endpoint({
    ...common,
    capability: 'invitations',
    plane: 'tenant',
    method: 'POST',
    path: '/v1/invitations',
    summary: 'Invite a person by e-mail; only an owner invites owners',
    body: z.object({ email: z.email().max(254).toLowerCase(), role }),
    output: invitationSchema,
    status: 201,
    permission: 'members:invite',
    audit: 'member.invited',
    idempotency: 'required',
    errors: [alreadyMember, alreadyInvited, ownerOnly],
    requirements: ['TEN-8', 'CAP-3', 'LIM-1'],
  }),
  invitations: endpoint({
    ...common,
    plane: 'tenant',
    method: 'GET',
    path: '/v1/invitations',
    summary: 'Invitations of the tenant, newest first',
    query: pageQuery,
    output: pageOf(invitationSchema),
    permission: 'members:read',
    requirements: ['TEN-8'],
  }),
  withdraw: endpoint({
    ...common,
    plane: 'tenant',
    method: 'DELETE',
    path: '/v1/invitations/{invitationId}',
    summary: 'Withdraw a pending invitation',
    params: { invitationId: idSchema('invitation') },
    output: z.void(),
    status: 204,
    permission: 'members:invite',
    audit: 'member.invitation_withdrawn',
    errors: [problems.notFound],
    requirements: ['TEN-8'],
  }),
  accept: endpoint({
    ...common,
    plane: 'user',
    method: 'POST',
    path: '/v1/invitations/accept',
    summary: 'Accept the invitation of a link that was mailed to the caller',
    body: z.object({ token: z.string().min(1).max(500) }),
    output: membershipSchema,
    audit: 'member.joined',
    idempotency: 'required',
    errors: [invitationInvalid, alreadyMember, problems.emailUnverified],
    requirements: ['TEN-8'],
  }),
};
