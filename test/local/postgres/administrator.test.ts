/** The administrator's work when the server goes away: it fails, and nothing else of the process does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { asAdministrator } from '#local/parts/postgres/administrator.ts';
import { testPostgres } from '#test/support/postgres.ts';

test('work fails when the server ends its session, whether or not it asks something at that moment', async () => {
  const postgres = await testPostgres();
  const database = await postgres.createDatabase();
  const terminate = (pid: number) =>
    asAdministrator(postgres.adminUrl, (other) =>
      other.query('select pg_terminate_backend($1, 5000)', [pid]),
    );
  const work = asAdministrator(database.url, async (client) => {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    await terminate(rows[0]?.pid ?? 0);
    // The end of the session arrives while nothing is asked.
    await sleep(50);
    await client.query('select 1');
  });
  await expect(work).rejects.toThrow(/terminat|not queryable|closed/i);
  await database.drop();
  await postgres.stop();
});
