/** Work that the members module does later. */
import { settings } from '../config/environment.ts';
import { uuidOf } from '../contract/ids.ts';
import type { Workers } from '../contract/module.ts';
import type { TenantRole } from '../contract/roles.ts';
import { sql } from '../db/sql.ts';
import { sendMail } from '../mail/mail.ts';
import { linkSecret } from '../tenancy/link-secret.ts';
import { invitationMail } from './invitation-mail.ts';
import { invitationToken } from './invitation-token.ts';
import type { membersJobs } from './members.events.ts';

type PendingRow = {
  tenant_id: string;
  id: string;
  email: string;
  role: TenantRole;
  expires_at: Date;
  tenant_name: string;
  inviter_name: string | null;
};

export const membersWorkers: Workers<typeof membersJobs> = {
  sendInvitation: async (ctx, { invitationId }) => {
    // The lock makes a withdrawal wait: what is withdrawn is never mailed afterwards.
    const pending = await ctx.tx.maybeOne<PendingRow>(sql`
      select i.tenant_id, i.id, i.email, i.role, i.expires_at, t.name as tenant_name, u.name as inviter_name
      from app.invitations i
      join app.tenants t on t.id = i.tenant_id and t.status = 'active'
      left join app.users u on u.id = i.invited_by
      where i.id = ${uuidOf(invitationId)} and i.status = 'pending' and i.expires_at > now()
      for share of i`);
    if (pending === undefined) {
      ctx.log.info('invitation not mailed: it is no longer pending', { invitationId });
      return;
    }
    const token = invitationToken({ tenant: pending.tenant_id, invitation: pending.id }, await linkSecret());
    const mail = invitationMail({
      tenantName: pending.tenant_name,
      inviterName: pending.inviter_name ?? undefined,
      role: pending.role,
      link: invitationLink(token),
      expiresAt: pending.expires_at,
    });
    await sendMail({ ...mail, to: pending.email });
  },
};

/** In the fragment, which browsers keep to themselves: the token stands in no server's log. */
function invitationLink(token: string): string {
  return `${settings.mail().consoleUrl}/invitations/accept#token=${token}`;
}
