/** The mail that tells who asked for an export how it ended. */
import { settings } from '../config/environment.ts';
import { type Id, uuidOf } from '../contract/ids.ts';
import type { StepContext } from '../contract/workflow.ts';
import { sql } from '../db/sql.ts';
import { sendCounted } from '../limits/channels.ts';
import { letter } from '../mail/letter.ts';
import { type Mail, oneLine, sendMail } from '../mail/mail.ts';
import { tenantFactsIn } from '../tenancy/facts-in.ts';
import type { ExportRow } from './exports.rows.ts';

type Told = ExportRow & { email: string; tenant_name: string; time_zone: string };

/** Mails the requester once, where they are a person and a member still. */
export async function tellRequester(ctx: StepContext, exportId: Id<'export'>): Promise<void> {
  await ctx.transact(async (tx) => {
    const told = await tx.maybeOne<Told>(sql`
      select e.*, u.email, t.name as tenant_name, coalesce(s.time_zone, 'UTC') as time_zone
      from app.exports e
      join app.memberships m on m.user_id = e.requested_by and e.requested_by_type = 'person'
      join app.users u on u.id = m.user_id
      join app.tenants t on t.id = e.tenant_id and t.status = 'active'
      left join app.tenant_settings s on s.tenant_id = e.tenant_id
      where e.id = ${uuidOf(exportId)} and e.status in ('finished', 'failed') and e.notified_at is null
      for update of e`);
    if (told === undefined) return;
    const link = `${settings.mail().consoleUrl}/exports/${exportId}`;
    const to = { channel: 'email', address: told.email.toLowerCase() } as const;
    const counting = { messageId: ctx.executionId, log: ctx.log, now: () => ctx.now(), tx };
    await sendCounted(counting, await tenantFactsIn(tx), to, () =>
      sendMail({ ...finishedMail(told, link), to: told.email }),
    );
    await tx.query(sql`update app.exports set notified_at = now() where id = ${told.id}`);
  });
}

/** Subject and both bodies. */
export function finishedMail(
  told: Pick<
    Told,
    'status' | 'report' | 'format' | 'rows' | 'expires_at' | 'error' | 'tenant_name' | 'time_zone'
  >,
  link: string,
): Omit<Mail, 'to'> {
  const tenant = oneLine(told.tenant_name);
  const what = `${told.report} (${told.format.toUpperCase()})`;
  const until = new Intl.DateTimeFormat('en-GB', {
    ...{ dateStyle: 'long', timeStyle: 'short', timeZone: told.time_zone },
  });
  const isThere = told.status === 'finished';
  const subject = isThere ? `${tenant}: your export is ready` : `${tenant}: your export failed`;
  const sentences = isThere
    ? [
        `The export ${what} that you asked for is ready: ${new Intl.NumberFormat('en-GB').format(Number(told.rows))} rows.`,
        `It can be downloaded until ${until.format(told.expires_at ?? undefined)} (${told.time_zone}).`,
      ]
    : [
        `The export ${what} that you asked for could not be made (${told.error ?? 'workflow.crashed'}).`,
        'Nothing was counted for it.',
      ];
  return letter(subject, [...sentences, { label: 'Open it in the console', link }]);
}
