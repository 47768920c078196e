/** A module whose one endpoint streams: it counts, fails where it is told to, and remembers how far it came. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { LongContext } from '#shared/contract/context.ts';
import { endpoint } from '#shared/contract/endpoint.ts';
import { fail, problems } from '#shared/contract/errors.ts';
import { module, type StreamOps } from '#shared/contract/module.ts';
import type { EventStream } from '#shared/contract/stream.ts';
import { sql } from '#shared/db/sql.ts';

const countingContract = {
  count: endpoint({
    plane: 'tenant',
    method: 'POST',
    path: '/v1/counting',
    summary: 'Count',
    body: z.object({
      to: z.int().min(0),
      /** Fail instead of this number. */
      failAt: z.int().optional(),
      /** Answer the sum in one piece. */
      sum: z.boolean().default(false),
      pauseMs: z.int().default(0),
      /** Characters to send beside each number. */
      padding: z.int().default(0),
    }),
    output: z.object({ sum: z.int() }),
    rate: 'standard',
    capability: 'members',
    permission: 'members:read',
    streams: true,
    audit: 'counting.counted',
    idempotency: 'required',
    errors: [problems.conflict],
    requirements: ['API-1'],
  }),
};

export const counting = module({
  name: 'counting',
  summary: 'Counting',
  contract: countingContract,
  needs: { database: 'app_tenant' },
});

type Wanted = { to: number; failAt?: number | undefined; pauseMs: number; padding: number };

export const countingOps: StreamOps<typeof countingContract> = {
  count: async (ctx, { sum, ...wanted }) => {
    if (wanted.failAt === 0) throw fail(problems.conflict);
    if (!sum) return numbers(ctx, wanted);
    await sleep(wanted.pauseMs);
    const { total } = await ctx.transact((tx) =>
      tx.one<{ total: number }>(sql`select (${wanted.to} * (${wanted.to} + 1) / 2)::int as total`),
    );
    return { sum: total };
  },
};

async function* numbers(ctx: LongContext, { to, failAt, pauseMs, padding }: Wanted): EventStream {
  let last = 0;
  try {
    for (let n = 1; n <= to; n += 1) {
      if (n === failAt) throw fail(problems.conflict, { detail: `There is no ${n}.` });
      last = n;
      yield { event: 'number', data: { n, ...(padding > 0 ? { padding: 'x'.repeat(padding) } : {}) } };
      if (pauseMs > 0) await sleep(pauseMs);
    }
  } finally {
    // As a model's call is settled: in a transaction of its own, after the reader may have left.
    await ctx.transact((tx) => tx.query(sql`select 1`));
    ctx.audit({ after: { last } });
  }
}
