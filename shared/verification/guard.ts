/**
 * Guards signing in, from inside the user pool's triggers (IDN-6, LIM-1). A trigger that throws refuses what is being
 * done, and its message reaches the person. There is no database here: what security must know goes to a worker.
 */
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { z } from 'zod';
import { awsClientOptions } from '../config/aws-client.ts';
import { settings } from '../config/environment.ts';
import { signInLimits } from '../config/verification.ts';
import type { Log } from '../contract/context.ts';
import { formatId, newId } from '../contract/ids.ts';
import { decideOn, type Decision } from '../limits/document.ts';
import { gateKeys } from '../limits/keys.ts';
import {
  type Attempt,
  attemptSignIn,
  forgetFailures,
  type Reset,
  type SignInState,
  takeReset,
} from './lockout.ts';
import { verificationJobs } from './verification.events.ts';

/** Whom it is about: the user pool's name for them, and their id where there is such a person. */
export type Subject = { userName: string; sub: string | undefined };

/** Before a password is looked at. Rejects while the name is locked, and when that cannot be known. */
export async function beforePassword(subject: Subject, now: Date, log: Log): Promise<void> {
  const attempt = await decide<Attempt>(subject, now, (state) => attemptSignIn(state, now.getTime()));
  if (!attempt.allowed) throw new Refusal(tooMany('failed sign-ins', attempt.untilMs, now));
  if (attempt.locking === undefined) return;
  await tell(
    {
      ...{ type: 'lockout', subject: 'sign_in', occurrence: occurrenceOf(subject, now) },
      detail: { failures: attempt.failures, minutes: attempt.locking.minutes },
    },
    subject,
    log,
  );
}

/** After somebody signed in, or set a new password with the code from their mailbox. */
export async function afterProof(subject: Subject, now: Date, log: Log, own: 0 | 1): Promise<void> {
  const { failures } = await decide(subject, now, forgetFailures);
  // The attempt that succeeded was counted with the failures.
  const others = failures - own;
  if (others < worthTelling) return;
  await tell(
    {
      ...{ type: 'login_failed', subject: 'sign_in', occurrence: occurrenceOf(subject, now) },
      detail: { failures: others },
    },
    subject,
    log,
  );
}

/** Before the code of a password reset is mailed. Rejects beyond the limit. */
export async function beforeReset(subject: Subject, now: Date, log: Log): Promise<void> {
  const reset = await decide<Reset>(subject, now, (state) => takeReset(state, now.getTime()));
  if (reset.allowed) return;
  if (reset.isFirst) {
    const occurrence = String(reset.untilMs);
    await tell({ type: 'limit_exceeded', subject: 'password_reset', occurrence, detail: {} }, subject, log);
  }
  throw new Refusal(tooMany('password resets', reset.untilMs, now));
}

/** A refusal whose message is meant for the person. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** A few typing errors before a success are nothing to report. */
const worthTelling = 3;

/** The user pool waits five seconds for a trigger. */
const answerWithinMs = 3_000;

function decide<Result>(
  { userName }: Subject,
  now: Date,
  decision: (state: SignInState | undefined) => Decision<SignInState, Result>,
): Promise<Result> {
  return decideOn(gateKeys.signIn(userName), decision, {
    now,
    deadlineMs: now.getTime() + answerWithinMs,
    keptSeconds: (signInLimits.forgetHours + 1) * 3_600,
  });
}

type Signal = Omit<z.input<(typeof verificationJobs.recordSignal)['payload']>, 'userId'>;

/** A signal that is lost does not undo the refusal; the log says so. */
async function tell(signal: Signal, { sub }: Subject, log: Log): Promise<void> {
  log.warn(`security: ${signal.type}`, { userId: sub, subject: signal.subject, ...signal.detail });
  const userId = sub === undefined ? null : formatId('user', sub);
  const payload = verificationJobs.recordSignal.payload.parse({ ...signal, userId });
  try {
    const { SendMessageCommand, SQSClient } = await import('../config/aws/sqs.ts');
    client ??= new SQSClient(awsClientOptions());
    await client.send(
      new SendMessageCommand({
        QueueUrl: settings.signalQueueUrl(),
        // As the dispatcher sends a job.
        MessageBody: JSON.stringify({
          messageId: newId('message'),
          type: verificationJobs.recordSignal.name,
          tenantId: null,
          payload,
          trace: null,
        }),
      }),
    );
  } catch (error) {
    log.error('security signal was not sent', {
      errorName: error instanceof Error ? error.name : typeof error,
    });
  }
}

let client: SQSClient | undefined;

/** Names are never written: the key they are counted under is a hash. */
function occurrenceOf({ userName }: Subject, now: Date): string {
  return `${gateKeys.signIn(userName)} ${now.toISOString()}`;
}

function tooMany(what: string, untilMs: number, now: Date): string {
  const minutes = Math.max(1, Math.ceil((untilMs - now.getTime()) / 60_000));
  return `Too many ${what}. Please wait ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`;
}
