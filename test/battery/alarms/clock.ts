/**
 * The drill's clock. A minute of it passes as fast as it can be filled: calls are made, what is due by a schedule runs,
 * and everything that was counted meanwhile is taken to have been in that minute. So alarms that need a quarter of an
 * hour are tried in a few seconds, with as many values as they would have seen.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { rules } from '#local/template/readers.ts';
import type { BatterySite } from '../support/site.ts';
import { type Counters, openCounters } from './counters.ts';
import { type Samples, sampleStore } from './samples.ts';

const minuteMs = 60_000;
/** Long enough for what functions print to reach their logs. */
const settleMs = 150;
const leastMs = 700;

export type Clock = {
  samples: Samples;
  counters: Counters;
  /** Minutes that have passed. */
  now(): number;
  /** Lets a minute pass, filled with what `load` does. */
  pass(load: (counters: Counters) => Promise<unknown>): Promise<void>;
};

export function startClock(site: BatterySite): Clock {
  const samples = sampleStore();
  const counters = openCounters(site);
  const schedules = dueEvery(site);
  let minute = 0;
  return {
    samples,
    counters,
    now: () => minute,
    pass: async (load) => {
      const startedMs = performance.now();
      const due = schedules.filter(({ everyMinutes }) => minute % everyMinutes === 0);
      // A function that fails is counted as an error of that function; here it needs no more attention.
      await Promise.all([load(counters), ...due.map(({ arn }) => site.stack.functions.invoke(arn, {}))]);
      await sleep(Math.max(settleMs, leastMs - (performance.now() - startedMs)));
      samples.add(await counters.read(minute * minuteMs));
      minute += 1;
    },
  };
}

/** What runs by a schedule. The sweep of old rows has nothing to do with alarms, and its hour is not reached. */
function dueEvery({ stack }: BatterySite): { arn: string; everyMinutes: number }[] {
  return rules(stack.cell).flatMap(({ schedule, targets }) => {
    const [, count, unit] = /^rate\((\d+) (minute|hour)s?\)$/.exec(schedule ?? '') ?? [];
    if (count === undefined) return [];
    const everyMinutes = Number(count) * (unit === 'hour' ? 60 : 1);
    return targets.map(({ arn }) => ({ arn, everyMinutes })).filter(() => everyMinutes < 60);
  });
}
