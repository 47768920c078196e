/**
 * How many sessions a person may have (IDN-4). They stand in one item, which every request pays for by its size: with
 * one too many the oldest end. Whatever signed in up to a certain second is over then, and need not be listed any more.
 */
import { mostSessions, sessionLifetimes } from '../config/sessions.ts';
import type { Counts } from './counters.ts';
import { send, updateOf } from './item.ts';
import type { GateKey } from './keys.ts';
import { isSessionEnd, notBefore, sessionAttributesOf } from './session-attributes.ts';

/**
 * Ends the oldest of a person's sessions when there are too many; costs a trip then, and nothing otherwise.
 * @param counts the person's item as it is now
 * @throws Failure `dependency.unavailable` when the table cannot be reached
 */
export async function capSessions(key: GateKey, counts: Counts, deadlineMs: number): Promise<void> {
  const sessions = Object.keys(counts)
    .filter(isSessionEnd)
    .map((absolute) => ({ absolute, startedAt: (counts[absolute] ?? 0) - sessionLifetimes.absolute }))
    .toSorted((one, other) => other.startedAt - one.startedAt);
  const newestTooMany = sessions[mostSessions];
  if (newestTooMany === undefined) return;
  const until = newestTooMany.startedAt;
  const update = updateOf(key);
  update.set(notBefore, until);
  update.unless((n, v) => `${n(notBefore)} > ${v(until)}`);
  for (const { absolute, startedAt } of sessions) {
    if (startedAt > until) continue;
    for (const attribute of sessionAttributesOf(absolute)) update.remove(attribute);
  }
  await send(update, deadlineMs);
}
