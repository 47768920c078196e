/**
 * Lockout after failed sign-ins, as Cognito does it: the fifth failure locks for one second, each further one
 * doubles that up to 15 minutes, attempts while locked do not count, and 15 quiet minutes forget everything.
 */
import type { DatabaseSync } from 'node:sqlite';
import { AwsError } from '../contract.ts';

const FREE_FAILURES = 5;
const LONGEST_MS = 15 * 60_000;

export type Lockout = {
  /** Throws while the subject is locked. Ask before the check and again after it: guesses made in parallel
   *  must not all be judged because none had failed yet when they began. */
  refuse(subject: string): void;
  fail(subject: string): void;
  clear(subject: string): void;
};

export function lockout(store: DatabaseSync): Lockout {
  const select = store.prepare('SELECT failures, locked_until, expires FROM attempts WHERE subject = ?');
  const write = store.prepare(
    `INSERT INTO attempts (subject, failures, locked_until, expires) VALUES (?, ?, ?, ?)
     ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, locked_until = excluded.locked_until,
       expires = excluded.expires`,
  );
  const remove = store.prepare('DELETE FROM attempts WHERE subject = ?');
  const read = (subject: string): { failures: number; lockedUntil: number } => {
    const row = select.get(subject);
    if (row === undefined || Number(row.expires) <= Date.now()) return { failures: 0, lockedUntil: 0 };
    return { failures: Number(row.failures), lockedUntil: Number(row.locked_until) };
  };

  return {
    refuse(subject) {
      if (read(subject).lockedUntil > Date.now()) {
        throw new AwsError('NotAuthorizedException', 'Password attempts exceeded');
      }
    },
    fail(subject) {
      const now = Date.now();
      const before = read(subject);
      if (before.lockedUntil > now) return;
      const failures = before.failures + 1;
      const lockMs =
        failures < FREE_FAILURES ? 0 : Math.min(1000 * 2 ** (failures - FREE_FAILURES), LONGEST_MS);
      write.run(subject, failures, now + lockMs, now + lockMs + LONGEST_MS);
    },
    clear: (subject) => void remove.run(subject),
  };
}
