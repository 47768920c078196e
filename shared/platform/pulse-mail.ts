/** The mail with the figures of a week: a line for each, as text and as a table. */
import { html, type Mail } from '../mail/mail.ts';
import type { Fleet } from './fleet.contract.ts';

/**
 * Subject and both bodies.
 * @param week its Monday
 */
export function pulseMail(fleet: Fleet, week: string): Omit<Mail, 'to'> {
  const lines = linesOf(fleet);
  const subject = `The fleet in the week of ${week}`;
  return {
    subject,
    text: `${subject}\n\n${lines.map(([name, value]) => `${name}: ${value}`).join('\n')}\n`,
    html: `<!doctype html><html lang="en"><body>${html`<h1>${subject}</h1>`}<table>${lines
      .map(
        ([name, value]) =>
          html`<tr>
            <th align="left">${name}</th>
            <td>${value}</td>
          </tr>`,
      )
      .join('')}</table></body></html>`,
  };
}

type Line = readonly [name: string, value: string];

function linesOf({
  tenants,
  provisioning,
  api,
  unwatched,
  deadLetters,
  revenue,
  backups,
  drills,
}: Fleet): Line[] {
  const [before, current] = tenants.newByWeek.slice(-2);
  const { ai } = revenue;
  return [
    ['Tenants', count.format(tenants.total)],
    ['New last week', count.format(before?.tenants ?? 0)],
    ['New this week so far', count.format(current?.tenants ?? 0)],
    [
      'Time until a tenant is there, p95',
      provisioning.p95Ms === null
        ? absent(unwatched)
        : `${seconds(provisioning.p95Ms)} on ${provisioning.day ?? ''}; promised are ${seconds(provisioning.lineMs)}`,
    ],
    ['Uptime in thirty days', percent(api.uptimePercent, unwatched)],
    ['Calls in thirty days', api.calls === null ? absent(unwatched) : count.format(api.calls)],
    ['Answered with an error', percent(api.errorPercent, unwatched)],
    [
      'Latency, p95 of the latest day',
      api.p95Ms === null ? absent(unwatched) : `${count.format(api.p95Ms)} ms`,
    ],
    ['Messages that were put aside', count.format(deadLetters)],
    [`AI in ${revenue.month}`, `cost ${ai.cost}, charged ${ai.charged}, margin ${ai.margin} USD`],
    ['Subscriptions', 'not billed yet'],
    [
      'Tenants with a backup of the last 26 hours',
      `${backups.covered} of ${backups.due} (${percent(backups.coveredPercent)})`,
    ],
    ['Backups that failed in seven days', count.format(backups.failed)],
    ['Last rehearsed restore', drills.lastPassedAt?.slice(0, 10) ?? 'none has passed'],
    ['Its RTO and RPO', `${timeOf(drills.rtoSeconds)} and ${timeOf(drills.rpoSeconds)}`],
    ['Rehearsals that failed in ninety days', count.format(drills.failed)],
  ];
}

const count = new Intl.NumberFormat('en-GB');

function absent(reason: string | null): string {
  return reason ?? 'nothing was counted';
}

function percent(value: number | null, reason: string | null = null): string {
  return value === null ? absent(reason) : `${value} %`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

function timeOf(value: number | null): string {
  if (value === null) return 'unknown';
  return value < 7_200 ? `${Math.round(value)} s` : `${Math.round(value / 360) / 10} h`;
}
