/** Reads what people write as arguments; whatever cannot be read is a mistake of usage. */
import { InvalidArgumentError } from 'commander';

/** The most rows to show, for `--limit`. */
export function rowCount(text: string): number {
  return positive(text, 10_000);
}

/** A whole number from 1 on. */
export function positive(text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`);
}

const units: Readonly<Record<string, number>> = { m: 60, h: 60 * 60, d: 24 * 60 * 60, w: 7 * 24 * 60 * 60 };

/** A length of time in seconds: `30m`, `12h`, `90d`, `2w`. */
export function duration(text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  const seconds = Number(digits) * (units[unit] ?? 0);
  if (seconds > 0) return seconds;
  throw new InvalidArgumentError('It must be a length of time such as 30m, 12h, 90d or 2w.');
}

/** A moment: a date, a time with its zone, or a length of time from now, ahead or back. */
export function momentFrom(now: Date, direction: 1 | -1): (text: string) => Date {
  return (text) => {
    if (/^\d+[mhdw]$/.test(text)) return new Date(now.getTime() + direction * duration(text) * 1_000);
    const at = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(text) ? new Date(text) : undefined;
    if (at !== undefined && !Number.isNaN(at.getTime())) return at;
    throw new InvalidArgumentError(
      'It must be a date, a time with its zone, or a length of time such as 90d.',
    );
  };
}

/** A day of the calendar: `2026-11-01`. */
export function calendarDay(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw new InvalidArgumentError('It must be a date such as 2026-11-01.');
}
