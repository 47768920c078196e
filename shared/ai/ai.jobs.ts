/** Work that the AI module does later. */
import { uuidOf } from '../contract/ids.ts';
import type { Workers } from '../contract/module.ts';
import { sql } from '../db/sql.ts';
import { sendCounted } from '../limits/channels.ts';
import { sendMail } from '../mail/mail.ts';
import { tenantFactsIn } from '../tenancy/facts-in.ts';
import type { aiJobs } from './ai.events.ts';
import { costMail } from './cost-mail.ts';

type OwnerRow = { email: string; tenant_name: string };

export const aiWorkers: Workers<typeof aiJobs> = {
  mailOwner: async (ctx, { userId, ...told }) => {
    const owner = await ctx.tx.maybeOne<OwnerRow>(sql`
      select u.email, t.name as tenant_name
      from app.memberships m
      join app.users u on u.id = m.user_id
      join app.tenants t on t.id = m.tenant_id and t.status = 'active'
      where m.user_id = ${uuidOf(userId)} and m.role = 'owner'`);
    if (owner === undefined) {
      ctx.log.info('the cost of AI not mailed: they are no owner any more', { userId });
      return;
    }
    const mail = costMail(told, owner.tenant_name);
    const to = { channel: 'email', address: owner.email.toLowerCase() } as const;
    await sendCounted(ctx, await tenantFactsIn(ctx.tx), to, () => sendMail({ ...mail, to: owner.email }));
  },
};
