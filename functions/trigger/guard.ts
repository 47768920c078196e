/**
 * Cognito's triggers around signing in with a password: before the password is looked at, after somebody is in, and
 * around a password reset. Whatever it throws, Cognito refuses and shows.
 */
import { Logger } from '@aws-lambda-powertools/logger';
import type {
  CustomMessageTriggerEvent,
  PostAuthenticationTriggerEvent,
  PostConfirmationTriggerEvent,
  PreAuthenticationTriggerEvent,
} from 'aws-lambda';
import type { Log } from '#shared/contract/context.ts';
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

const logger = new Logger({ serviceName: 'plinth' });
const log: Log = {
  info: (message, fields = {}) => logger.info(message, fields),
  warn: (message, fields = {}) => logger.warn(message, fields),
  error: (message, fields = {}) => logger.error(message, fields),
};

/** Answers Cognito with its own event, or refuses by throwing. */
export async function handler(event: Event): Promise<Event> {
  const subject = subjectOf(event);
  const now = new Date();
  try {
    switch (event.triggerSource) {
      case 'PreAuthentication_Authentication':
        await beforePassword(subject, now, log);
        break;
      case 'PostAuthentication_Authentication':
        await afterProof(subject, now, log, 1);
        break;
      case 'PostConfirmation_ConfirmForgotPassword':
        await afterProof(subject, now, log, 0);
        break;
      case 'CustomMessage_ForgotPassword':
        await beforeReset(subject, now, log);
        break;
      default:
      // Sign-up and the messages of other occasions are nothing to guard here.
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
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
