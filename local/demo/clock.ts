/** The month that demo data is about: the days before the one it was made on, as clocks of a tenant's zone show them. */

const dayMs = 24 * 60 * 60_000;

/** A date in a zone, as the names of counters have it: `20261121`. */
export function dateIn(timeZone: string, at: Date): string {
  // The Swedish way of writing dates is the international one.
  return formatted('sv-SE', { timeZone, dateStyle: 'short' }, at).replaceAll('-', '');
}

/** The hour of the day in a zone. */
export function hourIn(timeZone: string, at: Date): number {
  return Number(formatted('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' }, at));
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Formats are slow to make, and a month asks for thousands of moments. */
function formatted(locale: string, options: Intl.DateTimeFormatOptions, at: Date): string {
  const name = `${locale} ${JSON.stringify(options)}`;
  const format = formats.get(name) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(name, format);
  return format.format(at);
}

/** So many days before, at the same time. */
export function daysBefore(at: Date, days: number): Date {
  return new Date(at.getTime() - days * dayMs);
}

/** Whether people work there at that moment; those of Kuwait rest on Friday and Saturday. */
export function isWorkingTime(timeZone: string, at: Date): boolean {
  const weekday = formatted('en-GB', { timeZone, weekday: 'short' }, at);
  const rest = timeZone === 'Asia/Kuwait' ? ['Fri', 'Sat'] : ['Sat', 'Sun'];
  const hour = hourIn(timeZone, at);
  return !rest.includes(weekday) && hour >= 8 && hour < 18;
}

/** A window under way, by the names that the kernel's counters have: hour, day, month. */
export function windowsAt(timeZone: string, at: Date): { hour: string; day: string; month: string } {
  const date = dateIn(timeZone, at);
  return {
    hour: `h${Math.floor(at.getTime() / (60 * 60_000))}`,
    day: `d${date}`,
    month: `M${date.slice(0, 6)}`,
  };
}
