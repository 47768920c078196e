/**
 * Cognito's triggers around signing in with a password: before the password is looked at, after somebody is in, and
 * around a password reset. Whatever it throws, Cognito refuses and shows.
 */
import type {
  CustomMessageTriggerEvent,
  PostAuthenticationTriggerEvent,
  PostConfirmationTriggerEvent,
  PreAuthenticationTriggerEvent,
} from 'aws-lambda';
import { countMetric, logFor } from '#shared/middleware/telemetry.ts';
import {
  afterProof,
  beforePassword,
  beforeReset,
  Refusal,
  type Subject,
} from '#shared/verification/guard.ts';

type Event =
  | PreAuthenticationTriggerEvent
  | PostAuthenticationTriggerEvent
  | PostConfirmationTriggerEvent
  | CustomMessageTriggerEvent;

const log = logFor({ trigger: 'guard' });

type Guard = (subject: Subject, now: Date) => Promise<void>;

/** What is guarded; sign-up and the messages of other occasions are not. */
const guards: Readonly<Partial<Record<Event['triggerSource'], Guard>>> = {
  PreAuthentication_Authentication: (subject, now) => beforePassword(subject, now, log),
  PostAuthentication_Authentication: (subject, now) => afterProof(subject, now, log, 1),
  PostConfirmation_ConfirmForgotPassword: (subject, now) => afterProof(subject, now, log, 0),
  CustomMessage_ForgotPassword: (subject, now) => beforeReset(subject, now, log),
};

/** Answers Cognito with its own event, or refuses by throwing. */
export async function handler(event: Event): Promise<Event> {
  try {
    await guards[event.triggerSource]?.(subjectOf(event), new Date());
  } catch (error) {
    if (error instanceof Refusal) throw error;
    countMetric('GuardFailures');
    log.error('sign-in could not be guarded', {
      errorName: error instanceof Error ? error.name : typeof error,
    });
    // Never open: without the count nobody gets in. What failed is nothing to show.
    throw new Refusal('Signing in is not possible at the moment. Please try again.');
  }
  return event;
}

function subjectOf({ userName, request }: Event): Subject {
  const attributes: Record<string, string> = request.userAttributes;
  return { userName, sub: attributes.sub };
}
