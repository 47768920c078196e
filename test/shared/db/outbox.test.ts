import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { event } from '#shared/contract/event.ts';
import { job } from '#shared/contract/job.ts';
import { dispatchOutbox, eventRow, jobRow, type OutboxMessage } from '#shared/db/outbox.ts';
import { type Entry, transact } from '#shared/db/transaction.ts';
import { type KernelDatabase, kernelDatabase } from '#test/support/kernel-database.ts';
import { type Founded, foundTenant } from './tenants.ts';

const happened = event({
  type: 'happened',
  summary: 'x',
  data: z.object({ n: z.coerce.number() }),
  requirements: ['OPS-7'],
});
const send = job({
  name: 'things.send',
  summary: 'x',
  payload: z.object({ n: z.number() }),
  requirements: ['OPS-7'],
});

let database: KernelDatabase;
let mine: Founded;

beforeAll(async () => {
  database = await kernelDatabase();
  mine = await foundTenant(database.admin);
});

beforeEach(() => database.admin.query('truncate app.outbox'));

afterAll(() => database.drop());

async function publish(count: number, entry: Entry = mine.entry): Promise<void> {
  await transact(database.pool('app_tenant'), entry, async (tx) => {
    for (let n = 0; n < count; n += 1) tx.record(eventRow(happened, { n }, 'trace'));
  });
}

const waiting = async () => {
  const { rows } = await database.admin.query<{ attempts: number; due: boolean }>(
    'select attempts, available_at <= now() as due from app.outbox',
  );
  return rows;
};

/** A sender that keeps what it was given and says that it was sent. */
function sender() {
  const received: OutboxMessage[] = [];
  const deliver = async (messages: OutboxMessage[]): Promise<ReadonlySet<string>> => {
    received.push(...messages);
    return new Set(messages.map(({ id }) => id));
  };
  return { received, deliver };
}

describe('the outbox', () => {
  test('sends what was published, with its tenant and its parsed data, once', async () => {
    await publish(1);
    const { received, deliver } = sender();
    expect(await dispatchOutbox(database.pool('app_system'), deliver)).toBe(1);
    expect(await dispatchOutbox(database.pool('app_system'), deliver)).toBe(0);
    expect(received).toEqual([
      expect.objectContaining({
        tenantId: `ten_${mine.tenantId}`,
        kind: 'event',
        type: 'happened',
        payload: { n: 0 },
        trace: 'trace',
      }),
    ]);
    expect(await waiting()).toEqual([]);
  });

  test('sends nothing of a transaction that was rolled back', async () => {
    const failing = transact(database.pool('app_tenant'), mine.entry, async (tx) => {
      await tx.query(jobRow(send, { n: 1 }, undefined));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await dispatchOutbox(database.pool('app_system'), sender().deliver)).toBe(0);
  });

  test('refuses data that its declaration does not allow before anything is written', () => {
    expect(() => jobRow(send, { n: 'one' } as never, undefined)).toThrow(z.ZodError);
  });

  test('publishes for a user outside any tenant', async () => {
    await publish(1, { tenantId: null, userId: mine.userId, requestId: 'test' });
    const { received, deliver } = sender();
    await dispatchOutbox(database.pool('app_system'), deliver);
    expect(received.map(({ tenantId }) => tenantId)).toEqual([null]);
  });

  test('two dispatchers share the work and send each message once', async () => {
    await publish(220);
    const { received, deliver } = sender();
    const systems = [database.pool('app_system'), database.pool('app_system')];
    const sent = await Promise.all(systems.map((system) => dispatchOutbox(system, deliver)));
    expect(sent.reduce((sum, count) => sum + count, 0)).toBe(220);
    expect(new Set(received.map(({ id }) => id)).size).toBe(220);
    expect(received).toHaveLength(220);
  });

  test('keeps what could not be sent and waits before it tries again', async () => {
    await publish(3);
    const refuseAll = async () => new Set<string>();
    expect(await dispatchOutbox(database.pool('app_system'), refuseAll)).toBe(0);
    expect(await waiting()).toEqual([1, 2, 3].map(() => ({ attempts: 1, due: false })));
    await database.admin.query("update app.outbox set available_at = now() - interval '1 second'");
    expect(await dispatchOutbox(database.pool('app_system'), sender().deliver)).toBe(3);
  });

  test('a sender that fails loses nothing', async () => {
    await publish(2);
    const fails = async () => {
      throw new Error('no network');
    };
    await expect(dispatchOutbox(database.pool('app_system'), fails)).rejects.toThrow('no network');
    expect(await waiting()).toEqual([1, 2].map(() => ({ attempts: 0, due: true })));
  });
});
