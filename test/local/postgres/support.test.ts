/** The PostgreSQL that tests get: real, shared by the run, one database each. */
import { describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { testPostgres } from '#test/support/postgres.ts';

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows;
  } finally {
    await client.end();
  }
}

describe('test databases', () => {
  test('two databases do not see each other, and a dropped one is gone even while somebody is connected', async () => {
    const postgres = await testPostgres();
    const [one, two] = await Promise.all([postgres.createDatabase(), postgres.createDatabase()]);
    await query(one.url, 'create table a (x int)');
    await expect(query(two.url, 'select * from a')).rejects.toThrow(/relation "a" does not exist/);
    const open = new pg.Client({ connectionString: one.url });
    open.on('error', () => undefined);
    await open.connect();
    await one.drop();
    await expect(query(one.url, 'select 1')).rejects.toThrow(/does not exist/);
    await two.drop();
  });

  test('a template is prepared once however many ask at the same time, and its copies are independent', async () => {
    const postgres = await testPostgres();
    let prepared = 0;
    const prepare = async (url: string) => {
      prepared += 1;
      await query(url, 'create table seed as select 7 as x');
    };
    const names = await Promise.all([1, 2, 3].map(() => postgres.template('support_test', prepare)));
    expect(new Set(names).size).toBe(1);
    expect(prepared).toBe(1);
    const template = names[0] ?? '';
    const copies = await Promise.all([1, 2, 3].map(() => postgres.createDatabase({ template })));
    const [first, second] = copies;
    await query(first?.url ?? '', 'update seed set x = 8');
    expect(await query(second?.url ?? '', 'select x from seed')).toEqual([{ x: 7 }]);
    await Promise.all(copies.map((copy) => copy.drop()));
  });

  test('a template whose preparation fails is not kept', async () => {
    const postgres = await testPostgres();
    const fail = () => Promise.reject(new Error('broken migration'));
    await expect(postgres.template('support_broken', fail)).rejects.toThrow('broken migration');
    const name = await postgres.template('support_broken', async (url) => {
      await query(url, 'create table whole (x int)');
    });
    const copy = await postgres.createDatabase({ template: name });
    expect(await query(copy.url, 'select * from whole')).toEqual([]);
    await copy.drop();
  });
});
