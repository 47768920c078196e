/** How long things took, as counts up to fixed limits: such counts can be added, and percentiles cannot. */

/** Upper limits in milliseconds; what took longer than the last is counted behind it. The table has one place each. */
export const limitsMs = [
  ...[5, 10, 20, 30, 50, 75, 100, 150, 200, 300],
  ...[500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000, 30_000],
] as const;

/** No durations at all. */
export function noDurations(): number[] {
  return Array.from({ length: limitsMs.length + 1 }, () => 0);
}

/** The place that a duration is counted in. */
export function placeOf(durationMs: number): number {
  const place = limitsMs.findIndex((limit) => durationMs <= limit);
  return place === -1 ? limitsMs.length : place;
}

/**
 * A percentile, as if what is counted in one place were spread evenly between its limits; the last limit where it is
 * beyond. Null for no durations.
 */
export function percentile(counts: readonly number[], percent: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let before = 0;
  const wanted = (percent / 100) * total;
  for (const [place, count] of counts.entries()) {
    if (count > 0 && before + count >= wanted) {
      const [lower, upper] = [limitsMs[place - 1] ?? 0, limitsMs[place] ?? limitsMs.at(-1) ?? 0];
      return Math.round(lower + (Math.max(0, upper - lower) * (wanted - before)) / count);
    }
    before += count;
  }
  return limitsMs.at(-1) ?? null;
}
