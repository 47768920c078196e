/** The mail that tells an owner what AI has cost. */
import { letter } from '../mail/letter.ts';
import { type Mail, oneLine } from '../mail/mail.ts';
import type { CostTold } from './ai.events.ts';

/** Subject and both bodies. */
export function costMail(told: CostTold, tenantName: string): Omit<Mail, 'to'> {
  const tenant = oneLine(tenantName);
  const { subject, sentences } = told.percent === null ? ofDay(told, tenant) : ofBudget(told, tenant);
  return letter(subject, sentences);
}

type Words = { subject: string; sentences: [string, string] };

function ofDay({ spent, limit }: CostTold, tenant: string): Words {
  return {
    subject: `${tenant}: AI has cost ${dollars(limit)} today`,
    sentences: [
      `Calls of models have cost ${tenant} ${dollars(spent)} today; you asked to be told at ${dollars(limit)}.`,
      'Nothing is stopped. A budget for the day would stop calls when it is spent.',
    ],
  };
}

function ofBudget({ window, percent, spent, limit }: CostTold, tenant: string): Words {
  const span = window === 'day' ? 'today' : 'this month';
  return {
    subject: `${tenant}: ${percent} % of the budget for AI ${span} spent`,
    sentences: [
      `Calls of models have cost ${tenant} ${dollars(spent)} ${span}; its budget is ${dollars(limit)}.`,
      'At the end of the budget calls are refused, or charged as overage, as it says. It can be increased for a while.',
    ],
  };
}

/** To the cent, rounded up. */
function dollars(exact: string): string {
  const [whole = '0', fraction = ''] = exact.split('.');
  const cents = BigInt(whole) * 100n + BigInt(fraction.padEnd(2, '0').slice(0, 2));
  const rounded = /[1-9]/.test(fraction.slice(2)) ? cents + 1n : cents;
  return `$${rounded / 100n}.${String(rounded % 100n).padStart(2, '0')}`;
}
