/** What leaves the outbox: to real queues and a real bus, at least once, whatever happens on the way. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Statement } from '#shared/contract/context.ts';
import { eventRow, jobRow, workflowRow } from '#shared/db/outbox.ts';
import { transact } from '#shared/db/transaction.ts';
import { dispatch } from '#shared/middleware/dispatch.ts';
import { type Founded, foundTenant } from '../db/tenants.ts';
import { type Messaging, startMessaging } from './messaging.ts';
import { strayJob, thingHappened, thingsJobs, thingsWorkflows } from './things.ts';

let messaging: Messaging;
let mine: Founded;

beforeAll(async () => {
  messaging = await startMessaging('app_system');
  mine = await foundTenant(messaging.database.admin);
});
beforeEach(async () => {
  await messaging.database.admin.query('truncate app.outbox');
  await messaging.receive('things');
  messaging.events.length = 0;
  messaging.beforeAnswer = async () => undefined;
});
afterAll(() => messaging.stop());

const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const jobs = (count: number): Statement[] =>
  Array.from({ length: count }, (_job, n) => jobRow(thingsJobs.work, { n }, trace));

async function publish(statements: readonly Statement[]): Promise<void> {
  await transact(messaging.database.pool('app_tenant'), mine.entry, async (tx) => {
    for (const statement of statements) tx.record(statement);
  });
}

async function waiting(): Promise<{ type: string; attempts: number; due: boolean }[]> {
  const { rows } = await messaging.database.admin.query<{ type: string; attempts: number; due: boolean }>(
    'select type, attempts, available_at <= now() as due from app.outbox order by id',
  );
  return rows;
}

const makeDue = () => messaging.database.admin.query('update app.outbox set available_at = now()');

describe('[OPS-7] what is published', () => {
  test('a workflow is started once, by the name of its message, however often it is dispatched', async () => {
    await publish([workflowRow(thingsWorkflows.run, { n: 7 }, trace)]);
    const { rows } = await messaging.database.admin.query<{ id: string }>('select * from app.outbox');
    await dispatch();
    expect(messaging.executions).toEqual([
      expect.objectContaining({
        stateMachineArn: expect.stringMatching(/:things-run$/),
        name: `msg_${rows[0]?.id}`,
        input: JSON.stringify({ tenantId: `ten_${mine.tenantId}`, input: { n: 7 }, trace }),
      }),
    ]);
    // As if the commit of the first dispatch had been lost.
    await messaging.database.admin.query(
      'insert into app.outbox select * from jsonb_populate_record(null::app.outbox, $1)',
      [JSON.stringify(rows[0])],
    );
    await dispatch();
    expect(messaging.executions).toHaveLength(1);
    expect(await waiting()).toEqual([]);
  });

  test('an event reaches the bus as CloudEvents 1.0', async () => {
    await publish([eventRow(thingHappened, { n: 7 }, trace)]);
    await dispatch();
    expect(messaging.events).toEqual([
      expect.objectContaining({
        source: 'plinth',
        'detail-type': 'thingHappened',
        detail: {
          specversion: '1.0',
          id: expect.stringMatching(/^msg_[0-9a-f-]{36}$/),
          source: 'plinth/test',
          type: 'thingHappened',
          time: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/),
          datacontenttype: 'application/json',
          subject: `ten_${mine.tenantId}`,
          traceparent: trace,
          data: { n: 7 },
        },
      }),
    ]);
    expect(await waiting()).toEqual([]);
  });

  test('a job reaches the queue of its module, with its tenant', async () => {
    await publish(jobs(1));
    await dispatch();
    expect(await messaging.receive('things', 1)).toEqual([
      {
        messageId: expect.stringMatching(/^msg_/),
        type: 'things.work',
        tenantId: `ten_${mine.tenantId}`,
        payload: { n: 0 },
        trace,
        requestId: mine.entry.requestId,
      },
    ]);
  });

  test('the oldest leave first', async () => {
    for (let n = 0; n < 9; n += 1) await publish([eventRow(thingHappened, { n }, undefined)]);
    await dispatch();
    expect(messaging.events.map(({ detail }) => detail.data)).toEqual(
      Array.from({ length: 9 }, (_event, n) => ({ n })),
    );
  });

  test('two dispatchers at once send each message once, all of them', async () => {
    await publish(jobs(130));
    await Promise.all([dispatch(), dispatch()]);
    const received = await messaging.receive('things', 130);
    expect(new Set(received.map(({ messageId }) => messageId)).size).toBe(130);
    expect(received).toHaveLength(130);
    expect(await waiting()).toEqual([]);
  });

  test('more than a call may carry leaves in several', async () => {
    const text = 'x'.repeat(60_000);
    await publish([
      ...Array.from({ length: 9 }, () => jobRow(thingsJobs.carry, { text }, undefined)),
      ...Array.from({ length: 9 }, (_event, n) => eventRow(thingHappened, { n, text }, undefined)),
    ]);
    await dispatch();
    expect(await messaging.receive('things', 9)).toHaveLength(9);
    expect(messaging.events).toHaveLength(9);
    expect(await waiting()).toEqual([]);
  });
});

describe('[OPS-7] what cannot be sent', () => {
  test('waits longer each time, and does not keep back the others', async () => {
    await publish([
      ...jobs(1),
      jobRow(strayJob, { n: 1 }, undefined),
      eventRow(thingHappened, { n: 1 }, trace),
    ]);
    await dispatch();
    expect(await messaging.receive('things', 1)).toHaveLength(1);
    expect(messaging.events).toHaveLength(1);
    expect(await waiting()).toEqual([{ type: 'nobody.work', attempts: 1, due: false }]);
    await dispatch();
    expect(await waiting()).toEqual([{ type: 'nobody.work', attempts: 1, due: false }]);
    await makeDue();
    await dispatch();
    expect(await waiting()).toEqual([{ type: 'nobody.work', attempts: 2, due: false }]);
  });

  test('one that is too large for the bus waits alone', async () => {
    const huge = eventRow(thingHappened, { n: 0, text: 'x'.repeat(300_000) }, undefined);
    await publish([
      eventRow(thingHappened, { n: 1 }, undefined),
      huge,
      eventRow(thingHappened, { n: 2 }, undefined),
    ]);
    await dispatch();
    expect(messaging.events.map(({ detail }) => detail.data)).toEqual([{ n: 1 }, { n: 2 }]);
    expect(await waiting()).toMatchObject([{ attempts: 1 }]);
  });

  test('waits while the queues are silent, and leaves when they are back', async () => {
    await publish([...jobs(2), eventRow(thingHappened, { n: 1 }, trace)]);
    await messaging.withoutQueues(() => dispatch());
    expect(messaging.events).toHaveLength(1);
    expect(await waiting()).toMatchObject([{ attempts: 1 }, { attempts: 1 }]);
    await makeDue();
    await dispatch();
    const numbers = (await messaging.receive('things', 2)).map(({ payload }) => payload);
    expect(numbers).toEqual(expect.arrayContaining([{ n: 0 }, { n: 1 }]));
    expect(await waiting()).toEqual([]);
  });

  test('a dispatcher that dies after sending and before deleting loses nothing: the same message comes again', async () => {
    await publish([eventRow(thingHappened, { n: 1 }, trace)]);
    messaging.beforeAnswer = async () => {
      // Once: a call that the SDK repeats must not end the next dispatcher too.
      messaging.beforeAnswer = async () => undefined;
      await messaging.database.admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where usename = 'app_system' and datname = current_database()`,
      );
    };
    await expect(dispatch()).rejects.toMatchObject({ problem: { code: 'dependency.unavailable' } });
    expect(await waiting()).toMatchObject([{ attempts: 0, due: true }]);
    await dispatch();
    const ids = messaging.events.map(({ detail }) => detail.id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    expect(await waiting()).toEqual([]);
  });
});
