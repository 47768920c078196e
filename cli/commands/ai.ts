/** What AI costs the tenant, and its budgets. */
import { Option } from 'commander';
import { calendarDay } from '../arguments.ts';
import type { Group, Run } from '../command.ts';
import type { Style } from '../table.ts';
import { count } from '../text.ts';

const groupings = ['total', 'feature', 'user', 'model', 'provider', 'api_key'] as const;
const periods = ['day', 'week', 'month'] as const;

export const addAi: Group = (program, run) => {
  const ai = program.command('ai').description('What AI costs the tenant');
  ai.command('costs')
    .description('Costs of model calls by day, week or month; this month by default')
    .addOption(new Option('--by <what>', 'one line for each').choices(groupings).default('total'))
    .addOption(new Option('--period <period>').choices(periods).default('day'))
    .option('--from <date>', 'the first day', calendarDay)
    .option('--to <date>', 'the last day', calendarDay)
    .action(run((self, options: CostOptions) => costs(self, options)));
  ai.command('budgets')
    .description('Budgets, with what is spent and reserved of each')
    .action(run((self) => budgets(self)));
};

type CostOptions = {
  by: (typeof groupings)[number];
  period: (typeof periods)[number];
  from?: string;
  to?: string;
};

async function costs({ out, connect }: Run, { by, period, from, to }: CostOptions): Promise<void> {
  const { api } = await connect();
  const today = new Date().toISOString().slice(0, 10);
  const range = { from: from ?? `${(to ?? today).slice(0, 7)}-01`, to: to ?? today };
  const { lines } = await api.ai.costs({ by, period, ...range });
  // Programs get the days without calls as well; a person looks for the others.
  out.rows(
    out.isJson ? lines : lines.filter(({ calls }) => calls > 0),
    [
      { title: period, value: ({ starts }) => starts },
      ...(by === 'total' ? [] : [{ title: by.replace('_', ' '), value: (line: Line) => line.key }]),
      { title: 'calls', value: ({ calls }) => count(calls), right: true },
      { title: 'in', value: ({ inputTokens }) => count(Number(inputTokens)), right: true },
      { title: 'cached', value: ({ cacheTokens }) => count(Number(cacheTokens)), right: true },
      { title: 'out', value: ({ outputTokens }) => count(Number(outputTokens)), right: true },
      { title: 'cost', value: ({ cost }) => dollars(cost), right: true },
      { title: 'change', value: ({ changePercent }) => change(changePercent), right: true },
    ],
    `No model was called from ${range.from} to ${range.to}.`,
  );
  if (lines.length > 0) out.note(`Together ${dollars(sumOf(lines.map(({ cost }) => cost)))}.`);
}

type Line = { key: string };

async function budgets({ out, connect }: Run): Promise<void> {
  const { api } = await connect();
  const { items } = await api.ai.budgets({});
  type Budget = (typeof items)[number];
  const percentOf = ({ spent, reserved, limitNow }: Budget) =>
    Number(limitNow) === 0 ? 100 : Math.floor(((Number(spent) + Number(reserved)) / Number(limitNow)) * 100);
  const styleOf = (budget: Budget): Style | undefined => {
    const percent = percentOf(budget);
    if (percent >= 100) return 'bad';
    return percent >= 80 ? 'warn' : undefined;
  };
  out.rows(
    items,
    [
      { title: 'for', value: ({ scope, subject }) => subject ?? scope },
      { title: 'in', value: ({ window }) => window },
      { title: 'spent', value: ({ spent }) => dollars(spent), right: true },
      { title: 'reserved', value: ({ reserved }) => dollars(reserved), right: true },
      { title: 'of', value: ({ limitNow }) => dollars(limitNow), right: true },
      { title: '%', value: (budget) => String(percentOf(budget)), right: true, style: styleOf },
      { title: 'then', value: ({ policy }) => (policy === 'block' ? 'refuse' : 'charge') },
    ],
    'The tenant has no budget.',
  );
}

/** Dollars with two decimals, and more where two would hide all of it. */
function dollars(text: string): string {
  const [whole = '0', decimals = ''] = text.split('.');
  const shown =
    /^0*$/.test(whole) && /^00[1-9]|^000/.test(decimals) ? decimals.slice(0, 6) : decimals.slice(0, 2);
  return `$${count(Number(whole))}.${shown.padEnd(2, '0')}`;
}

/** Exact: amounts carry twelve decimals, which a number would round. */
function sumOf(amounts: readonly string[]): string {
  const pico = amounts.reduce((sum, text) => {
    const [whole = '0', decimals = ''] = text.split('.');
    return sum + BigInt(whole + decimals.padEnd(12, '0'));
  }, 0n);
  const digits = pico.toString().padStart(13, '0');
  return `${digits.slice(0, -12)}.${digits.slice(-12)}`;
}

function change(percent: number | null): string {
  if (percent === null) return '';
  return `${percent > 0 ? '+' : ''}${percent} %`;
}
