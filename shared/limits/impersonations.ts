/**
 * Support acting for members as the gate's store knows it (IDN-11): who may, until when. What is written here counts
 * for the very next request on every instance; what cannot be written or read refuses.
 */
import { type Failure, fail, problems } from '../contract/errors.ts';
import type { ImpersonationId, UserId } from '../contract/ids.ts';
import { impersonationAttribute } from './impersonation-attributes.ts';
import { send, updateOf } from './item.ts';
import { gateKeys } from './keys.ts';

/** When something happens, and until when an answer is waited for, in epoch milliseconds. */
type Moment = { now: Date; deadlineMs: number };

/** Longer than any session lasts. */
const keptSeconds = 2 * 24 * 60 * 60;

/**
 * Lets one of the staff act until then; never longer, because nothing ever moves the end.
 * @throws Failure `dependency.unavailable` when it could not be written
 */
export async function beginImpersonation(
  staff: UserId,
  id: ImpersonationId,
  { now, deadlineMs, endsAt }: Moment & { endsAt: Date },
): Promise<void> {
  const update = updateOf(gateKeys.user(staff));
  update.set(impersonationAttribute(id), seconds(endsAt));
  update.set('ttl', seconds(now) + keptSeconds);
  await send(update, deadlineMs);
}

/**
 * Ends it for the next request, whoever ends it and whatever instance that reaches.
 * @throws Failure `dependency.unavailable` when it could not be written: it may go on
 */
export async function endImpersonation(
  staff: UserId,
  id: ImpersonationId,
  { now, deadlineMs }: Moment,
): Promise<void> {
  const update = updateOf(gateKeys.user(staff));
  update.remove(impersonationAttribute(id));
  update.set('ttl', seconds(now) + keptSeconds);
  await send(update, deadlineMs);
}

/** The failure for what was ended, has reached its end, or never was; security learns of it once an hour. */
export function impersonationEnded(subject: string, now: Date): Failure {
  return fail(problems.impersonationEnded, { securityEvent: refusedAs(subject, 'ended', now) });
}

/** The failure for a call that nobody makes for somebody else. */
export function notImpersonating(subject: string, now: Date): Failure {
  return fail(problems.notImpersonating, { securityEvent: refusedAs(subject, 'not_here', now) });
}

function refusedAs(subject: string, why: string, now: Date) {
  const occurrence = `${why} h${Math.floor(now.getTime() / 3_600_000)}`;
  return { type: 'impersonation_refused', subject, occurrence } as const;
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
