/** What the hosted pages remember between two forms of one sign-in: the address, a challenge, a notice. */
import type { DatabaseSync } from 'node:sqlite';

export type Flow = { email: string | undefined; session: string | undefined; notice: string | undefined };

export type Flows = {
  read(uid: string): Flow;
  write(uid: string, patch: Partial<Flow>): void;
  /** Whether this sign-in is seen for the first time; from then on it is not. */
  begin(uid: string): boolean;
  /** The notice, once. */
  takeNotice(uid: string): string | undefined;
};

const VALID_MS = 3_600_000;

export function flows(store: DatabaseSync): Flows {
  const select = store.prepare('SELECT email, session, notice FROM flows WHERE uid = ? AND expires > ?');
  const put = store.prepare(
    'INSERT OR REPLACE INTO flows (uid, email, session, notice, expires) VALUES (?, ?, ?, ?, ?)',
  );
  const add = store.prepare('INSERT INTO flows (uid, expires) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const read = (uid: string): Flow => {
    const row = select.get(uid, Date.now());
    const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
    return { email: text(row?.email), session: text(row?.session), notice: text(row?.notice) };
  };
  const write = (uid: string, patch: Partial<Flow>): void => {
    const flow = { ...read(uid), ...patch };
    put.run(uid, flow.email ?? null, flow.session ?? null, flow.notice ?? null, Date.now() + VALID_MS);
  };
  return {
    read,
    write,
    begin: (uid) => Number(add.run(uid, Date.now() + VALID_MS).changes) === 1,
    takeNotice(uid) {
      const { notice } = read(uid);
      if (notice !== undefined) write(uid, { notice: undefined });
      return notice;
    },
  };
}
