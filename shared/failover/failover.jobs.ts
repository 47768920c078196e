/** Work that a failover leaves for later. */
import type { Workers } from '../contract/module.ts';
import { sql } from '../db/sql.ts';
import { sendMail } from '../mail/mail.ts';
import type { failoverJobs } from './failover.events.ts';
import { failoverMail } from './failover-mail.ts';

type OwnerRow = { email: string; tenantName: string; timeZone: string };

export const failoverWorkers: Workers<typeof failoverJobs> = {
  tellOwners: async (ctx, told) => {
    const owners = await ctx.tx.query<OwnerRow>(sql`
      select u.email, t.name as "tenantName", coalesce(s.time_zone, 'UTC') as "timeZone"
      from app.tenants t
      join app.memberships m on m.tenant_id = t.id and m.role = 'owner'
      join app.users u on u.id = m.user_id
      left join app.tenant_settings s on s.tenant_id = t.id
      where t.status = 'active'
      order by u.id`);
    // Not counted against what a tenant may send: it did not ask for this, and everybody is told at once.
    for (const { email, ...tenant } of owners) {
      await sendMail({ ...failoverMail({ ...told, ...tenant }), to: email });
    }
  },
};
