/**
 * What a cell costs: an idle month and a million requests, computed from the synthesized templates, the calls
 * that a request makes and public list prices. `npm run cost` prints what docs/generated/cost.md holds.
 */
import { endpointsOf } from '#shared/contract/module.ts';
import { registry } from '#shared/registry.ts';
import { idleAssumptions, idleMonth } from './cost/idle.ts';
import { costOf, type Line, prices, totalOf } from './cost/prices.ts';
import {
  metricsInUse,
  millionRequests,
  requestAssumptions,
  requestKinds,
  thousandUsers,
} from './cost/requests.ts';
import { synthesizedResources } from './cost/template.ts';

const environments = ['dev', 'prod'] as const;

/** The tables of the cost document. */
export async function costMarkdown(): Promise<string> {
  const [dev, prod] = await Promise.all(environments.map(synthesizedResources));
  if (dev === undefined || prod === undefined) throw new Error('An environment was not synthesized.');
  return [
    '# Cost of a cell',
    '',
    'Written by `npm run generate` from the templates of one region (us-east-1). What is assumed and what is left out stands in [the cost document](../cost.md). USD, list prices, no free allowances.',
    '',
    '## An idle month',
    '',
    ...sideBySide(['dev', 'prod'], [idleMonth(dev), idleMonth(prod)]),
    '',
    '## A million requests, on top',
    '',
    ...sideBySide(
      [...requestKinds],
      requestKinds.map((kind) => millionRequests(kind, prod)),
    ),
    '',
    '## While in use',
    '',
    ...inUse(),
    '',
    '## What is assumed',
    '',
    '| | |',
    '|---|--:|',
    ...Object.entries({ ...idleAssumptions, ...requestAssumptions }).map(
      ([name, value]) => `| \`${name}\` | ${value} |`,
    ),
    '',
    '## Prices',
    '',
    '| | USD | for a | of | seen | trust | source |',
    '|---|--:|---|---|---|---|---|',
    ...Object.entries(prices).map(
      ([name, price]) =>
        `| \`${name}\` | ${price.usd} | ${price.per} | ${price.of} | ${price.seen} | ${price.trust} | ${price.source} |`,
    ),
    '',
  ].join('\n');
}

/** What is paid by the month and not by the request, once there are requests at all. */
function inUse(): string[] {
  const endpoints = endpointsOf(Object.values(registry)).length;
  const lines = metricsInUse(endpoints);
  return [
    '| | USD |',
    '|---|--:|',
    ...lines.map((line) => `| ${line.what} (${line.units}), a month | ${usd(costOf(line))} |`),
    `| A million events published | ${usd(prices.event.usd)} |`,
    `| A thousand people who sign in during a month | ${usd(thousandUsers())} |`,
  ];
}

function sideBySide(names: readonly string[], bills: readonly (readonly Line[])[]): string[] {
  const whats = [...new Set(bills.flatMap((bill) => bill.map(({ what }) => what)))];
  const cell = (bill: readonly Line[], what: string) => {
    const own = bill.filter((line) => line.what === what);
    return own.length === 0 ? '' : usd(totalOf(own));
  };
  return [
    `| | ${names.join(' | ')} |`,
    `|---|${names.map(() => '--:').join('|')}|`,
    ...whats.map((what) => `| ${what} | ${bills.map((bill) => cell(bill, what)).join(' | ')} |`),
    `| **together** | ${bills.map((bill) => `**${usd(totalOf(bill))}**`).join(' | ')} |`,
  ];
}

function usd(amount: number): string {
  return amount.toFixed(2);
}

if (import.meta.main) console.log(await costMarkdown());
