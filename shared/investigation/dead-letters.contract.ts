/** Messages that workers failed on too often: looked at, sent again, or given up, by the platform's staff. */
import * as z from 'zod';
import { endpoint } from '../contract/endpoint.ts';
import { idSchema } from '../contract/ids.ts';
import { pageOf, pageQuery } from '../contract/page.ts';
import { mostLettersAtOnce } from '../config/dead-letters.ts';

const queueName = z
  .string()
  .max(100)
  .regex(/^[a-z][a-z-]*$/, 'must be the name of a module with jobs, or outbox')
  .meta({ example: 'members' });

const statuses = z.enum(['waiting', 'replayed', 'discarded']);

const deadLetterSchema = z
  .object({
    id: idSchema('deadLetter'),
    queue: z.string().describe('The module whose worker failed on it'),
    type: z.string().nullable().describe('The job; absent where the message cannot be read'),
    tenantId: idSchema('tenant').nullable(),
    messageId: idSchema('message').nullable(),
    requestId: z.string().nullable().describe('The request that it goes back to'),
    bytes: z.int(),
    queuedAt: z.iso.datetime().nullable(),
    putAsideAt: z.iso.datetime(),
    timesPutAside: z.int().describe('How often this message was put aside, this time included'),
    replayable: z.boolean().describe('Whether it can be sent again: it waits, and can be read'),
    status: statuses,
    decidedBy: idSchema('user').nullable(),
    decidedAt: z.iso.datetime().nullable(),
    reason: z.string().nullable(),
  })
  .meta({ id: 'DeadLetter' });

export type DeadLetter = z.output<typeof deadLetterSchema>;

const queueSchema = z
  .object({ queue: z.string(), waiting: z.int(), oldestAt: z.iso.datetime() })
  .meta({ id: 'DeadLetterQueue' });

const common = {
  plane: 'platform',
  rate: 'standard',
  capability: 'platform',
  requirements: ['OPS-1', 'ARC-2', 'UI-2'],
} as const;

const decision = {
  ...common,
  method: 'POST',
  params: { queue: queueName },
  body: z.object({
    ids: z
      .array(idSchema('deadLetter'))
      .min(1)
      .max(mostLettersAtOnce)
      .optional()
      .describe(`These; without any, the oldest ${mostLettersAtOnce} that wait`),
    reason: z.string().trim().min(3).max(500).describe('Why; stands in the audit trail'),
  }),
  permission: 'platform:dead_letters:decide',
  idempotency: 'required',
  requirements: [...common.requirements, 'AUD-1'],
} as const;

const left = z.int().describe('How many of the queue wait still');

export const deadLettersContract = {
  deadLetters: endpoint({
    ...common,
    method: 'GET',
    path: '/v1/platform/dead-letters',
    summary:
      'Messages that failed too often, the latest first, and how many wait in each queue; not what they say',
    query: pageQuery.extend({
      queue: queueName.optional(),
      status: statuses.optional(),
      tenantId: idSchema('tenant').optional(),
    }),
    output: pageOf(deadLetterSchema).extend({
      queues: z.array(queueSchema).describe('Those in which something waits'),
    }),
    permission: 'platform:dead_letters:read',
  }),
  replayDeadLetters: endpoint({
    ...decision,
    path: '/v1/platform/dead-letters/{queue}/replay',
    summary: 'Send them to their worker again, within a minute',
    output: z.object({ replayed: z.int(), left }),
    audit: 'dead_letters.replayed',
  }),
  discardDeadLetters: endpoint({
    ...decision,
    path: '/v1/platform/dead-letters/{queue}/discard',
    summary: 'Give them up: what they asked for is never done',
    output: z.object({ discarded: z.int(), left }),
    audit: 'dead_letters.discarded',
  }),
};
