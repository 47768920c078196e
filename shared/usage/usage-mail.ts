/** The mail that tells an owner how much of a limit is used. */
import type { MeterName, UsageWindow } from '../config/plans.ts';
import type { Reached } from '../limits/usage.events.ts';
import { letter } from '../mail/letter.ts';
import { type Mail, oneLine } from '../mail/mail.ts';

const names: Readonly<Record<MeterName, string>> = {
  api_calls: 'API calls',
  exports: 'exports',
  workflow_runs: 'workflow runs',
  messages: 'messages',
};

const spans: Readonly<Record<UsageWindow, string>> = {
  hour: 'this hour',
  day: 'today',
  month: 'this month',
};

/** Subject and both bodies. */
export function usageMail(
  { meter, window, threshold, limit, used, resetsAt }: Reached,
  { tenantName, timeZone }: { tenantName: string; timeZone: string },
): Omit<Mail, 'to'> {
  const tenant = oneLine(tenantName);
  const what = `${names[meter]} ${spans[window]}`;
  const isAll = threshold === 100;
  const until = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone });
  const has = `${tenant} has used ${count.format(used)} ${what}; it may use ${count.format(limit)}.`;
  const then = `${isAll ? 'Further ones are' : 'What goes beyond them is'} refused until ${until.format(new Date(resetsAt))} (${timeZone}).`;
  const subject = `${tenant}: ${isAll ? 'all' : `${threshold} %`} of the ${what} used`;
  return letter(subject, [has, then, 'A larger plan takes effect at once.']);
}

const count = new Intl.NumberFormat('en-GB');
