/** Windows end when the clock that they follow says so, and a counter is kept for as long as it may be asked. */
import { describe, expect, test } from '@jest/globals';
import { isOver, minuteWindow, usageWindow } from '#shared/limits/windows.ts';

describe('[LIM-2] days and months are those of the tenant’s time zone', () => {
  // 23:30 on New Year's Eve in UTC: next year in Kuwait, still the old one in New York.
  const now = new Date('2026-12-31T23:30:00Z');

  test.each([
    ['UTC', 'd20261231', 'M202612', 1_800],
    ['Asia/Kuwait', 'd20270101', 'M202701', 77_400],
    ['America/New_York', 'd20261231', 'M202612', 19_800],
    ['Asia/Kathmandu', 'd20270101', 'M202701', 67_500],
  ])('%s', (timeZone, day, month, untilMidnight) => {
    expect(usageWindow('day', timeZone, now)).toEqual({ attribute: day, resetSeconds: untilMidnight });
    expect(usageWindow('month', timeZone, now).attribute).toBe(month);
  });

  test('a day of 23 hours ends an hour sooner', () => {
    const start = new Date('2027-03-28T00:00:00Z');
    expect(usageWindow('day', 'Europe/London', start).resetSeconds).toBe(23 * 3_600);
  });

  test('an hour is the clock’s, whatever the zone', () => {
    expect(usageWindow('hour', 'Asia/Kathmandu', now)).toEqual(usageWindow('hour', 'UTC', now));
  });
});

describe('[LIM-1] a counter is over', () => {
  const now = new Date('2026-12-31T23:30:00Z');
  const { attribute, previous } = minuteWindow(now);

  test('not while it or the minute after it runs', () => {
    expect([attribute, previous, `${previous}login`].map((name) => isOver(name, now))).toEqual([
      false,
      false,
      false,
    ]);
  });

  test('when it cannot be asked for any more, and never what is no counter', () => {
    const before = minuteWindow(new Date(now.getTime() - 120_000)).attribute;
    expect([before, `${before}login`, 'd20261228', 'M202611'].map((name) => isOver(name, now))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['cv', 'nb', 'ttl', 's0123456789abcdef'].map((name) => isOver(name, now))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});
