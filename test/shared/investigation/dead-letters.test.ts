/** Dead letters as the platform's staff see them and decide about them. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { formatId, type Id, type TenantId, uuidOf } from '#shared/contract/ids.ts';
import { sql } from '#shared/db/sql.ts';
import { transact } from '#shared/db/transaction.ts';
import { investigationOps as ops } from '#shared/investigation/investigation.ops.ts';
import { investigation as module } from '#shared/investigation/module.ts';
import { type Actor, callAs, type Kernel, refusal, someone, startKernel } from '../../support/call-as.ts';

const investigation = { module, ops };
const admin: Actor = { user: someone('Admin'), platformRoles: ['platform-admin'] };
const support: Actor = { user: someone('Support'), platformRoles: ['platform-support'] };
const reason = 'The mail provider is back';
let kernel: Kernel;
let tenant: TenantId;

beforeAll(async () => {
  kernel = await startKernel('app_platform');
  ({ tenant } = await kernel.found());
});
beforeEach(async () => {
  await kernel.database.admin.query('delete from app.dead_letters');
  await kernel.database.admin.query('delete from app.outbox');
});
afterAll(() => kernel.stop());

type Letter = { queue?: string; message?: string | null; minutesAgo?: number };

/** Puts a message aside, as the keeper does. */
async function putAside({ queue = 'members', message = randomUUID(), minutesAgo = 0 }: Letter = {}) {
  const id = randomUUID();
  const body = message === null ? 'poison' : JSON.stringify(envelopeOf(message));
  await kernel.database.admin.query(
    `insert into app.dead_letters (id, tenant_id, queue, type, message_id, request_id, body, bytes, put_aside_at)
     values ($1, $2, $3, $4, $5, 'req-1', $6, $7, now() - make_interval(mins => $8))`,
    [
      ...[id, uuidOf(tenant), queue, message === null ? null : 'members.sendInvitation', message],
      ...[body, body.length, minutesAgo],
    ],
  );
  return formatId('deadLetter', id);
}

const envelopeOf = (message: string) => ({
  ...{ messageId: formatId('message', message), type: 'members.sendInvitation', tenantId: tenant },
  ...{ payload: { secret: 'of the message' }, trace: 'a-trace', requestId: 'req-1' },
});

const list = (filter: Parameters<typeof callAs<typeof module.contract, 'deadLetters'>>[3] = {}) =>
  callAs(support, investigation, 'deadLetters', filter);
const replay = (queue: string, ids?: Id<'deadLetter'>[]) =>
  callAs(admin, investigation, 'replayDeadLetters', { queue, reason, ...(ids === undefined ? {} : { ids }) });

async function outbox(): Promise<Record<string, unknown>[]> {
  const { rows } = await kernel.database.admin.query<Record<string, unknown>>('select * from app.outbox');
  return rows;
}

describe('the list', () => {
  test('[UI-2] says of each queue how many wait and since when, and of each letter what and whose it is', async () => {
    const first = await putAside({ minutesAgo: 5 });
    const second = await putAside();
    await putAside({ queue: 'usage', message: null });
    const { items, queues } = await list({ queue: 'members' });
    expect(items.map(({ id }) => id)).toEqual([second, first]);
    expect(items[1]).toMatchObject({
      ...{ type: 'members.sendInvitation', tenantId: tenant, requestId: 'req-1', replayable: true },
      ...{ status: 'waiting', timesPutAside: 1 },
    });
    expect(queues.map(({ queue, waiting }) => [queue, waiting])).toEqual([
      ['members', 2],
      ['usage', 1],
    ]);
    expect(queues[0]?.oldestAt).toBe(items[1]?.putAsideAt);
  });

  test('[PRV-2] does not say what a message says, and neither can the staff’s login', async () => {
    await putAside();
    expect(JSON.stringify(await list())).not.toContain('of the message');
    const entry = { tenantId: null, userId: null, requestId: 'test' };
    const reading = transact(kernel.database.pool('app_platform'), entry, (tx) =>
      tx.query(sql`select body from app.dead_letters`),
    );
    await expect(reading).rejects.toMatchObject({ code: '42501' });
  });

  test('[OPS-1] says how often the same message was put aside', async () => {
    const message = randomUUID();
    await putAside({ message, minutesAgo: 9 });
    await putAside({ message });
    expect((await list()).items.map(({ timesPutAside }) => timesPutAside)).toEqual([2, 1]);
  });
});

describe('sending again', () => {
  test('[OPS-1] puts the same message back on its way, to be found by its request, and forgets what it says here', async () => {
    const message = randomUUID();
    const id = await putAside({ message });
    expect(await replay('members', [id])).toEqual({ replayed: 1, left: 0 });
    expect(await outbox()).toMatchObject([
      {
        ...{ id: message, tenant_id: uuidOf(tenant), kind: 'job', type: 'members.sendInvitation' },
        ...{ payload: { secret: 'of the message' }, trace: 'a-trace', request_id: 'req-1' },
      },
    ]);
    const { rows } = await kernel.database.admin.query('select body from app.dead_letters');
    expect(rows).toEqual([{ body: null }]);
    expect((await list()).items).toMatchObject([
      { id, status: 'replayed', replayable: false, decidedBy: admin.user.id, reason },
    ]);
  });

  test('[AUD-1] stands in the platform’s trail, with the reason and which', async () => {
    const id = await putAside();
    await replay('members');
    const { rows } = await kernel.database.admin.query(
      'select action, target_id, reason, after from app.platform_audit_events order by occurred_at desc limit 1',
    );
    expect(rows).toEqual([
      { action: 'dead_letters.replayed', target_id: 'members', reason, after: { ids: [id] } },
    ]);
  });

  test('[API-1] twice sends once', async () => {
    const id = await putAside();
    await Promise.all([replay('members', [id]), replay('members', [id])]);
    expect(await replay('members', [id])).toEqual({ replayed: 0, left: 0 });
    expect(await outbox()).toHaveLength(1);
  });

  test('[OPS-1] takes the named letters of that queue, or the oldest hundred', async () => {
    const [first, second] = [await putAside(), await putAside()];
    const elsewhere = await putAside({ queue: 'usage' });
    expect(await replay('members', [first, elsewhere])).toEqual({ replayed: 1, left: 1 });
    for (let index = 0; index < 100; index += 1) await putAside({ minutesAgo: 10 });
    expect(await replay('members')).toEqual({ replayed: 100, left: 1 });
    expect((await list({ status: 'waiting', queue: 'members' })).items.map(({ id }) => id)).toEqual([second]);
  });

  test('[OPS-1] leaves what cannot be read; that can only be given up', async () => {
    const id = await putAside({ message: null });
    expect(await replay('members', [id])).toEqual({ replayed: 0, left: 1 });
    const given = await callAs(admin, investigation, 'discardDeadLetters', { queue: 'members', reason });
    expect(given).toEqual({ discarded: 1, left: 0 });
    expect(await outbox()).toEqual([]);
    expect((await list()).items).toMatchObject([{ id, status: 'discarded', reason }]);
  });

  test.each(['replayDeadLetters', 'discardDeadLetters'] as const)(
    '[ACC-1] support looks, and may not %s',
    async (name) => {
      await putAside();
      const call = callAs(support, investigation, name, { queue: 'members', reason });
      await expect(call).rejects.toMatchObject(refusal('auth.forbidden'));
    },
  );
});
