/** The weekly pulse (OPS-4): the figures of the fleet, mailed to the operators once a week. */
import type { Pool } from 'pg';
import type { Log } from '../contract/context.ts';
import { sql } from '../db/sql.ts';
import { transact } from '../db/transaction.ts';
import { sendMail } from '../mail/mail.ts';
import { fleetFigures, mondayOf } from './fleet-figures.ts';
import { pulseMail } from './pulse-mail.ts';

/** On Mondays the figures are sent once the night's backups are done; a Monday that was missed is made up for. */
const sentFromHour = 6;

/**
 * Sends the pulse of the week that a moment lies in, unless it was sent or is not due. The row of the week is written
 * first and with the mail: two at once wait for each other, and a mail that could not be sent is tried again.
 * @param platformPool connects as `app_platform`
 */
export function sendDuePulse(platformPool: Pool, to: string, now: Date, log: Log): Promise<boolean> {
  const monday = mondayOf(now);
  if (now.getTime() < monday.getTime() + sentFromHour * 3_600_000) return Promise.resolve(false);
  const week = monday.toISOString().slice(0, 10);
  return transact(platformPool, { tenantId: null, userId: null, requestId: `pulse ${week}` }, async (tx) => {
    const isFirst = await tx.maybeOne(
      sql`insert into app.pulses (week) values (${week}::date) on conflict do nothing returning week`,
    );
    if (isFirst === undefined) return false;
    await sendMail({ to, ...pulseMail(await fleetFigures(tx, now, log), week) });
    return true;
  });
}
