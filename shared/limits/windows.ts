/** The windows that limits are counted in, and when each ends. A window names its counter. */
import type { UsageWindow } from '../config/plans.ts';

/** One window: the attribute that counts in it, and the seconds until the next one begins. */
export type Window = { attribute: string; resetSeconds: number };

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** The clock's minute; `previous` is the attribute of the one before. */
export function minuteWindow(now: Date): Window & { previous: string } {
  const minute = Math.floor(now.getTime() / minuteMs);
  return {
    attribute: `m${minute}`,
    previous: `m${minute - 1}`,
    resetSeconds: secondsUntil((minute + 1) * minuteMs, now),
  };
}

/** A window with its ends. */
export type Period = { attribute: string; startsAt: Date; resetsAt: Date };

/** A window that this instance was last in; calendars are slow, and every request asks. */
type Current = { attribute: string; fromMs: number; untilMs: number };

const current = new Map<string, Current>();

/** The clock's hour, or the day or month of a time zone (LIM-2). */
export function usageWindow(window: UsageWindow, timeZone: string, now: Date): Window {
  const name = `${window} ${timeZone}`;
  let found = current.get(name);
  if (found === undefined || now.getTime() < found.fromMs || now.getTime() >= found.untilMs) {
    found = { ...windowAt(window, timeZone, now), fromMs: now.getTime() };
    current.set(name, found);
  }
  return { attribute: found.attribute, resetSeconds: secondsUntil(found.untilMs, now) };
}

/** The same window, from where to where: for people to read, and slower. */
export function usagePeriod(window: UsageWindow, timeZone: string, now: Date): Period {
  const { attribute, untilMs } = windowAt(window, timeZone, now);
  return { attribute, startsAt: startOf(window, timeZone, now), resetsAt: new Date(untilMs) };
}

function startOf(window: UsageWindow, timeZone: string, now: Date): Date {
  if (window === 'hour') return new Date(Math.floor(now.getTime() / hourMs) * hourMs);
  const { year, month, day } = dateIn(timeZone, now);
  return new Date(startOfDay(timeZone, year, month, window === 'day' ? day : 1));
}

function windowAt(window: UsageWindow, timeZone: string, now: Date): Omit<Current, 'fromMs'> {
  if (window === 'hour') {
    const hour = Math.floor(now.getTime() / hourMs);
    return { attribute: `h${hour}`, untilMs: (hour + 1) * hourMs };
  }
  const { year, month, day } = dateIn(timeZone, now);
  if (window === 'day') {
    return {
      attribute: `d${digits(year, month, day)}`,
      untilMs: startOfDay(timeZone, year, month, day + 1),
    };
  }
  return { attribute: `M${digits(year, month)}`, untilMs: startOfDay(timeZone, year, month + 1, 1) };
}

/** Whether a counter belongs to a window that is over; what is no counter is kept. */
export function isOver(attribute: string, now: Date): boolean {
  const [, kind = '', number = ''] = /^([mhdM])(\d+)/.exec(attribute) ?? [];
  const count = Number(number);
  // A day's grace: the zones of the world differ by 26 hours.
  const yesterday = new Date(now.getTime() - 2 * 24 * hourMs);
  switch (kind) {
    case 'm':
      return count < Math.floor(now.getTime() / minuteMs) - 1;
    case 'h':
      return count < Math.floor(now.getTime() / hourMs);
    case 'd':
      return count < Number(digits(...utc(yesterday)));
    case 'M':
      return count < Number(digits(...utc(yesterday).slice(0, 2)));
    default:
      return false;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Date and time as a clock in that zone shows them. */
function clockIn(timeZone: string, at: Date): Record<string, number> {
  let format = formats.get(timeZone);
  if (format === undefined) {
    const two = '2-digit';
    format = new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: two, day: two },
      ...{ hour: two, minute: two, second: two },
    });
    formats.set(timeZone, format);
  }
  return Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
}

function dateIn(timeZone: string, at: Date): { year: number; month: number; day: number } {
  const { year = 0, month = 0, day = 0 } = clockIn(timeZone, at);
  return { year, month, day };
}

/** The moment at which a day begins in a zone, in epoch milliseconds; months and days may overflow. */
function startOfDay(timeZone: string, year: number, month: number, day: number): number {
  const wanted = Date.UTC(year, month - 1, day);
  // The zone's offset at the wanted moment is known only once that moment is: two steps settle it.
  const first = wanted - offsetMs(timeZone, wanted);
  return wanted - offsetMs(timeZone, first);
}

/** How far the zone's clock is ahead of UTC. */
function offsetMs(timeZone: string, atMs: number): number {
  const at = new Date(Math.floor(atMs / 1000) * 1000);
  const { year = 0, month = 1, day = 0, hour = 0, minute = 0, second = 0 } = clockIn(timeZone, at);
  return Date.UTC(year, month - 1, day, hour, minute, second) - at.getTime();
}

function utc(at: Date): [number, number, number] {
  return [at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate()];
}

function digits(...[year, ...rest]: number[]): string {
  return `${year}${rest.map((part) => String(part).padStart(2, '0')).join('')}`;
}

function secondsUntil(atMs: number, now: Date): number {
  return Math.max(1, Math.ceil((atMs - now.getTime()) / 1000));
}
