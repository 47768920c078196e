import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg, { type Pool } from 'pg';
import { sendBurst } from '#shared/db/burst.ts';
import { openPool, withConnection } from '#shared/db/pool.ts';
import { sql } from '#shared/db/sql.ts';
import { type Entry, type OpenTransaction, readOnce, transact } from '#shared/db/transaction.ts';
import { type KernelDatabase, kernelDatabase } from '#test/support/kernel-database.ts';
import { type Proxy, startProxy } from './proxy.ts';
import { type Founded, foundTenant } from './tenants.ts';

let database: KernelDatabase;
let mine: Founded;
let pool: Pool;

beforeAll(async () => {
  database = await kernelDatabase();
  mine = await foundTenant(database.admin);
  pool = database.pool('app_tenant');
});

afterAll(() => database.drop());

const countOf = (tx: OpenTransaction) =>
  tx.query<{ n: number }>(sql`select count(*)::int as n from app.tenants`);
const rename = (name: string) => sql`update app.tenants set name = ${name}`;
const broken = sql`select 1 / ${0}::int`;

async function nameOf(tenantId: string): Promise<string> {
  const found = await database.admin.query<{ name: string }>('select name from app.tenants where id = $1', [
    tenantId,
  ]);
  return found.rows[0]?.name ?? '';
}

async function backend(): Promise<number> {
  const [row] = await readOnce<{ pid: number }>(pool, mine.entry, sql`select pg_backend_pid() as pid`);
  return row?.pid ?? 0;
}

describe('commit and rollback', () => {
  beforeEach(async () => {
    await database.admin.query("update app.tenants set name = 'before' where id = $1", [mine.tenantId]);
  });

  test('what the work did is committed, and its result returned', async () => {
    const result = await transact(pool, mine.entry, async (tx) => {
      await tx.query(rename('after'));
      return 'done';
    });
    expect([result, await nameOf(mine.tenantId)]).toEqual(['done', 'after']);
  });

  test('an error of the work rolls everything back and is thrown unchanged', async () => {
    const thrown = new Error('mine');
    const running = transact(pool, mine.entry, async (tx) => {
      await tx.query(rename('after'));
      throw thrown;
    });
    await expect(running).rejects.toBe(thrown);
    expect(await nameOf(mine.tenantId)).toBe('before');
  });

  test('an error thrown before the first await rolls back as well', async () => {
    const running = transact(pool, mine.entry, () => {
      throw new Error('at once');
    });
    await expect(running).rejects.toThrow('at once');
    expect(await transact(pool, mine.entry, countOf)).toEqual([{ n: 1 }]);
  });

  test('a failed statement that the work swallows cannot end in a commit', async () => {
    const running = transact(pool, mine.entry, async (tx) => {
      await tx.query(rename('after'));
      await tx.query(broken).catch(() => undefined);
    });
    await expect(running).rejects.toThrow('rolled back, not committed');
    expect(await nameOf(mine.tenantId)).toBe('before');
  });

  test.each(['query', 'last'] as const)(
    'a %s that nobody awaited is part of the transaction',
    async (how) => {
      await transact(pool, mine.entry, async (tx) => void tx[how](rename(`unawaited ${how}`)));
      expect(await nameOf(mine.tenantId)).toBe(`unawaited ${how}`);
    },
  );

  test('[AUD-1] a record that fails takes the work with it, and says why', async () => {
    const running = transact(pool, mine.entry, async (tx) => {
      await tx.query(rename('after'));
      tx.record(broken);
      tx.record(sql`select 1`);
    });
    await expect(running).rejects.toMatchObject({ code: '22012' });
    expect(await nameOf(mine.tenantId)).toBe('before');
  });

  test('[AUD-1] a record whose value cannot be sent takes the work with it', async () => {
    const running = transact(pool, mine.entry, async (tx) => {
      await tx.query(rename('after'));
      tx.record(sql`select ${{ amount: 1n }}::jsonb`);
    });
    await expect(running).rejects.toThrow(TypeError);
    expect(await nameOf(mine.tenantId)).toBe('before');
  });

  test('a last statement is committed with what was done and recorded before it, and answers its rows', async () => {
    const rows = await transact(pool, mine.entry, async (tx) => {
      await tx.query(rename('between'));
      tx.record(rename('recorded'));
      return tx.last<{ name: string }>(sql`select name from app.tenants`);
    });
    expect([rows, await nameOf(mine.tenantId)]).toEqual([[{ name: 'between' }], 'recorded']);
  });

  test('a last statement that fails takes the work with it, also where the work swallows that', async () => {
    for (const swallow of [false, true]) {
      const running = transact(pool, mine.entry, async (tx) => {
        await tx.query(rename('after'));
        const ended = tx.last(broken);
        await (swallow ? ended.catch(() => undefined) : ended);
      });
      await expect(running).rejects.toMatchObject({ code: '22012' });
      expect(await nameOf(mine.tenantId)).toBe('before');
    }
  });

  test('nothing can be done after the last statement', async () => {
    for (const late of ['query', 'record', 'last'] as const) {
      const running = transact(pool, mine.entry, async (tx) => {
        await tx.last(rename('last'));
        await tx[late](rename('late'));
      });
      await expect(running).rejects.toThrow('the transaction has ended');
      expect(await nameOf(mine.tenantId)).toBe('last');
    }
  });

  test('an entry that the database refuses is the error, not its aftermath', async () => {
    const entry: Entry = { tenantId: 'not-a-uuid', userId: null, requestId: 'test' };
    await expect(transact(pool, entry, countOf)).rejects.toMatchObject({ code: '22P02' });
    await expect(readOnce(pool, entry, sql`select 1`)).rejects.toMatchObject({ code: '22P02' });
    await expect(transact(pool, entry, async () => 'no statement')).rejects.toMatchObject({ code: '22P02' });
    await expect(transact(pool, entry, (tx) => tx.last(broken))).rejects.toMatchObject({ code: '22P02' });
    expect(await transact(pool, mine.entry, countOf)).toEqual([{ n: 1 }]);
  });
});

