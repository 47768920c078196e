/** Support acting for a member, as both sides read it: the tenant that allows it and the staff who ask (IDN-11). */
import * as z from 'zod';
import { problem } from '../contract/errors.ts';
import { idSchema } from '../contract/ids.ts';

export const wrongStep = problem(
  'impersonation.wrong_status',
  409,
  'The status of this impersonation does not allow that, or no longer.',
);

export const impersonationSchema = z
  .object({
    id: idSchema('impersonation'),
    tenantId: idSchema('tenant'),
    memberId: idSchema('user').describe('For whom'),
    staffId: idSchema('user').describe('Who acts'),
    staffName: z.string(),
    reason: z.string(),
    status: z
      .enum(['requested', 'approved', 'denied', 'withdrawn', 'expired', 'started', 'ended'])
      .describe('Expired: nobody answered, or it was not started in time'),
    expiresAt: z.iso.datetime().describe('Until when it may be approved, and then started'),
    decidedBy: idSchema('user').nullable(),
    decidedAt: z.iso.datetime().nullable(),
    startedAt: z.iso.datetime().nullable(),
    endsAt: z.iso.datetime().nullable().describe('When it ends in any case; it is never renewed'),
    endedAt: z.iso.datetime().nullable(),
    endedBy: idSchema('user').nullable().describe('Whoever ended it before its time'),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Impersonation' });

export type ImpersonationView = z.output<typeof impersonationSchema>;
