/** The mail that tells owners that another region goes on. */
import { letter } from '../mail/letter.ts';
import { type Mail, oneLine } from '../mail/mail.ts';

/** What is told. */
export type FailoverTold = {
  tenantName: string;
  timeZone: string;
  fromRegion: string;
  toRegion: string;
  /** Since when the region was gone, ISO 8601. */
  lostSince: string;
  /** How much may be missing; null where nobody knows. */
  rpoMs: number | null;
};

/** Subject and both bodies. */
export function failoverMail(told: FailoverTold): Omit<Mail, 'to'> {
  const { fromRegion, toRegion, timeZone } = told;
  const tenant = oneLine(told.tenantName);
  const when = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone });
  const since = `${when.format(new Date(told.lostSince))} (${timeZone})`;
  const sentences = [
    `${fromRegion}, the region that served ${tenant}, was not available from ${since} on. ${toRegion} goes on in its place, in the same residency.`,
    `${missing(told.rpoMs)} What was under way then, such as exports and backups, is to be started again, and everybody signs in anew.`,
  ];
  return letter(`${tenant}: another region goes on`, sentences);
}

/** In whole seconds, and never less than it was. */
function missing(rpoMs: number | null): string {
  if (rpoMs === null) return 'How much of what was changed just before is missing is not known.';
  const seconds = Math.ceil(rpoMs / 1000);
  if (seconds === 0) return 'Nothing that was changed before is missing.';
  return `What was changed in the last ${seconds === 1 ? 'second' : `${seconds} seconds`} before that may be missing.`;
}
