/** How steps of workflows are worked: inside their tenant, each effect with its transaction, failures by their code. */
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { fail, problems } from '#shared/contract/errors.ts';
import type { Again, StepContext, StepFailure } from '#shared/contract/workflow.ts';
import { sql } from '#shared/db/sql.ts';
import { type StepCall, work } from '#shared/middleware/work.ts';
import { type Founded, foundTenant } from '../db/tenants.ts';
import { type Messaging, startMessaging } from './messaging.ts';
import { flowing, thingHappened, thingsWorkflows } from './things.ts';

let messaging: Messaging;
let mine: Founded;
let theirs: Founded;
let first: (ctx: StepContext, n: number) => Promise<void>;
let wait: (ctx: StepContext) => Promise<Again>;
const failures: StepFailure[] = [];

beforeAll(async () => {
  messaging = await startMessaging('app_tenant');
  mine = await foundTenant(messaging.database.admin);
  theirs = await foundTenant(messaging.database.admin);
});
beforeEach(async () => {
  await messaging.database.admin.query('truncate app.outbox');
  first = async () => undefined;
  wait = async () => ({ done: true });
  failures.length = 0;
});
afterAll(() => messaging.stop());

const handler = work(flowing, {
  run: {
    first: (ctx, { n }) => first(ctx, n),
    wait: (ctx) => wait(ctx),
    failed: async (_ctx, _input, failure) => void failures.push(failure),
  },
});

function call(step: string, more: Partial<StepCall> = {}, remainingMs = 10_000) {
  const event: StepCall = {
    ...{ workflow: 'things.run', step, tenantId: `ten_${mine.tenantId}`, input: { n: 7 } },
    ...{ trace: null, executionId: 'arn:aws:states:us-east-1:0:execution:things-run:msg_1', ...more },
  };
  return handler(event, { getRemainingTimeInMillis: () => remainingMs });
}

async function rowsOf(statement: string): Promise<unknown[]> {
  return (await messaging.database.admin.query<Record<string, unknown>>(statement)).rows;
}

describe('[TEN-5] a step', () => {
  test('sees its tenant in every transaction, and no other', async () => {
    const seen: unknown[] = [];
    first = async (ctx) => {
      seen.push(await ctx.transact((tx) => tx.query(sql`select id from app.tenants`)));
      await ctx.bulk({ mode: 'snapshot' }, async (bulk) => {
        seen.push(await bulk.query(sql`select id from app.tenants`));
        seen.push((await text(bulk.copyOut('copy (select id from app.tenants) to stdout'))).trim());
      });
    };
    expect(await call('first')).toBeNull();
    expect(seen).toEqual([[{ id: mine.tenantId }], [{ id: mine.tenantId }], mine.tenantId]);
  });

  test('reads one moment in bulk, whatever happens meanwhile, and changes nothing there', async () => {
    const names: unknown[] = [];
    first = (ctx) =>
      ctx.bulk({ mode: 'snapshot' }, async (bulk) => {
        names.push(await bulk.one(sql`select name from app.tenants`));
        await messaging.database.admin.query('update app.tenants set name = $1', ['Renamed meanwhile']);
        names.push(await bulk.one(sql`select name from app.tenants`));
        await bulk.query(sql`insert into app.audit_events (tenant_id) values (app.tenant_id())`);
      });
    await expect(call('first')).rejects.toMatchObject({ name: 'workflow.crashed' });
    expect(names[1]).toEqual(names[0]);
  });

  test('is cancelled by the server in bulk when its time is over', async () => {
    first = (ctx) =>
      ctx.bulk({ mode: 'snapshot' }, async (bulk) => void (await bulk.query(sql`select pg_sleep(30)`)));
    const began = Date.now();
    await expect(call('first', {}, 500)).rejects.toMatchObject({ name: 'workflow.crashed' });
    expect(Date.now() - began).toBeLessThan(5_000);
  });
});

describe('[OPS-7] what a step leaves behind', () => {
  test('is written with its transaction, or not at all', async () => {
    first = async (ctx, n) => {
      const record = (tx: Parameters<Parameters<StepContext['transact']>[0]>[0]) => {
        tx.audit('thing.run', { target: { type: 'thing', id: 'thing-1' }, after: { n } });
        tx.emit(thingHappened, { n });
        tx.start(thingsWorkflows.run, { n: n + 1 });
      };
      await ctx.transact(async (tx) => record(tx));
      const undone = ctx.transact(async (tx) => {
        record(tx);
        throw new Error('no');
      });
      await undone.catch(() => undefined);
    };
    await call('first');
    expect(await rowsOf('select kind, type, tenant_id from app.outbox order by id')).toEqual([
      { kind: 'event', type: 'thingHappened', tenant_id: mine.tenantId },
      { kind: 'workflow', type: 'things.run', tenant_id: mine.tenantId },
    ]);
    expect(
      await rowsOf(
        "select tenant_id, plane, actor_id, request_id from app.audit_events where action = 'thing.run'",
      ),
    ).toEqual([{ tenant_id: mine.tenantId, plane: 'system', actor_id: null, request_id: 'msg_1' }]);
    expect(await messaging.receive('outbox', 1)).toHaveLength(1);
  });
});

describe('a step that fails', () => {
  test('for a reason that it names fails by that code, and its end is expected', async () => {
    first = async () => {
      throw fail(problems.conflict);
    };
    await expect(call('first')).rejects.toMatchObject({
      name: 'resource.conflict',
      message: 'resource.conflict',
    });
    expect(await call('failed', { error: 'resource.conflict' })).toEqual({ expected: true });
    expect(failures).toEqual([{ code: 'resource.conflict' }]);
  });

  test('for any other reason says nothing of it to the machine, and its end is not expected', async () => {
    first = async () => {
      throw new Error('a secret of the database');
    };
    await expect(call('first')).rejects.toMatchObject({
      name: 'workflow.crashed',
      message: 'workflow.crashed',
    });
    for (const error of ['workflow.crashed', 'Runtime.ExitError', 'States.Timeout', 'Lambda.Unknown']) {
      expect(await call('failed', { error })).toEqual({ expected: false });
    }
    expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['workflow.crashed']));
  });

  test.each([
    ['an unknown step', { step: 'strange' }],
    ['an unknown workflow', { step: 'first', workflow: 'things.strange' }],
    ['an input that does not fit', { step: 'first', input: { n: 'seven' } }],
  ])('%s is no step', async (_what, { step, ...more }) => {
    await expect(call(step, more)).rejects.toMatchObject({ name: 'workflow.crashed' });
  });

  test('[CAP-3] is not begun while its capability is off, unless it cleans up', async () => {
    await messaging.database.admin.query(
      'insert into app.tenant_settings (tenant_id, switched_off) values ($1, $2)',
      [theirs.tenantId, ['exports']],
    );
    const there = { tenantId: `ten_${theirs.tenantId}` };
    await expect(call('first', there)).rejects.toMatchObject({ name: 'capability.switched_off' });
    expect(await call('wait', there)).toEqual({ done: true });
    expect(await call('failed', { ...there, error: 'capability.switched_off' })).toEqual({ expected: true });
  });
});
