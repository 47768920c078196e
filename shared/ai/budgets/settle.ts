/**
 * Ends a hold, once: what was reserved and not spent is given back, and what was spent is counted as spent. The
 * ledger decides how much that was. Its row is written first, and whoever comes to end a hold, the call itself or the
 * sweep after a crash, ends it with the amount of that row; so it does not matter who it is, or how often they try.
 */
import { countersOf, type Hold, holdName, keptName, spentName } from './hold.ts';
import { writeItem } from './item.ts';

/**
 * Settles a hold at an amount; nothing is spent when it is 0. Returns the counters of what was spent as they became;
 * undefined when the hold was ended before.
 * @throws Failure `dependency.unavailable` when the table cannot be reached; the sweep ends the hold later
 */
export async function settle(
  hold: Hold,
  spentPico: bigint,
  deadlineMs: number,
): Promise<ReadonlyMap<string, bigint> | undefined> {
  const name = holdName(hold);
  const difference = spentPico - hold.amountPico;
  const changes = [
    ...countersOf(hold).map((counter) => [counter, difference] as const),
    ...countersOf(hold, spentName).map((counter) => [counter, spentPico] as const),
  ].filter(([, by]) => by !== 0n);
  return writeItem(
    hold.tenantId,
    {
      // With what was left beside it while the ledger could not be reached.
      remove: [name, keptName(hold)],
      add: Object.fromEntries(changes),
      when: [(n) => `attribute_exists(${n(name)})`],
    },
    deadlineMs,
  );
}

/**
 * Leaves beside a hold what its row in the ledger shall say, for the sweep: the ledger cannot be reached, and nobody
 * else knows.
 * @throws Failure `dependency.unavailable` when the table cannot be reached either; the hold then expires
 */
export async function keepForLater(hold: Hold, entry: string, deadlineMs: number): Promise<void> {
  const name = holdName(hold);
  await writeItem(
    hold.tenantId,
    { set: { [keptName(hold)]: entry }, when: [(n) => `attribute_exists(${n(name)})`] },
    deadlineMs,
  );
}