describe('the connection afterwards', () => {
  test('a statement after the work ended is refused, so that it cannot reach the next tenant', async () => {
    let late: OpenTransaction | undefined;
    await transact(pool, mine.entry, async (tx) => {
      late = tx;
    });
    await expect(late?.query(rename('late'))).rejects.toThrow('the transaction has ended');
    expect(() => late?.record(rename('late'))).toThrow('the transaction has ended');
  });

  test('an error in the middle of the pipeline leaves a connection that is used again', async () => {
    const before = await backend();
    const running = transact(pool, mine.entry, async (tx) => {
      await Promise.all([countOf(tx), tx.query(broken), countOf(tx)]);
    });
    await expect(running).rejects.toMatchObject({ code: '22012' });
    expect(await transact(pool, mine.entry, countOf)).toEqual([{ n: 1 }]);
    expect(await backend()).toBe(before);
  });

  test('[TEN-5] the context ends with the transaction, also after an error', async () => {
    await transact(pool, mine.entry, async (tx) => tx.query(broken)).catch(() => undefined);
    const nobody: Entry = { tenantId: null, userId: null, requestId: 'test' };
    expect(await transact(pool, nobody, countOf)).toEqual([{ n: 0 }]);
  });

  test('[TEN-5] a transaction is entered once', async () => {
    const other = await foundTenant(database.admin);
    const again = sql`select app.enter(${other.tenantId}::uuid, ${other.userId}::uuid, 'again')`;
    const inUser: Entry = { tenantId: null, userId: mine.userId, requestId: 'test' };
    for (const entry of [mine.entry, inUser]) {
      const running = transact(pool, entry, (tx) => tx.query(again));
      await expect(running).rejects.toMatchObject({ cause: { code: 'PLN01' } });
    }
  });

  test('[TEN-5] a connection that kept a tenant from before is closed, not used', async () => {
    const before = await backend();
    await pool.query(`select set_config('app.tenant_id', $1, false)`, [mine.tenantId]);
    await expect(transact(pool, mine.entry, countOf)).rejects.toMatchObject({
      problem: { code: 'dependency.unavailable' },
    });
    expect(await backend()).not.toBe(before);
  });

  test('a connection that is still inside a transaction is closed, not reused', async () => {
    const before = await backend();
    await withConnection(pool, (connection) => connection.query('begin'));
    expect(await backend()).not.toBe(before);
  });
});

