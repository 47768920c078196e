/** Work that the restore module does later. */
import { uuidOf } from '../contract/ids.ts';
import type { Workers } from '../contract/module.ts';
import { sql } from '../db/sql.ts';
import { sendCounted } from '../limits/channels.ts';
import { sendMail } from '../mail/mail.ts';
import { tenantFactsIn } from '../tenancy/facts-in.ts';
import type { restoreJobs } from './restore.events.ts';
import { restoreMail, type RestoreTold } from './restore-mail.ts';

type OwnerRow = RestoreTold & { email: string };

export const restoreWorkers: Workers<typeof restoreJobs> = {
  tellOwners: async (ctx, { restoreId }) => {
    const owners = await ctx.tx.query<OwnerRow>(sql`
      select u.email, t.name as tenant_name, r.status, r.reason, r.error,
        (r.archive -> 'header' ->> 'snapshotAt')::timestamptz as snapshot_at,
        coalesce(s.time_zone, 'UTC') as time_zone
      from app.restores r
      join app.tenants t on t.id = r.tenant_id and t.status = 'active'
      join app.memberships m on m.tenant_id = r.tenant_id and m.role = 'owner'
      join app.users u on u.id = m.user_id
      left join app.tenant_settings s on s.tenant_id = r.tenant_id
      where r.id = ${uuidOf(restoreId)} and r.status in ('applied', 'failed')
      order by u.id`);
    if (owners.length === 0) return;
    const facts = await tenantFactsIn(ctx.tx);
    for (const { email, ...told } of owners) {
      const mail = restoreMail(told);
      const to = { channel: 'email', address: email.toLowerCase() } as const;
      await sendCounted(ctx, facts, to, () => sendMail({ ...mail, to: email }));
    }
  },
};
