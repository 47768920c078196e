/**
 * The clock of the local stack: rules with a schedule and EventBridge Scheduler schedules, fired in this process.
 * Rates count from the epoch and not from the start, so that a daily job runs although the stack restarts daily.
 */
import { randomUUID } from 'node:crypto';
import type { Rule, Schedule, Target } from '../../template/signals.ts';
import type { Running } from '../contract.ts';
import { compileShape } from '../events/shape.ts';
import { compileExpression, type NextRun } from './expression.ts';

export type Clock = Running & {
  /** When each schedule runs next, soonest first. */
  upcoming(): { name: string; at: Date }[];
};

type Ticking = { name: string; nextRun: NextRun; tick: (at: Date) => Promise<void> };

/** setTimeout overflows above 24.8 days, and a laptop that slept must look at the clock again. */
const LONGEST_NAP_MS = 60_000;

/** Starts the clock; `fire` hands an event to a target. Throws when an expression is not understood. */
export function startClock(options: {
  region: string;
  accountId: string;
  rules: readonly Rule[];
  schedules: readonly Schedule[];
  fire: (target: Target, event: unknown) => Promise<void>;
  log: (line: string) => void;
}): Clock {
  const tickings = [
    ...options.rules.flatMap((rule) =>
      rule.schedule === undefined ? [] : [fromRule(rule, rule.schedule, options)],
    ),
    ...options.schedules.map((schedule) => fromSchedule(schedule, options)),
  ];
  const timers = new Map<Ticking, NodeJS.Timeout>();

  function plan(ticking: Ticking, after: Date): void {
    const at = ticking.nextRun(after);
    if (at !== undefined) wait(ticking, at);
  }

  function wait(ticking: Ticking, at: Date): void {
    const leftMs = at.getTime() - Date.now();
    const timer = setTimeout(
      () => {
        if (at.getTime() > Date.now()) return wait(ticking, at);
        ticking
          .tick(at)
          .catch((error: unknown) => options.log(`Schedule ${ticking.name} failed: ${String(error)}`));
        plan(ticking, new Date());
      },
      Math.min(Math.max(leftMs, 0), LONGEST_NAP_MS),
    );
    timer.unref();
    timers.set(ticking, timer);
  }

  for (const ticking of tickings) plan(ticking, new Date());
  return {
    upcoming: () =>
      tickings
        .flatMap(({ name, nextRun }) => {
          const at = nextRun(new Date());
          return at === undefined ? [] : [{ name, at }];
        })
        .sort((one, other) => one.at.getTime() - other.at.getTime()),
    stop: async () => {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}

type Place = { region: string; accountId: string; fire: (target: Target, event: unknown) => Promise<void> };

function fromRule(rule: Rule, expression: string, { fire, ...place }: Place): Ticking {
  const targets = rule.targets.map((target) => ({ target, shape: compileShape(target, rule.arn) }));
  return {
    name: rule.name,
    nextRun: named(rule.name, expression, 'UTC'),
    tick: async (at) => {
      const event = scheduledEvent(place, 'aws.events', rule.arn, at, {});
      await Promise.all(targets.map(({ target, shape }) => fire(target, shape(event))));
    },
  };
}

function fromSchedule(schedule: Schedule, { fire, ...place }: Place): Ticking {
  return {
    name: schedule.name,
    nextRun: named(schedule.name, schedule.expression, schedule.timezone),
    tick: async (at) => {
      const { input } = schedule.target;
      const payload: unknown =
        input === undefined
          ? scheduledEvent(place, 'aws.scheduler', schedule.arn, at, '{}')
          : JSON.parse(withContext(input, schedule.arn, at));
      await fire(schedule.target, payload);
    },
  };
}

/** The event that AWS sends on a schedule. A rule's detail is an object, a Scheduler schedule's the text `{}`. */
function scheduledEvent(
  place: { region: string; accountId: string },
  source: string,
  arn: string,
  at: Date,
  detail: unknown,
): Record<string, unknown> {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source,
    account: place.accountId,
    time: seconds(at),
    region: place.region,
    resources: [arn],
    detail,
  };
}

/** Scheduler's context attributes, which it replaces in the input. */
function withContext(input: string, arn: string, at: Date): string {
  return input
    .replaceAll('<aws.scheduler.schedule-arn>', arn)
    .replaceAll('<aws.scheduler.scheduled-time>', seconds(at))
    .replaceAll('<aws.scheduler.execution-id>', randomUUID())
    .replaceAll('<aws.scheduler.attempt-number>', '1');
}

function named(name: string, expression: string, timezone: string): NextRun {
  try {
    return compileExpression(expression, timezone);
  } catch (error) {
    throw new Error(`Schedule ${name}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function seconds(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}
