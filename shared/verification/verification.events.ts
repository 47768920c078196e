/** Work that the verification module does later. */
import * as z from 'zod';
import { idSchema } from '../contract/ids.ts';
import { job } from '../contract/job.ts';

export const verificationJobs = {
  sendCode: job({
    name: 'verification.sendCode',
    summary: 'Make a one-time code and send it',
    // Neither the code nor the address: the worker makes the one and reads the other.
    payload: z.object({ userId: idSchema('user'), id: z.uuid() }),
    requirements: ['IDN-7'],
  }),
  recordSignal: job({
    name: 'verification.recordSignal',
    summary: 'Keep what a trigger of the user pool noticed as a security event',
    payload: z.object({
      type: z.enum(['lockout', 'login_failed', 'limit_exceeded']),
      subject: z.enum(['sign_in', 'password_reset']),
      /** Unknown where nobody has the name that was tried. */
      userId: idSchema('user').nullable(),
      /** What makes two signals the same. */
      occurrence: z.string().max(200),
      detail: z.record(z.string(), z.number()),
    }),
    requirements: ['IDN-6', 'AUD-3'],
  }),
};
