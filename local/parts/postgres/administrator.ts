/** Work on the database as its administrator, with a session for as long as the work takes. */
import pg from 'pg';

/** Connects, works and disconnects. What was asked fails when the server goes away meanwhile, and nothing else does. */
export async function asAdministrator<T>(
  adminUrl: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 10_000 });
  // The server may end the session while nobody waits for an answer; unheard, that would end this process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
