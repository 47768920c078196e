/** Rows of memberships and invitations as Postgres returns them. `exact_at` is the sort key of a list. */
import { type ActorType, actorIdOf } from '../contract/actor.ts';
import { formatId } from '../contract/ids.ts';
import type { TenantRole } from '../contract/roles.ts';
import type { Invitation, Member } from './members.contract.ts';

/** A membership with the person it belongs to. */
export type MemberRow = {
  user_id: string;
  email: string;
  name: string;
  role: TenantRole;
  created_at: Date;
};

/** An invitation; `status` says expired from the moment it is. */
export type InvitationRow = {
  id: string;
  email: string;
  role: TenantRole;
  status: Invitation['status'];
  invited_by_type: ActorType;
  invited_by: string;
  expires_at: Date;
  created_at: Date;
};

/** A row of a list with the exact time that it is sorted by. */
export type Listed<Row> = Row & { exact_at: string };

/** A member as the contract shows it. */
export function toMember(row: MemberRow): Member {
  const { email, name, role } = row;
  return { userId: formatId('user', row.user_id), email, name, role, joinedAt: row.created_at.toISOString() };
}

/** An invitation as the contract shows it. */
export function toInvitation(row: InvitationRow): Invitation {
  const { email, role, status } = row;
  return {
    ...{ id: formatId('invitation', row.id), email, role, status },
    invitedBy: actorIdOf(row.invited_by_type, row.invited_by),
    expiresAt: row.expires_at.toISOString(),
    createdAt: row.created_at.toISOString(),
  };
}
