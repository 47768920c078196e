/** What can be done to a stack's database, and how it is undone. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { currentData } from '#local/parts/postgres/home.ts';
import { readPostmaster } from '#local/parts/postgres/leftover.ts';
import { type Postgres, startEmbedded } from '#local/parts/postgres/postgres.ts';
import type { WholeStack } from '#test/support/whole-stack.ts';
import { end, freeze } from './processes.ts';

/** Undoes what was done. */
export type Undo = () => Promise<void>;

export type DatabaseFaults = {
  /** Shut down in order, or killed: gone, and started again on the same folder and port. */
  down: (how: 'SIGINT' | 'SIGKILL') => Promise<Undo>;
  /** Silent: connections stay, nothing answers. */
  silent: () => Promise<Undo>;
  /** Answers in bursts: seven tenths of each second it stands still. */
  slow: () => Promise<Undo>;
  /** Another session holds a table that every request reads. */
  locked: () => Promise<Undo>;
  /** Every connection slot is taken, and nobody keeps the one they had. */
  full: () => Promise<Undo>;
  /** Stops a server that `down` started. */
  stop: () => Promise<void>;
};

/** Faults of this stack's database. */
export function databaseFaults({ state, adminUrl }: Pick<WholeStack, 'state' | 'adminUrl'>): DatabaseFaults {
  let own: Postgres | undefined;
  const postmaster = async (): Promise<number> => {
    const found = readPostmaster(await currentData(state));
    if (found === undefined) throw new Error('the stack has no database');
    return found.pid;
  };
  return {
    down: async (how) => {
      await end(await postmaster(), how);
      return async () => {
        own = await startEmbedded({ state, port: Number(new URL(adminUrl).port), log: () => undefined });
      };
    },
    silent: async () => {
      const { thaw } = freeze(await postmaster());
      return async () => thaw();
    },
    slow: async () => {
      const pid = await postmaster();
      let going = true;
      const bursts = (async () => {
        while (going) {
          const { thaw } = freeze(pid);
          await sleep(700);
          thaw();
          await sleep(300);
        }
      })();
      return async () => {
        going = false;
        await bursts;
      };
    },
    locked: async () => {
      const holder = await connect(adminUrl);
      await holder.query('begin; lock table app.tenants in access exclusive mode');
      return () => holder.end();
    },
    full: () => fill(adminUrl),
    stop: async () => own?.stop(),
  };
}

async function fill(adminUrl: string): Promise<Undo> {
  const watcher = await connect(adminUrl);
  const taken: pg.Client[] = [];
  const endLogins = () =>
    watcher.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename like 'app\\_%'`);
  await endLogins();
  for (;;) {
    try {
      taken.push(await connect(adminUrl));
    } catch (error) {
      if ((error as { code?: string }).code !== '53300') throw error;
      // Somebody may have been quicker than we were.
      const { rowCount } = await endLogins();
      if (rowCount === 0) break;
    }
  }
  return async () => {
    await Promise.all([...taken, watcher].map((client) => client.end()));
  };
}

/** A superuser's session that survives the end of its server. */
async function connect(adminUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: adminUrl });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
