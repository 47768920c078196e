/**
 * Open-loop load: calls leave at fixed moments, whether or not the ones before were answered, and each is measured
 * from the moment at which it should have left. A server that stalls cannot hide that by slowing its callers down.
 */

/** One call as it was measured; `ms` counts from its scheduled moment. */
export type Measured = { name: string; status: number; ms: number };

export type Outcome = { measured: Measured[]; seconds: number };

/** Makes `rate` calls a second for some seconds, evenly spaced, and waits for all answers. */
export async function arrivals(
  rate: number,
  seconds: number,
  call: () => Promise<{ name: string; status: number }>,
): Promise<Outcome> {
  const total = Math.round(rate * seconds);
  const startedMs = performance.now();
  const measured: Measured[] = [];
  const running = new Set<Promise<void>>();
  const make = async (dueMs: number): Promise<void> => {
    const { name, status } = await call();
    measured.push({ name, status, ms: performance.now() - dueMs });
  };
  await new Promise<void>((resolve) => {
    let next = 0;
    const tick = (): void => {
      const nowMs = performance.now();
      for (; next < total && startedMs + (next * 1000) / rate <= nowMs; next += 1) {
        const made = make(startedMs + (next * 1000) / rate).finally(() => running.delete(made));
        running.add(made);
      }
      if (next === total) resolve();
      else setTimeout(tick, Math.max(0, startedMs + (next * 1000) / rate - performance.now()));
    };
    tick();
  });
  await Promise.all(running);
  return { measured, seconds: (performance.now() - startedMs) / 1000 };
}

/** The value that this share of all values does not exceed. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}
