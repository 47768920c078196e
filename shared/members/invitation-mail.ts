/** The mail that carries an invitation's link. */
import type { TenantRole } from '../contract/roles.ts';
import { letter } from '../mail/letter.ts';
import { type Mail, oneLine } from '../mail/mail.ts';

/** What the mail tells. */
export type InvitationMail = {
  tenantName: string;
  /** Undefined when the inviter no longer belongs to the tenant, or has no name. */
  inviterName: string | undefined;
  role: TenantRole;
  link: string;
  expiresAt: Date;
};

/** Subject and both bodies. */
export function invitationMail(told: InvitationMail): Omit<Mail, 'to'> {
  const tenant = oneLine(told.tenantName);
  const inviter = oneLine(told.inviterName ?? '') || 'A member';
  const until = `${expiry.format(told.expiresAt)} UTC`;
  const invites = `${inviter} invites you to join ${tenant} with the role ${told.role}.`;
  const ends = `The invitation can be accepted until ${until}, by the person with this e-mail address only.`;
  const ignore = 'If you did not expect it, ignore this message: nothing happens until you accept.';
  const accept = { label: 'Accept the invitation', link: told.link };
  return letter(`Invitation to join ${tenant}`, [invites, accept, ends, ignore]);
}

const expiry = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
