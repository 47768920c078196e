/** The PostgreSQL server behind testPostgres(): in a temporary folder, fast because nothing needs to survive. */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '#local/parts/postgres/postgres.ts';
import { removeElsewhere } from '#local/parts/postgres/home.ts';
import { identify } from '#local/processes.ts';

const prefix = 'plinth-test-postgres-';

/** Starts a server of our own; `stop` removes its folder as well. */
export async function startTestServer(
  overrides: Record<string, string> = {},
): Promise<{ adminUrl: string; stop(): Promise<void> }> {
  await removeAbandoned();
  const state = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  const remove = async () => {
    await removeElsewhere(state);
    await rm(state, { recursive: true, force: true });
  };
  try {
    const server = await startEmbedded({
      state,
      port: 0,
      log: (line) => console.error(line),
      settings: { ...settings, ...overrides },
    });
    const stop = async () => {
      await server.stop();
      await remove();
    };
    return { adminUrl: server.adminUrl, stop };
  } catch (error) {
    await remove();
    throw error;
  }
}

const settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_connections: '300',
};

/** Folders of test runs that were killed. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(/^plinth-test-postgres-(\d+)-/.exec(name)?.[1]);
    if (!Number.isInteger(pid) || identify(pid) !== undefined) continue;
    const folder = join(tmpdir(), name);
    const found = await stat(folder).catch(() => undefined);
    // A keeper may still be shutting the server down, so fresh ones are left for the next run.
    if (found?.uid !== process.getuid?.() || Date.now() - (found?.mtimeMs ?? 0) < 600_000) continue;
    await removeElsewhere(folder);
    await rm(folder, { recursive: true, force: true });
  }
}
