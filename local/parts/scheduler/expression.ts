/** AWS schedule expressions: `rate(5 minutes)`, `cron(min hour day month weekday year)`, `at(yyyy-mm-ddThh:mm:ss)`. */
import { Cron } from 'croner';

/** The next time after a moment, or `undefined` when there is none. */
export type NextRun = (after: Date) => Date | undefined;

const UNIT_MS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Compiles an expression; throws when it is not one that AWS accepts. */
export function compileExpression(expression: string, timezone = 'UTC'): NextRun {
  const [, kind, content = ''] = /^(rate|cron|at)\((.*)\)$/.exec(expression.trim()) ?? [];
  if (kind === 'rate') return rate(content);
  if (kind === 'cron') {
    // Sloppy ranges are AWS's `0/10`: from 0, every 10.
    return runsOf(
      new Cron(toCroner(content), {
        timezone,
        mode: '7-part',
        alternativeWeekdays: true,
        sloppyRanges: true,
        paused: true,
      }),
    );
  }
  if (kind === 'at' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(content)) {
    return runsOf(new Cron(content, { timezone, paused: true }));
  }
  throw new Error(`Unknown schedule expression ${expression}`);
}

function rate(content: string): NextRun {
  const [, count = '', unit = '', plural] = /^(\d+) (minute|hour|day)(s?)$/.exec(content) ?? [];
  const unitMs = UNIT_MS[unit];
  // AWS insists on `1 minute` and `2 minutes`.
  if (unitMs === undefined || Number(count) === 0 || (Number(count) === 1) !== (plural === '')) {
    throw new Error(`Unknown rate ${content}`);
  }
  const periodMs = Number(count) * unitMs;
  return (after) => new Date((Math.floor(after.getTime() / periodMs) + 1) * periodMs);
}

/** AWS has no seconds, wants a `?` in one of the two day fields, and counts weekdays from Sunday = 1. */
function toCroner(content: string): string {
  const fields = content.trim().split(/\s+/);
  const [minute, hour, day, month, weekday, year] = fields;
  if (fields.length !== 6)
    throw new Error(`A cron expression has six fields, not ${fields.length}: ${content}`);
  if ((day === '?') === (weekday === '?')) {
    throw new Error(`Exactly one of day-of-month and day-of-week must be ?: ${content}`);
  }
  // `5L` is the last Thursday of the month, which croner writes `5#L`.
  const last = weekday?.replace(/^(\d|[A-Z]{3})L$/i, '$1#L');
  return ['0', minute, hour, any(day), month, any(last), year].join(' ');
}

function any(field: string | undefined): string {
  return field === '?' ? '*' : (field ?? '*');
}

function runsOf(cron: Cron): NextRun {
  return (after) => cron.nextRun(after) ?? undefined;
}
