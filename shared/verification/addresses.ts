/** Addresses that codes are sent to, in the one form in which they are kept and compared. */
import * as z from 'zod';
import type { CodeChannel } from '../config/verification.ts';

/** What a channel's addresses are. */
export function kindOf(channel: CodeChannel): 'email' | 'phone' {
  return channel === 'email' ? 'email' : 'phone';
}

/** The address as it is kept, E.164 for a mobile number; undefined when the channel has no such addresses. */
export function normalAddress(channel: CodeChannel, given: string): string | undefined {
  if (kindOf(channel) === 'email') return emailSchema.safeParse(given).data;
  // What people write between the digits.
  const digits = given.replace(/[\s().\-/\u00a0]/g, '').replace(/^00/, '+');
  return /^\+[1-9]\d{7,14}$/.test(digits) ? digits : undefined;
}

const emailSchema = z.email().max(254).toLowerCase();
