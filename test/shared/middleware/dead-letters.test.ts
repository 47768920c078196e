/** What becomes of messages that failed too often: kept whole, counted, forgotten after three months. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { forgetDeadLetters, keepDeadLetters, waitingDeadLetters } from '#shared/middleware/dead-letters.ts';
import { type Founded, foundTenant } from '../db/tenants.ts';
import { type Messaging, startMessaging } from './messaging.ts';

let messaging: Messaging;
let mine: Founded;

beforeAll(async () => {
  messaging = await startMessaging('app_system');
  mine = await foundTenant(messaging.database.admin);
});
beforeEach(async () => {
  await messaging.database.admin.query('delete from app.dead_letters');
});
afterAll(() => messaging.stop());

const arn = 'arn:aws:sqs:us-east-1:000000000000:plinth-dev-us-members-dead-letters';

const batch = (records: readonly { body: string; id?: string; from?: string }[]): SQSEvent => ({
  Records: records.map(({ body, id = randomUUID(), from = arn }) => ({
    ...{ messageId: id, body, eventSourceARN: from },
    attributes: { SentTimestamp: '1795250000123', ApproximateReceiveCount: '1' },
  })) as unknown as SQSEvent['Records'],
});

const envelope = (more: Record<string, unknown> = {}) =>
  JSON.stringify({
    ...{ messageId: `msg_${randomUUID()}`, type: 'members.sendInvitation', tenantId: `ten_${mine.tenantId}` },
    ...{ payload: { n: 1 }, trace: null, requestId: 'req-1', ...more },
  });

async function kept(): Promise<Record<string, unknown>[]> {
  const { rows } = await messaging.database.admin.query<Record<string, unknown>>(
    'select * from app.dead_letters order by put_aside_at, id',
  );
  return rows;
}

describe('[OPS-1] a dead letter', () => {
  test('is kept as it came, with whose it is, what it asks for and which request it goes back to', async () => {
    const id = randomUUID();
    const body = envelope();
    expect(await keepDeadLetters(batch([{ body, id }]))).toEqual({ batchItemFailures: [] });
    expect(await kept()).toMatchObject([
      {
        ...{ id, body, queue: 'members', type: 'members.sendInvitation', tenant_id: mine.tenantId },
        ...{ request_id: 'req-1', status: 'waiting', queued_at: new Date(1_795_250_000_123) },
      },
    ]);
  });

  test('that comes twice is kept once', async () => {
    const id = randomUUID();
    const event = batch([{ body: envelope(), id }]);
    await keepDeadLetters(event);
    await keepDeadLetters(event);
    expect(await kept()).toHaveLength(1);
  });

  test.each([
    ['no JSON', 'poison'],
    ['no message of the dispatcher’s', '{"type":"members.unheardOf"}'],
    [
      'of a malformed tenant',
      '{"type":"a.b","messageId":"msg_x","tenantId":"ten_x","payload":1,"trace":null}',
    ],
  ])('that is %s is kept, and cannot be sent again', async (_what, body) => {
    await keepDeadLetters(batch([{ body }]));
    expect(await kept()).toMatchObject([{ body, type: null, message_id: null, tenant_id: null }]);
  });

  test('of a tenant that is gone is kept for somebody to give up', async () => {
    await keepDeadLetters(batch([{ body: envelope({ tenantId: `ten_${randomUUID()}` }) }]));
    expect(await kept()).toMatchObject([{ tenant_id: null, type: 'members.sendInvitation' }]);
  });

  test('that cannot be kept stays in its queue, and the others of its batch are kept', async () => {
    const strange = { body: envelope(), id: randomUUID(), from: 'arn:aws:sqs:us-east-1:000000000000:other' };
    const answer = await keepDeadLetters(batch([strange, { body: envelope() }]));
    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: strange.id }]);
    expect(await kept()).toHaveLength(1);
  });
});

test('[OPS-1] what waits is counted by queue, and what was decided about is not', async () => {
  const waiting = () => waitingDeadLetters(messaging.database.pool('app_system'));
  expect(await waiting()).toEqual([]);
  const usage = arn.replace('members', 'usage');
  await keepDeadLetters(
    batch([{ body: envelope() }, { body: envelope() }, { body: envelope(), from: usage }]),
  );
  const both = [
    { queue: 'members', letters: 2 },
    { queue: 'usage', letters: 1 },
  ];
  expect(await waiting()).toEqual(both);
  await messaging.database.admin.query(
    `update app.dead_letters set status = 'discarded', body = null, decided_by = id, decided_at = now(),
                                 reason = 'of a test' where queue = 'usage'`,
  );
  expect(await waiting()).toEqual(both.slice(0, 1));
});

test('[PRV-2] letters are forgotten after three months, and not before', async () => {
  await keepDeadLetters(batch([{ body: envelope() }, { body: envelope() }]));
  await messaging.database.admin.query(
    `update app.dead_letters set put_aside_at = now() - interval '91 days'
     where id = (select id from app.dead_letters order by id limit 1)`,
  );
  expect(await forgetDeadLetters(messaging.database.pool('app_system'))).toBe(1);
  expect(await kept()).toHaveLength(1);
});
