/** How jobs are worked on: each in its own transaction, inside its tenant; what fails stays and harms nobody. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { callAws } from '#local/front/call.ts';
import { startEventSources } from '#local/sources/queue.ts';
import type { JobContext } from '#shared/contract/context.ts';
import { sql } from '#shared/db/sql.ts';
import { consume } from '#shared/middleware/consume.ts';
import type { Envelope } from '#shared/middleware/envelope.ts';
import { type Founded, foundTenant } from '../db/tenants.ts';
import { type Messaging, startMessaging } from './messaging.ts';
import { thingHappened, things, thingsJobs } from './things.ts';

let messaging: Messaging;
let mine: Founded;
let other: Founded;

beforeAll(async () => {
  messaging = await startMessaging('app_tenant');
  mine = await foundTenant(messaging.database.admin);
  other = await foundTenant(messaging.database.admin);
});
beforeEach(async () => {
  await messaging.database.admin.query('truncate app.outbox');
  await messaging.receive('outbox');
  work = async () => undefined;
});
afterAll(() => messaging.stop());

let work: (ctx: JobContext, n: number) => Promise<void>;
const handler = consume(things, {
  work: (ctx, { n }) => work(ctx, n),
  carry: async () => undefined,
});

function envelope(more: Partial<Envelope> = {}): Envelope {
  return {
    messageId: `msg_${randomUUID()}`,
    type: 'things.work',
    tenantId: `ten_${mine.tenantId}`,
    payload: { n: 1 },
    trace: null,
    ...more,
  };
}

const batch = (...bodies: unknown[]): SQSEvent => ({
  Records: bodies.map((body, index) => ({
    messageId: `m${index}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: { ApproximateReceiveCount: '1' },
  })) as unknown as SQSEvent['Records'],
});

const failed = ({ batchItemFailures }: SQSBatchResponse) =>
  batchItemFailures.map((one) => one.itemIdentifier);

const outbox = async () =>
  (
    await messaging.database.admin.query<{ type: string; tenant_id: string; trace: string | null }>(
      'select type, tenant_id, trace from app.outbox',
    )
  ).rows;

const rename = (name: string) => sql`update app.tenants set name = ${name}`;

async function nameOf({ tenantId }: Founded): Promise<string | undefined> {
  const { rows } = await messaging.database.admin.query<{ name: string }>(
    'select name from app.tenants where id = $1',
    [tenantId],
  );
  return rows[0]?.name;
}

describe('[OPS-7] a batch of jobs', () => {
  test('one that fails stays, and the others are done', async () => {
    const done: number[] = [];
    work = async (_ctx, n) => {
      if (n === 2) throw new Error('no');
      done.push(n);
    };
    const jobs = [1, 2, 3].map((n) => envelope({ payload: { n } }));
    expect(failed(await handler(batch(...jobs)))).toEqual(['m1']);
    expect(done).toEqual([1, 3]);
  });

  test('what a failing one wrote and published is gone', async () => {
    const before = await nameOf(mine);
    work = async (ctx) => {
      await ctx.tx.query(rename('half done'));
      ctx.emit(thingHappened, { n: 1 });
      throw new Error('no');
    };
    expect(failed(await handler(batch(envelope())))).toEqual(['m0']);
    expect(await nameOf(mine)).toBe(before);
    expect(await outbox()).toEqual([]);
  });

  test.each([
    ['text that is not JSON', () => '{"messageId":'],
    ['an envelope without its fields', () => ({})],
    ['a tenant that is none', () => envelope({ tenantId: 'mine' })],
    ['an unknown type', () => envelope({ type: 'things.unknown' })],
    ['a name that every object has', () => envelope({ type: 'constructor' })],
    ['the job of another module', () => envelope({ type: 'members.sendInvitation' })],
    ['a payload that its declaration does not allow', () => envelope({ payload: { n: 'one' } })],
  ])('%s stays, runs nothing and does not stop the next', async (_name, bodyOf) => {
    const done: number[] = [];
    work = async (_ctx, n) => void done.push(n);
    expect(failed(await handler(batch(bodyOf(), envelope({ payload: { n: 9 } }))))).toEqual(['m0']);
    expect(done).toEqual([9]);
  });

  test('a job that is not in time for its database is tried again, not lost', async () => {
    work = async (ctx) => {
      await ctx.tx.query(sql`select set_config('statement_timeout', '50', true)`);
      await ctx.tx.query(sql`select pg_sleep(5)`);
    };
    expect(failed(await handler(batch(envelope())))).toEqual(['m0']);
    work = async () => undefined;
    expect(failed(await handler(batch(envelope())))).toEqual([]);
  });
});

describe('[TEN-5] the tenant of a job', () => {
  const seen = async (tenantId: Envelope['tenantId']): Promise<unknown[]> => {
    let rows: unknown[] = [];
    work = async (ctx) => {
      rows = await ctx.tx.query(sql`select id from app.tenants`);
    };
    expect(failed(await handler(batch(envelope({ tenantId }))))).toEqual([]);
    return rows;
  };

  test('is the only one that its transaction sees', async () => {
    expect(await seen(`ten_${mine.tenantId}`)).toEqual([{ id: mine.tenantId }]);
    expect(await seen(`ten_${other.tenantId}`)).toEqual([{ id: other.tenantId }]);
  });

  test('a job without one sees none', async () => {
    expect(await seen(null)).toEqual([]);
  });

  test('never reaches the next job of the batch, also when the one before fails', async () => {
    const rows: unknown[] = [];
    work = async (ctx, n) => {
      rows.push(...(await ctx.tx.query(sql`select id from app.tenants`)));
      if (n === 1) throw new Error('no');
    };
    await handler(batch(envelope(), envelope({ tenantId: null, payload: { n: 2 } })));
    expect(rows).toEqual([{ id: mine.tenantId }]);
  });
});

describe('[OPS-7] what a job publishes', () => {
  test('commits with its work, in its tenant and its trace, and wakes the dispatcher once', async () => {
    work = async (ctx, n) => {
      await ctx.tx.query(rename(`worked ${n}`));
      ctx.emit(thingHappened, { n });
      ctx.enqueue(thingsJobs.carry, { text: 'on' });
    };
    const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await handler(batch(envelope({ trace }), envelope({ trace, payload: { n: 2 } })));
    expect(await nameOf(mine)).toBe('worked 2');
    const row = { tenant_id: mine.tenantId, trace };
    expect(await outbox()).toEqual([
      { type: 'thingHappened', ...row },
      { type: 'things.carry', ...row },
      { type: 'thingHappened', ...row },
      { type: 'things.carry', ...row },
    ]);
    expect(await messaging.receive('outbox', 1)).toEqual([{}]);
  });

  test('[OPS-1] goes back to the request that set the job going, and to the job itself where there was none', async () => {
    work = async (ctx, n) => ctx.emit(thingHappened, { n });
    const alone = envelope({ payload: { n: 2 } });
    await handler(batch(envelope({ requestId: 'req-1' }), alone));
    const { rows } = await messaging.database.admin.query<{ request_id: string }>(
      "select request_id from app.outbox order by payload ->> 'n'",
    );
    expect(rows.map(({ request_id }) => request_id)).toEqual(['req-1', alone.messageId]);
  });

  test('wakes nobody where nothing was published', async () => {
    await handler(batch(envelope()));
    expect(await messaging.receive('outbox')).toEqual([]);
  });

  test('is not worth the job: a dispatcher that cannot be woken is left to the sweep', async () => {
    work = async (ctx) => ctx.emit(thingHappened, { n: 1 });
    await messaging.withoutQueues(async () => {
      expect(failed(await handler(batch(envelope())))).toEqual([]);
    });
    expect(await outbox()).toHaveLength(1);
  });
});

test('[OPS-7] behind a real queue a failing job comes back and the others do not', async () => {
  const tries = new Map<number, number>();
  work = async (_ctx, n) => {
    tries.set(n, (tries.get(n) ?? 0) + 1);
    if (n === 2 && tries.get(n) === 1) throw new Error('not yet');
  };
  const { queueArn, endpoint } = messaging;
  for (const n of [1, 2, 3]) {
    await callAws({
      port: Number(new URL(endpoint).port),
      region: 'us-east-1',
      target: 'AmazonSQS.SendMessage',
      body: {
        QueueUrl: `${endpoint}/000000000000/things`,
        MessageBody: JSON.stringify(envelope({ payload: { n } })),
      },
    });
  }
  const mapping = { id: 'test', functionArn: 'arn', queueArn, batchSize: 10, batchWindowMs: 0 };
  const pollers = startEventSources({
    mappings: [{ ...mapping, reportsFailures: true }],
    endpoint,
    invoke: async (_arn, event) => ({ ok: true, payload: await handler(event as SQSEvent) }),
    log: () => undefined,
  });
  const deadline = Date.now() + 20_000;
  while (tries.get(2) !== 2 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
  // Longer than the queue keeps a message hidden: what was not deleted would have come again.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await pollers.stop();
  expect(Object.fromEntries(tries)).toEqual({ 1: 1, 2: 2, 3: 1 });
});