describe('one reading statement', () => {
  test('[TEN-5] sees the tenant that was entered', async () => {
    expect(await readOnce(pool, mine.entry, sql`select id from app.tenants`)).toEqual([
      { id: mine.tenantId },
    ]);
  });

  test('[TEN-5] is not run when the entry fails, and the entry does not outlive it', async () => {
    const other = await foundTenant(database.admin);
    const pids = [await backend()];
    // The sequence would show that the statement ran, for it does not come back with a rollback.
    await database.admin.query(
      'create sequence if not exists public.ran; grant usage on schema public to app_tenant',
    );
    await database.admin.query('grant usage on sequence public.ran to app_tenant');
    const refused: Entry = { tenantId: 'not-a-uuid', userId: null, requestId: 'test' };
    const counted = sql`select nextval('public.ran')::int as n`;
    await expect(readOnce(pool, refused, counted)).rejects.toMatchObject({ code: '22P02' });
    const {
      rows: [ran],
    } = await database.admin.query<{ is_called: boolean }>('select is_called from public.ran');
    expect(ran?.is_called).toBe(false);
    expect(await readOnce(pool, other.entry, sql`select id from app.tenants`)).toEqual([
      { id: other.tenantId },
    ]);
    const context = sql`select current_setting('app.tenant_id', true) as tenant,
                               current_setting('transaction_read_only') as reading`;
    expect(await withConnection(pool, (connection) => sendBurst(connection, [context]))).toMatchObject([
      { rows: [{ tenant: '', reading: 'off' }] },
    ]);
    expect([...pids, await backend()]).toEqual([pids[0], pids[0]]);
  });

  test('cannot write', async () => {
    await expect(readOnce(pool, mine.entry, rename('written'))).rejects.toMatchObject({ code: '25006' });
  });

  test('throws what the statement failed with', async () => {
    await expect(readOnce(pool, mine.entry, broken)).rejects.toMatchObject({ code: '22012' });
  });
});

describe('a database in trouble', () => {
  let proxy: Proxy;
  let proxied: Pool;
  const unavailable = { problem: { code: 'dependency.unavailable' } };

  beforeEach(async () => {
    proxy = await startProxy(database.database.host, database.database.port);
    const { DATABASE_NAME = '', DATABASE_PASSWORD } = database.environment('app_tenant');
    proxied = openPool({
      host: '127.0.0.1',
      port: proxy.port,
      database: DATABASE_NAME,
      user: 'app_tenant',
      password: DATABASE_PASSWORD,
      region: 'us-east-1',
      answerTimeoutMs: 1_000,
      poolSize: 1,
    });
    await readOnce(proxied, mine.entry, sql`select 1`);
  });

  afterEach(async () => {
    await proxy.stop();
    await proxied.end();
  });

  test('a transaction of one statement takes two round trips, its records included', async () => {
    proxy.reset();
    await transact(proxied, mine.entry, async (tx) => {
      await tx.query(rename('two trips'));
      tx.record(sql`select 1`);
      tx.record(sql`select 2`);
    });
    expect(proxy.trips()).toBe(2);
  });

  test('one reading statement takes one round trip', async () => {
    proxy.reset();
    await readOnce(proxied, mine.entry, sql`select id from app.tenants where id = ${mine.tenantId}`);
    expect(proxy.trips()).toBe(1);
  });

  test('statements that are awaited one by one are counted one by one', async () => {
    proxy.reset();
    await transact(proxied, mine.entry, async (tx) => {
      await countOf(tx);
      await countOf(tx);
    });
    expect(proxy.trips()).toBe(3);
  });

  test('a transaction that only records, or is one last statement, or none, takes one round trip', async () => {
    proxy.reset();
    await transact(proxied, mine.entry, async () => 'nothing');
    expect(proxy.trips()).toBe(1);
    proxy.reset();
    await transact(proxied, mine.entry, async (tx) => tx.record(rename('one trip')));
    expect(proxy.trips()).toBe(1);
    proxy.reset();
    await transact(proxied, mine.entry, async (tx) => tx.last(rename('one trip')));
    expect(proxy.trips()).toBe(1);
  });

  test('[TEN-5] a refused transaction is over before its connection is used again, however late the server says so', async () => {
    const refused: Entry = { tenantId: 'not-a-uuid', userId: null, requestId: 'test' };
    proxy.stutter();
    for (const calls of [
      () => transact(proxied, refused, async () => 'no statement'),
      () => transact(proxied, refused, countOf),
      () => transact(proxied, mine.entry, (tx) => tx.query(broken)),
      () => readOnce(proxied, refused, sql`select 1`),
      () => readOnce(proxied, mine.entry, broken),
    ]) {
      await expect(calls()).rejects.toMatchObject({ code: expect.stringMatching(/^22/) });
      expect(await transact(proxied, mine.entry, countOf)).toEqual([{ n: 1 }]);
    }
  });

  test('a connection lost under the work answers 503, and the next call gets a new one', async () => {
    const running = transact(proxied, mine.entry, async (tx) => {
      await countOf(tx);
      proxy.cut();
      return countOf(tx);
    });
    await expect(running).rejects.toMatchObject(unavailable);
    expect(await transact(proxied, mine.entry, countOf)).toEqual([{ n: 1 }]);
  });

  test('a connection lost while the work does something else does not end the process', async () => {
    const running = transact(proxied, mine.entry, async (tx) => {
      await countOf(tx);
      proxy.cut();
      await new Promise((resolve) => setTimeout(resolve, 50));
      return 'nothing more';
    });
    await expect(running).rejects.toMatchObject(unavailable);
  });

  test('a connection lost while idle is replaced', async () => {
    proxy.cut();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await transact(proxied, mine.entry, countOf)).toEqual([{ n: 1 }]);
  });

  test('a connection lost under COMMIT answers 503', async () => {
    proxy.onSend('commit', () => proxy.cut());
    await expect(transact(proxied, mine.entry, countOf)).rejects.toMatchObject(unavailable);
  });

  test('a database that does not answer is given up', async () => {
    proxy.silence();
    await expect(transact(proxied, mine.entry, countOf)).rejects.toMatchObject(unavailable);
  });

  test('a database that does not answer is given up at the deadline, if there is one', async () => {
    proxy.silence();
    const startedMs = Date.now();
    const running = transact(proxied, { ...mine.entry, deadlineMs: startedMs + 300 }, countOf);
    await expect(running).rejects.toMatchObject(unavailable);
    expect(Date.now() - startedMs).toBeLessThan(900);
  });

  test('an unreachable database answers 503', async () => {
    await proxy.stop();
    await expect(transact(proxied, mine.entry, countOf)).rejects.toMatchObject(unavailable);
  });

  test('a session ended by the administrator answers 503', async () => {
    const running = transact(proxied, mine.entry, async (tx) => {
      const [row] = await tx.query<{ pid: number }>(sql`select pg_backend_pid() as pid`);
      await database.admin.query('select pg_terminate_backend($1)', [row?.pid]);
      await new Promise((resolve) => setTimeout(resolve, 50));
      return countOf(tx);
    });
    await expect(running).rejects.toMatchObject(unavailable);
  });
});

