/** The mail that tells owners what became of a restore. */
import { letter } from '../mail/letter.ts';
import { type Mail, oneLine } from '../mail/mail.ts';

/** What is told. */
export type RestoreTold = {
  tenant_name: string;
  status: 'applied' | 'failed';
  reason: string;
  error: string | null;
  snapshot_at: Date | null;
  time_zone: string;
};

/** Subject and both bodies. */
export function restoreMail(told: RestoreTold): Omit<Mail, 'to'> {
  const tenant = oneLine(told.tenant_name);
  const reason = oneLine(told.reason);
  const { subject, sentences } =
    told.status === 'applied' ? applied(told, tenant, reason) : failed(told, tenant, reason);
  return letter(subject, sentences);
}

type Words = { subject: string; sentences: [string, string] };

function applied({ snapshot_at, time_zone }: RestoreTold, tenant: string, reason: string): Words {
  const when = new Intl.DateTimeFormat('en-GB', {
    ...{ dateStyle: 'long', timeStyle: 'short', timeZone: time_zone },
  });
  const moment = snapshot_at === null ? 'an earlier time' : `${when.format(snapshot_at)} (${time_zone})`;
  return {
    subject: `${tenant} was restored`,
    sentences: [
      `${tenant} is again as it was on ${moment}. The reason that was given: ${reason}`,
      'What happened since stays in the audit trail. A backup from just before is kept for a month: the restore can be undone.',
    ],
  };
}

function failed({ error }: RestoreTold, tenant: string, reason: string): Words {
  return {
    subject: `${tenant} could not be restored`,
    sentences: [
      `A restore of ${tenant} came to nothing (${error ?? 'workflow.crashed'}). The reason that was given: ${reason}`,
      'Nothing was changed. What was found wrong with the backup stands with the restore.',
    ],
  };
}
