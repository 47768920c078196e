/** Six-digit confirmation codes sent by e-mail: stored hashed, short-lived, few tries, few sends. */
import { randomInt, timingSafeEqual } from 'node:crypto';
import { AwsError } from '../contract.ts';
import type { Pool } from './settings.ts';

export type CodeKind = 'signup' | 'reset';

const HOUR_MS = 3_600_000;
const VALID_MS: Record<CodeKind, number> = { signup: 24 * HOUR_MS, reset: HOUR_MS };
const MOST_TRIES = 5;
const SENDS_PER_HOUR = 5;

export type Codes = {
  /** A new code in place of any earlier one. */
  issue(sub: string, kind: CodeKind): string;
  /** Uses the code up, or throws CodeMismatchException, ExpiredCodeException or LimitExceededException. */
  redeem(sub: string | undefined, kind: CodeKind, code: string): void;
  /** Counts one message to an address, known or not, and throws LimitExceededException beyond five an hour. */
  countSend(email: string, kind: CodeKind): void;
};

export function codes(pool: Pool): Codes {
  const { store, keys } = pool;
  const put = store.prepare(
    'INSERT OR REPLACE INTO codes (sub, kind, hash, tries, expires) VALUES (?, ?, ?, 0, ?)',
  );
  const select = store.prepare('SELECT hash, tries, expires FROM codes WHERE sub = ? AND kind = ?');
  const countTry = store.prepare('UPDATE codes SET tries = tries + 1 WHERE sub = ? AND kind = ?');
  const remove = store.prepare('DELETE FROM codes WHERE sub = ? AND kind = ?');
  const sent = store.prepare('SELECT count(*) AS n FROM sends WHERE subject = ? AND at > ?');
  const addSend = store.prepare('INSERT INTO sends (subject, at, expires) VALUES (?, ?, ?)');
  const hash = (sub: string, kind: CodeKind, code: string): string =>
    keys.mac('code', `${kind}.${sub}.${code}`);

  return {
    issue(sub, kind) {
      const code = String(randomInt(1_000_000)).padStart(6, '0');
      put.run(sub, kind, hash(sub, kind, code), Date.now() + VALID_MS[kind]);
      return code;
    },
    redeem(sub, kind, code) {
      const row = sub === undefined ? undefined : select.get(sub, kind);
      if (sub === undefined || row === undefined || Number(row.expires) <= Date.now()) {
        throw new AwsError('ExpiredCodeException', 'Invalid code provided, please request a code again.');
      }
      // Count before comparing: guesses in parallel must not share one try.
      if (Number(row.tries) >= MOST_TRIES) throw tooMany();
      countTry.run(sub, kind);
      if (!timingSafeEqual(Buffer.from(String(row.hash)), Buffer.from(hash(sub, kind, code.trim())))) {
        throw new AwsError('CodeMismatchException', 'Invalid verification code provided, please try again.');
      }
      remove.run(sub, kind);
    },
    countSend(email, kind) {
      const subject = `${kind}:${email}`;
      const now = Date.now();
      if (Number(sent.get(subject, now - HOUR_MS)?.n) >= SENDS_PER_HOUR) throw tooMany();
      addSend.run(subject, now, now + HOUR_MS);
    },
  };
}

function tooMany(): AwsError {
  return new AwsError('LimitExceededException', 'Attempt limit exceeded, please try after some time.');
}
