/** Times as people say them, exact to whoever points at them. */
import { Text, Tooltip } from '@mantine/core';

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const short = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** `3 hours ago`; the exact time on hover and focus. */
export function When({ at, empty = 'never' }: { at: string | null | undefined; empty?: string }) {
  if (at === null || at === undefined) return <span>{empty}</span>;
  return (
    <Tooltip label={exact.format(new Date(at))}>
      <Text component="time" dateTime={at} inherit style={{ whiteSpace: 'nowrap' }}>
        {sayWhen(at)}
      </Text>
    </Tooltip>
  );
}

/** The distance to a moment in words. */
export function sayWhen(at: string, now = Date.now()): string {
  const seconds = (Date.parse(at) - now) / 1000;
  const [unit, size] = steps.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  if (unit === 'second') return seconds > 0 ? 'in a moment' : 'just now';
  return relative.format(Math.round(seconds / size), unit);
}

/** `21 Nov 2026`. */
export function sayDay(at: string): string {
  return short.format(new Date(at));
}
