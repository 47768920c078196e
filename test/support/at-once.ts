/** Two calls at the same time, so that the second meets the first in mid-transaction. */
import type { Client } from 'pg';

/**
 * Starts the second call while the first is held before its commit, lets the first go on once the second
 * waits for it (or has ended without), and returns how both ended.
 * @param admin watches who waits
 */
export async function atOnce(
  admin: Client,
  first: (hold: () => Promise<void>) => Promise<unknown>,
  second: () => Promise<unknown>,
): Promise<PromiseSettledResult<unknown>[]> {
  let started: Promise<unknown> | undefined;
  const outcome = first(async () => {
    started = second();
    await untilWaiting(admin, started);
  });
  return Promise.allSettled([outcome, outcome.then(() => started)]);
}

/** Until a session waits for a lock that another one holds: true; or until the call has ended: false. */
export async function untilWaiting(admin: Client, call: Promise<unknown>): Promise<boolean> {
  let ended = false;
  const end = () => void (ended = true);
  call.then(end, end);
  while (!ended) {
    const { rowCount } = await admin.query(
      "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    if (rowCount !== 0) return true;
  }
  return false;
}
