/** What a job looks like on its way: the dispatcher writes it, workers and the keeper of dead letters read it. */
import * as z from 'zod';
import { type Id, isId, type TenantId } from '../contract/ids.ts';

/** A job as the dispatcher sends it. */
export const envelopeSchema = z.object({
  messageId: z.string().refine((text): text is Id<'message'> => isId('message', text)),
  type: z.string(),
  tenantId: z
    .string()
    .refine((text): text is TenantId => isId('tenant', text))
    .nullable(),
  payload: z.unknown(),
  trace: z.string().nullable(),
  /** The request that the job goes back to; none where a trigger noticed something, or a schedule did. */
  requestId: z.string().nullable().optional(),
});

export type Envelope = z.input<typeof envelopeSchema>;

/** The same as a worker reads it. */
export type Sent = z.output<typeof envelopeSchema>;
