/** Regions that others took over from, as the platform's staff see it (BKP-4). */
import * as z from 'zod';
import { endpoint } from '../contract/endpoint.ts';
import { idSchema } from '../contract/ids.ts';
import { pageOf, pageQuery } from '../contract/page.ts';

/** How a region is taken over from: `planned` waits until nothing is left behind, `forced` does not. */
export const failoverModes = ['planned', 'forced'] as const;

const failoverSchema = z
  .object({
    id: idSchema('failover'),
    mode: z.enum(failoverModes),
    fromRegion: z.string(),
    toRegion: z.string(),
    reason: z.string(),
    decidedBy: z.string().describe('As whoever started it was named'),
    rtoSeconds: z
      .number()
      .nullable()
      .describe('From when the region was gone until the other answered; absent while it does not'),
    rpoSeconds: z
      .number()
      .nullable()
      .describe('Of what was committed before, at most this much is missing; absent where nobody knows'),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Failover' });

export type Failover = z.output<typeof failoverSchema>;

export const failoverContract = {
  list: endpoint({
    plane: 'platform',
    method: 'GET',
    path: '/v1/platform/failovers',
    summary: 'Regions that others took over from, the latest first: why, how long it took, what was lost',
    query: pageQuery,
    output: pageOf(failoverSchema),
    permission: 'platform:drills:read',
    rate: 'standard',
    capability: 'failover',
    requirements: ['BKP-4', 'VAL-2'],
  }),
};
