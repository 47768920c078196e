/** Following a list that is read newest first, so that each event comes once and none is left out. */

type Event = { id: string; occurredAt: string };

/**
 * How far back each look goes. An event carries the time at which its transaction began, so one that took longer
 * appears after others that are younger.
 */
const overlapMs = 60_000;

/**
 * A function that reads what is new since it was last called, oldest first.
 * @param read reads all events from that time on, newest first
 * @param shown what was shown before
 * @param startedAt from when on, where nothing was shown
 */
export function follower<E extends Event>(
  read: (from: string) => Promise<E[]>,
  shown: readonly E[],
  startedAt: Date,
): () => Promise<E[]> {
  const seen = new Map(shown.map((event) => [event.id, Date.parse(event.occurredAt)]));
  // Whatever is older than what was shown is not wanted: it was left out on purpose.
  let wantedFromMs = shown.length === 0 ? startedAt.getTime() : Math.min(...seen.values());
  let newestMs = Math.max(startedAt.getTime(), ...seen.values());
  return async () => {
    const fromMs = Math.max(wantedFromMs, newestMs - overlapMs);
    const found = await read(new Date(fromMs).toISOString());
    const fresh = found.filter(({ id }) => !seen.has(id)).reverse();
    for (const { id, occurredAt } of fresh) seen.set(id, Date.parse(occurredAt));
    newestMs = Math.max(newestMs, ...fresh.map(({ occurredAt }) => Date.parse(occurredAt)));
    wantedFromMs = Math.max(wantedFromMs, newestMs - overlapMs);
    for (const [id, atMs] of seen) if (atMs < wantedFromMs) seen.delete(id);
    return fresh;
  };
}
