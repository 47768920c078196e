/** Whether this deployment and what it depends on work (OPS-3). */
import { settings } from '../config/environment.ts';
import { fail } from '../contract/errors.ts';
import type { Ops } from '../contract/module.ts';
import { pool } from '../db/pool.ts';
import { sql } from '../db/sql.ts';
import { readOnce } from '../db/transaction.ts';
import { gateClient } from '../limits/gate-client.ts';
import { gateKeys } from '../limits/keys.ts';
import { type healthContract, unhealthy } from './health.contract.ts';

const timeoutMs = 2_000;

export const healthOps: Ops<typeof healthContract> = {
  check: async (ctx) => {
    const names = Object.keys(checks) as CheckName[];
    const outcomes = await Promise.allSettled(names.map((name) => inTime(checks[name]())));
    const failed = names.filter((_name, index) => outcomes[index]?.status === 'rejected');
    if (failed.length === 0) return { status: 'ok', checks: { database: 'ok', gate: 'ok' } };
    const causes = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
    );
    ctx.log.warn('health check failed', { failed });
    throw fail(unhealthy, {
      detail: `Not available: ${failed.join(', ')}.`,
      cause: new AggregateError(causes, 'health check failed'),
    });
  },
};

type CheckName = 'database' | 'gate';

const checks: Record<CheckName, () => Promise<unknown>> = {
  database: () => {
    const nobody = { tenantId: null, userId: null, requestId: 'health' };
    return assertWrites(
      readOnce<{ follows: boolean }>(
        pool(),
        { ...nobody, deadlineMs: Date.now() + timeoutMs },
        sql`select pg_is_in_recovery() as follows`,
      ),
    );
  },
  gate: async () => {
    const { GetItemCommand } = await import('../config/aws/dynamodb.ts');
    const client = await gateClient();
    const Key = { pk: { S: gateKeys.health() } };
    await client.send(new GetItemCommand({ TableName: settings.gateTable(), Key }));
  },
};

/** A database that only follows another one is no place to send people to: their name follows this answer (BKP-4). */
async function assertWrites(asked: Promise<{ follows: boolean }[]>): Promise<void> {
  const [found] = await asked;
  if (found?.follows !== false) throw new Error('the database only reads');
}

/** A dependency that does not answer in time has failed; its late answer is ignored. */
async function inTime(check: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([check, late]);
  } finally {
    clearTimeout(timer);
  }
}
