/** Work that the usage module does later. */
import { uuidOf } from '../contract/ids.ts';
import type { Workers } from '../contract/module.ts';
import { sql } from '../db/sql.ts';
import { sendCounted } from '../limits/channels.ts';
import type { usageJobs } from '../limits/usage.events.ts';
import { sendMail } from '../mail/mail.ts';
import { tenantFactsIn } from '../tenancy/facts-in.ts';
import { usageMail } from './usage-mail.ts';

type OwnerRow = { email: string; tenant_name: string; time_zone: string };

export const usageWorkers: Workers<typeof usageJobs> = {
  mailOwner: async (ctx, { userId, ...reached }) => {
    const owner = await ctx.tx.maybeOne<OwnerRow>(sql`
      select u.email, t.name as tenant_name, coalesce(s.time_zone, 'UTC') as time_zone
      from app.memberships m
      join app.users u on u.id = m.user_id
      join app.tenants t on t.id = m.tenant_id and t.status = 'active'
      left join app.tenant_settings s on s.tenant_id = m.tenant_id
      where m.user_id = ${uuidOf(userId)} and m.role = 'owner'`);
    if (owner === undefined) {
      ctx.log.info('usage not mailed: they are no owner any more', { userId });
      return;
    }
    const { email, tenant_name: tenantName, time_zone: timeZone } = owner;
    const mail = usageMail(reached, { tenantName, timeZone });
    const to = { channel: 'email', address: email.toLowerCase() } as const;
    await sendCounted(ctx, await tenantFactsIn(ctx.tx), to, () => sendMail({ ...mail, to: email }));
  },
};
