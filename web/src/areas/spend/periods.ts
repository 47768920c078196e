/** Times to look at spending over, as days of the calendar. */

export type PeriodName = 'day' | 'week' | 'month';

/** How far back each kind of period is looked at. */
const spans: Readonly<Record<PeriodName, number>> = { day: 30, week: 12 * 7, month: 365 };
const dayMs = 24 * 60 * 60 * 1000;

/** From when to when, both included. */
export function spanOf(period: PeriodName, now = new Date()): { from: string; to: string } {
  return { from: dayOf(new Date(now.getTime() - (spans[period] - 1) * dayMs)), to: dayOf(now) };
}

/** The day of a moment where the person is. */
export function dayOf(moment: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

/** The beginnings of all periods from the first that is known, so that quiet days are seen as well. */
export function beginnings(known: readonly string[], period: PeriodName, to: string): string[] {
  const first = known.toSorted()[0];
  if (first === undefined) return [];
  const found: string[] = [];
  for (let day = new Date(`${first}T12:00:00`); dayOf(day) <= to; day = after(day, period))
    found.push(dayOf(day));
  return found;
}

function after(day: Date, period: PeriodName): Date {
  const next = new Date(day);
  if (period === 'month') next.setMonth(next.getMonth() + 1);
  else next.setDate(next.getDate() + (period === 'week' ? 7 : 1));
  return next;
}
