/** What the alarms did while something was broken: which rang, how soon, and whether they fell silent again. */
import type { Alarm } from './evaluator.ts';
import type { Samples } from './samples.ts';

const minuteMs = 60_000;

/** A stretch of the drill, in minutes of its clock: broken from `from`, repaired at `repaired`, over at `to`. */
export type Phase = {
  name: string;
  from: number;
  repaired: number;
  to: number;
  /** How long it takes the fault to show: a message fails a few times before it is put aside. */
  showsAfter?: number;
  /** Alarms that have to ring, by the name after the cell's; a `*` at the end stands for anything. */
  must: readonly string[];
  /** Alarms that may. */
  may: readonly string[];
};

export type Verdict = {
  /** Alarms that rang, in the order in which they did, with the minutes from the fault. */
  rang: { name: string; afterMinutes: number }[];
  silent: string[];
  /** Those that took longer than their periods and the minute in which the fault began or showed. */
  late: string[];
  strange: string[];
  /** Those that still ring at the end. */
  stuck: string[];
};

/** Judges a phase by the values that came in. */
export function judge(alarms: readonly Alarm[], samples: Samples, phase: Phase): Verdict {
  const verdict: Verdict = { rang: [], silent: [], late: [], strange: [], stuck: [] };
  for (const alarm of alarms) {
    const name = shortName(alarm.name);
    const first = firstRing(alarm, samples, phase);
    const isWanted = phase.must.some((pattern) => fits(pattern, name));
    if (first === undefined) continue;
    verdict.rang.push({ name, afterMinutes: first - phase.from });
    if (!isWanted && !phase.may.some((pattern) => fits(pattern, name))) verdict.strange.push(name);
    const dueMs = alarm.windowMs + minuteMs * (1 + (phase.showsAfter ?? 0));
    if (isWanted && (first - phase.from) * minuteMs > dueMs) verdict.late.push(name);
    if (alarm.stateAt(samples, phase.to * minuteMs) === 'ALARM') verdict.stuck.push(name);
  }
  verdict.rang.sort((one, other) => one.afterMinutes - other.afterMinutes);
  verdict.silent = phase.must.filter((pattern) => !verdict.rang.some(({ name }) => fits(pattern, name)));
  return verdict;
}

/** What is wrong with a verdict, one sentence each. */
export function complaints({ silent, late, strange, stuck }: Verdict): string[] {
  return [
    ...silent.map((name) => `${name} did not ring`),
    ...late.map((name) => `${name} rang too late`),
    ...strange.map((name) => `${name} rang without a reason`),
    ...stuck.map((name) => `${name} still rings`),
  ];
}

/** `plinth-dev-us-ApiErrors` is `ApiErrors`. */
export function shortName(name: string): string {
  return name.replace(/^plinth-[a-z]+-[a-z]+-/, '');
}

function firstRing(alarm: Alarm, samples: Samples, { from, to }: Phase): number | undefined {
  for (let minute = from + 1; minute <= to; minute += 1) {
    if (alarm.stateAt(samples, minute * minuteMs) === 'ALARM') return minute;
  }
  return undefined;
}

function fits(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
