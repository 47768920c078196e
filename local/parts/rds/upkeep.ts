/** Keeps base backups fresh while the stack runs. */
import type { Running } from '../contract.ts';

const hourMs = 3_600_000;

export type Upkeep = Running & {
  /** Resolves after the first round. */
  first: Promise<void>;
};

/** Runs `maintain` a while after the start, then hourly; a round that fails is said and tried again. */
export function upkeepOf(
  maintain: () => Promise<void>,
  { afterMs, log }: { afterMs: number; log: (line: string) => void },
): Upkeep {
  const { promise: first, resolve: onFirst } = Promise.withResolvers<void>();
  let round = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const next = (waitMs: number) => {
    timer = setTimeout(() => {
      round = maintain()
        .catch((error: unknown) => log(`Base backup of the database: ${String(error)}`))
        .then(() => {
          onFirst();
          if (!stopped) next(hourMs);
        });
    }, waitMs);
    timer.unref();
  };
  next(afterMs);
  return {
    first,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await round;
    },
  };
}
