import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Pool, QueryResult } from 'pg';
import type { Statement } from '#shared/contract/context.ts';
import { sendBurst } from '#shared/db/burst.ts';
import { withConnection } from '#shared/db/pool.ts';
import { sql } from '#shared/db/sql.ts';
import { type KernelDatabase, kernelDatabase } from '#test/support/kernel-database.ts';

let database: KernelDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await kernelDatabase();
  await database.admin.query(`
    create table public.kept (n integer primary key);
    grant usage on schema public to app_system;
    grant select, insert on public.kept to app_system`);
  pool = database.pool('app_system');
});

afterAll(() => database.drop());

const send = (...statements: Statement[]): Promise<QueryResult[]> =>
  withConnection(pool, (connection) => sendBurst(connection, statements));
const keep = (n: number) => sql`insert into public.kept (n) values (${n})`;
const broken = sql`select 1 / ${0}::int`;

async function kept(): Promise<number[]> {
  const { rows } = await database.admin.query<{ n: number }>('select n from public.kept order by n');
  return rows.map(({ n }) => n);
}

describe('a burst', () => {
  test('answers each statement by itself, with its rows and what it was', async () => {
    const answers = await send(
      sql`select ${'a'}::text as a union all select 'b'`,
      keep(1),
      sql`select 2 as two where false`,
    );
    expect(answers.map(({ command, rows }) => [command, rows])).toEqual([
      ['SELECT', [{ a: 'a' }, { a: 'b' }]],
      ['INSERT', []],
      ['SELECT', []],
    ]);
  });

  test('sends values as pg does: dates, lists, bytes, nothing', async () => {
    const at = new Date('2026-01-02T03:04:05.678Z');
    const [answer] = await send(
      sql`select ${at}::timestamptz as at, ${['a"b', null]}::text[] as list, ${Buffer.from([1, 2])}::bytea as bytes,
                 ${null}::int as nothing, ${{ a: 1 }}::jsonb as json`,
    );
    expect(answer?.rows).toEqual([
      { at, list: ['a"b', null], bytes: Buffer.from([1, 2]), nothing: null, json: { a: 1 } },
    ]);
  });

  test('[TEN-5] sends nothing that was put together by hand', async () => {
    const forged: Statement = { text: `insert into public.kept (n) values (${7})`, values: [] };
    await expect(send(keep(6), forged)).rejects.toThrow('write the statement with the sql tag');
    expect(await kept()).toEqual([1]);
  });

  test('is one transaction by itself: a statement that fails takes those before it with it', async () => {
    await expect(send(keep(2), broken, keep(3))).rejects.toMatchObject({ code: '22012' });
    expect(await kept()).toEqual([1]);
  });

  test('does not reach COMMIT after a statement that failed', async () => {
    const running = withConnection(pool, async (connection) => {
      await expect(sendBurst(connection, [sql`begin`, keep(4), broken, sql`commit`])).rejects.toMatchObject({
        code: '22012',
      });
      await sendBurst(connection, [sql`rollback`]);
    });
    await running;
    expect(await kept()).not.toContain(4);
  });

  test('fails when what the server does at its end fails, after every statement was answered', async () => {
    await database.admin.query(`
      create table public.late (n integer, unique (n) deferrable initially deferred);
      grant insert on public.late to app_system`);
    const twice = [sql`insert into public.late values (1)`, sql`insert into public.late values (1)`];
    await expect(send(...twice)).rejects.toMatchObject({ code: '23505' });
  });

  test('several at once keep their order and their answers apart', async () => {
    const outcomes = await withConnection(pool, (connection) =>
      Promise.allSettled([
        sendBurst(connection, [sql`select 1 as n`, sql`select 2 as n`]),
        sendBurst(connection, [sql`select 3 as n`, broken]),
        sendBurst(connection, [sql`select 4 as n`, sql`select 5 as n`]),
      ]),
    );
    const rows = outcomes.map((outcome) =>
      outcome.status === 'fulfilled' ? outcome.value.map((answer) => answer.rows as unknown) : 'failed',
    );
    expect(rows).toEqual([[[{ n: 1 }], [{ n: 2 }]], 'failed', [[{ n: 4 }], [{ n: 5 }]]]);
  });

  test('a value that cannot be sent takes what went before with it, and the connection is used again', async () => {
    const value = Object.assign(() => 0, {
      toString: () => {
        throw new Error('not sendable');
      },
    });
    const unsendable = sql`insert into public.kept (n) values (${value})`;
    const pids = [await pid()];
    await expect(send(keep(6), unsendable, keep(7))).rejects.toThrow('not sendable');
    expect(await kept()).toEqual([1]);
    expect([...pids, await pid()]).toEqual([pids[0], pids[0]]);
  });
});

async function pid(): Promise<number> {
  const [answer] = await send(sql`select pg_backend_pid() as pid`);
  return (answer?.rows as { pid: number }[])[0]?.pid ?? 0;
}