describe('[OPS-7] timeouts', () => {
  test('every login has a statement timeout of its own, without start-up options', async () => {
    for (const login of ['app_tenant', 'app_platform', 'app_system'] as const) {
      const [row] = await readOnce<{ statement: string; idle: string }>(
        database.pool(login),
        { tenantId: null, userId: null, requestId: 'test' },
        sql`select current_setting('statement_timeout') as statement,
                   current_setting('idle_in_transaction_session_timeout') as idle`,
      );
      expect(row).toEqual({ statement: '10s', idle: '30s' });
    }
  });

  test('a deadline cancels the statement under way: rolled back, 503, and the connection is used again', async () => {
    const before = await backend();
    const holder = new pg.Client({ connectionString: database.database.url });
    await holder.connect();
    await holder.query('begin; lock table app.tenants');
    const startedMs = Date.now();
    const running = transact(pool, { ...mine.entry, deadlineMs: startedMs + 700 }, (tx) =>
      tx.query(rename('too late')),
    );
    await expect(running).rejects.toMatchObject({
      problem: { code: 'dependency.unavailable' },
      cause: { code: '57014' },
    });
    expect(Date.now() - startedMs).toBeLessThan(1_500);
    await holder.end();
    expect(await nameOf(mine.tenantId)).not.toBe('too late');
    expect(await backend()).toBe(before);
  });

  test('a deadline ends with its transaction', async () => {
    await transact(pool, { ...mine.entry, deadlineMs: Date.now() + 700 }, countOf);
    const [row] = await readOnce<{ timeout: string }>(
      pool,
      mine.entry,
      sql`select current_setting('statement_timeout') as timeout`,
    );
    expect(row?.timeout).toBe('10s');
  });

  test('a statement that takes too long answers 503, and the connection is used again', async () => {
    const before = await backend();
    const running = transact(pool, mine.entry, async (tx) => {
      await tx.query(sql`select set_config('statement_timeout', '50', true)`);
      await tx.query(sql`select pg_sleep(5)`);
    });
    await expect(running).rejects.toMatchObject({
      problem: { code: 'dependency.unavailable' },
      cause: { code: '57014' },
    });
    expect(await backend()).toBe(before);
  });
});

describe('rows', () => {
  const ids = sql`select id from (values (${randomUUID()}), (${randomUUID()})) as two (id)`;

  test('one wants exactly one, maybeOne at most one', async () => {
    await transact(pool, mine.entry, async (tx) => {
      await expect(tx.one(ids)).rejects.toThrow('at most one row, got 2');
      await expect(tx.maybeOne(ids)).rejects.toThrow('at most one row, got 2');
      await expect(tx.one(sql`select 1 where false`)).rejects.toThrow('expected one row, got none');
      expect(await tx.maybeOne(sql`select 1 where false`)).toBeUndefined();
      expect(await tx.one(sql`select 1 as n`)).toEqual({ n: 1 });
    });
  });
});
