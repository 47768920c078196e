import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type Clock, startClock } from '#local/parts/scheduler/scheduler.ts';
import { compileExpression } from '#local/parts/scheduler/expression.ts';
import type { Rule, Schedule } from '#local/template/signals.ts';

const next = (expression: string, after: string, timezone?: string) =>
  compileExpression(expression, timezone)(new Date(after))?.toISOString();

describe('expressions', () => {
  test.each([
    // 2026-11-21 is a Saturday.
    ['rate(1 minute)', '2026-11-21T05:00:30Z', '2026-11-21T05:01:00.000Z'],
    ['rate(5 minutes)', '2026-11-21T05:00:00Z', '2026-11-21T05:05:00.000Z'],
    ['rate(1 day)', '2026-11-21T05:00:00Z', '2026-11-22T00:00:00.000Z'],
    ['cron(0 12 * * ? *)', '2026-11-21T12:00:00Z', '2026-11-22T12:00:00.000Z'],
    ['cron(15 10 ? * MON-FRI *)', '2026-11-21T05:00:00Z', '2026-11-23T10:15:00.000Z'],
    ['cron(0 8 ? * 1 *)', '2026-11-21T05:00:00Z', '2026-11-22T08:00:00.000Z'],
    ['cron(0 8 ? * 2 *)', '2026-11-21T05:00:00Z', '2026-11-23T08:00:00.000Z'],
    ['cron(0/10 * ? * 2-6 *)', '2026-11-23T08:01:00Z', '2026-11-23T08:10:00.000Z'],
    ['cron(5/20 * * * ? *)', '2026-11-23T08:30:00Z', '2026-11-23T08:45:00.000Z'],
    ['cron(0 0 L * ? *)', '2026-11-21T05:00:00Z', '2026-11-30T00:00:00.000Z'],
    ['cron(0 9 ? * 2#1 *)', '2026-11-21T05:00:00Z', '2026-12-07T09:00:00.000Z'],
    ['cron(0 9 ? * 6L *)', '2026-11-21T05:00:00Z', '2026-11-27T09:00:00.000Z'],
    ['cron(0 9 3W * ? *)', '2026-12-21T05:00:00Z', '2027-01-04T09:00:00.000Z'],
    ['cron(0 0 1 1 ? 2028)', '2026-11-21T05:00:00Z', '2028-01-01T00:00:00.000Z'],
    ['at(2026-11-22T10:00:00)', '2026-11-21T05:00:00Z', '2026-11-22T10:00:00.000Z'],
  ])('[ARC-2] %s after %s runs at %s', (expression, after, expected) => {
    expect(next(expression, after)).toBe(expected);
  });

  test('[ARC-2] a schedule keeps to its time zone', () => {
    expect(next('cron(0 2 * * ? *)', '2026-11-21T05:00:00Z', 'Europe/Berlin')).toBe(
      '2026-11-22T01:00:00.000Z',
    );
    expect(next('at(2026-11-22T10:00:00)', '2026-11-21T05:00:00Z', 'America/New_York')).toBe(
      '2026-11-22T15:00:00.000Z',
    );
  });

  test('[ARC-2] a time that has passed never runs', () => {
    expect(next('at(2020-01-01T00:00:00)', '2026-11-21T05:00:00Z')).toBeUndefined();
    expect(next('cron(0 0 1 1 ? 2020)', '2026-11-21T05:00:00Z')).toBeUndefined();
  });

  test.each([
    'rate(1 minutes)',
    'rate(5 minute)',
    'rate(0 minutes)',
    'rate(1 week)',
    'cron(* * * * *)',
    'cron(0 12 * * * *)',
    'cron(0 12 ? * ? *)',
    'cron(99 12 * * ? *)',
    'at(tomorrow)',
    'every day',
  ])('[ARC-2] %s is refused, as AWS refuses it', (expression) => {
    expect(() => compileExpression(expression)).toThrow();
  });
});

describe('the clock', () => {
  let clock: Clock | undefined;
  const fired: { arn: string; event: unknown }[] = [];
  const lines: string[] = [];
  beforeEach(() => {
    fired.length = 0;
    lines.length = 0;
    jest.useFakeTimers({ now: new Date('2026-11-21T05:00:30Z') });
  });
  afterEach(async () => {
    await clock?.stop();
    jest.useRealTimers();
  });

  const rule: Rule = {
    name: 'sweep',
    arn: 'arn:rule/sweep',
    bus: 'default',
    schedule: 'rate(1 minute)',
    targets: [{ arn: 'arn:fn' }],
  };
  const schedule: Schedule = {
    name: 'digest',
    arn: 'arn:schedule/digest',
    group: 'default',
    expression: 'cron(2 5 * * ? *)',
    timezone: 'UTC',
    target: { arn: 'arn:queue', input: '{"at":"<aws.scheduler.scheduled-time>"}' },
  };
  const start = (rules: Rule[], schedules: Schedule[], fails = false) => {
    clock = startClock({
      region: 'us-east-1',
      accountId: '000000000000',
      rules,
      schedules,
      fire: async (target, event) => {
        fired.push({ arn: target.arn, event });
        if (fails) throw new Error('target is down');
      },
      log: (line) => void lines.push(line),
    });
    return clock;
  };

  test('[ARC-2] a rule fires every minute with the event that AWS sends, until the clock stops', async () => {
    start([rule], []);
    await jest.advanceTimersByTimeAsync(29_000);
    expect(fired).toEqual([]);
    await jest.advanceTimersByTimeAsync(121_000);
    expect(fired).toHaveLength(3);
    expect(fired[0]).toEqual({
      arn: 'arn:fn',
      event: {
        version: '0',
        id: expect.any(String),
        'detail-type': 'Scheduled Event',
        source: 'aws.events',
        account: '000000000000',
        time: '2026-11-21T05:01:00Z',
        region: 'us-east-1',
        resources: ['arn:rule/sweep'],
        detail: {},
      },
    });
    await clock?.stop();
    await jest.advanceTimersByTimeAsync(600_000);
    expect(fired).toHaveLength(3);
  });

  test('[ARC-2] a schedule sends its own input with the time filled in', async () => {
    start([], [schedule]);
    await jest.advanceTimersByTimeAsync(120_000);
    expect(fired).toEqual([{ arn: 'arn:queue', event: { at: '2026-11-21T05:02:00Z' } }]);
  });

  test('[ARC-2] a target that fails is reported and fired again next time', async () => {
    start([rule], [], true);
    await jest.advanceTimersByTimeAsync(91_000);
    expect(fired).toHaveLength(2);
    expect(lines[0]).toContain('Schedule sweep failed: Error: target is down');
  });

  test('[ARC-2] what comes next is known, soonest first, and nonsense stops the start by name', () => {
    expect(
      start([rule], [schedule])
        .upcoming()
        .map(({ name }) => name),
    ).toEqual(['sweep', 'digest']);
    expect(() => start([{ ...rule, schedule: 'rate(soon)' }], [])).toThrow(
      'Schedule sweep: Unknown rate soon',
    );
  });
});
