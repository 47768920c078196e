/**
 * What a call of a model costs the gateway in between: processor time, waiting and calls a second, against a client
 * that asks the provider itself, a proxy that does nothing, and gateways of others. All of them ask the same provider,
 * which answers at once or after 20 ms, for the same client, one after the other in short rounds.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { formatId } from '#shared/contract/ids.ts';
import { processorSeconds } from '#test/battery/load/processor-time.ts';
import type { Report } from '#test/battery/figures.ts';
import { foundTenant } from '#test/shared/db/tenants.ts';
import { type Chain, startChain } from '#test/support/chain.ts';
import { storeKey } from '#test/support/stored-key.ts';
import { type Arm, direct, startOurs, startThinProxy, startUpstream, type Upstream } from './ai/arms.ts';
import { ask, type Cell, measure, type Measured } from './ai/measure.ts';
import { processorMicroseconds } from './ai/processor-time.ts';
import { portkeyVersion, startLiteLlm, startPortkey } from './ai/rivals.ts';
import { median, quantile } from './support/samples.ts';

export const summary = 'A call of a model through us, against proxies and gateways of others';

const cells: readonly Cell[] = [
  ...[0, 20].flatMap((latencyMs) =>
    [1, 50, 200].map((callers) => ({
      ...{ name: `${latencyMs} ms, ${callers} at once`, latencyMs, callers, stream: false },
    })),
  ),
  { name: 'in pieces, 50 at once', latencyMs: 0, callers: 50, stream: true },
];
const plan = { rounds: 4, seconds: 1 };
/** Until our code and theirs has been compiled: a slow way gets fewer calls to warm up with. */
const warmUpSeconds = 10;

/** What a governed call may cost at most, in processor time of others. */
const goals: Readonly<Record<string, number>> = { 'thin proxy': 2, Portkey: 1 / 3, LiteLLM: 1 / 10 };

/** 400 tokens at 0.10 and 230 at 0.50 dollars a million. */
const pricePico = 155_000_000n;

type Stage = { chain: Chain; dynamodb: ChildProcess; upstream: Upstream; arms: Arm[]; tenantId: string };

export async function run(report: Report): Promise<void> {
  if (process.platform !== 'linux') throw new Error('What other processes cost is known on Linux only.');
  report.progress('starting a database, a provider and what stands in between');
  const chain = await startChain();
  const dynamodb = fork(join(import.meta.dirname, 'support/null-dynamodb.ts'), { execArgv: [] });
  const upstream = await startUpstream();
  const arms: Arm[] = [];
  try {
    const [port] = (await once(dynamodb, 'message')) as [number];
    process.env.AWS_ENDPOINT_URL_DYNAMODB = `http://127.0.0.1:${port}`;
    const { tenantId } = await foundTenant(chain.database.admin);
    const stage = { chain, dynamodb, upstream, arms, tenantId };
    await startArms(report, stage);
    await compare(report, stage);
  } finally {
    await Promise.all(arms.map((arm) => arm.stop()));
    await upstream.stop();
    dynamodb.kill();
    await chain.stop();
  }
}

async function startArms(report: Report, { chain, upstream, arms, tenantId }: Stage): Promise<void> {
  const tenant = formatId('tenant', tenantId);
  const { id: apiKeyId, text: apiKey } = await storeKey(chain.database.admin, tenant);
  const caller = { tenantId: tenant, apiKeyId, apiKey };
  arms.push(direct(upstream), await startThinProxy(upstream));
  for (const way of ['ungoverned', 'engine', 'governed'] as const)
    arms.push(await startOurs(way, upstream, caller));
  const portkey = await startPortkey(upstream);
  if (portkey === undefined) report.note(`Portkey ${portkeyVersion} could not be installed: not compared.`);
  else arms.push(portkey);
  const liteLlm = await startLiteLlm(upstream);
  if (liteLlm === undefined) report.note('No LiteLLM in LITELLM or on the path: not compared.');
  else arms.push(liteLlm);
}

/** Whose calls were answered, rightly or not. */
type Tally = Map<string, { answered: number; wrong: string[] }>;

function count(tally: Tally, { name }: Arm, { times, failed }: Pick<Measured, 'times' | 'failed'>): void {
  const { answered, wrong } = tally.get(name) ?? { answered: 0, wrong: [] };
  tally.set(name, { answered: answered + times.length, wrong: [...wrong, ...failed] });
}

async function compare(report: Report, stage: Stage): Promise<void> {
  const { upstream, arms } = stage;
  const tally: Tally = new Map();
  for (const arm of arms) {
    report.progress(`warming up ${arm.name}`);
    for (const stream of arm.wholeOnly === true ? [false] : [false, true]) {
      count(tally, arm, await ask(arm, { callers: 20, stream }, warmUpSeconds / 2));
    }
  }
  for (const cell of cells) {
    report.progress(cell.name);
    const able = arms.filter(({ wholeOnly }) => !cell.stream || wholeOnly !== true);
    const measured = await measure(able, upstream, cell, plan);
    for (const [arm, so] of measured) count(tally, arm, so);
    reportCell(report, cell, measured);
  }
  upstream.latency(0);
  for (const arm of arms.filter(keepsBooks)) await reportBesides(report, stage, arm, tally);
  for (const [name, { answered, wrong }] of tally)
    report.none(`${name}: wrong answers`, wrong.length, answered + wrong.length, [...new Set(wrong)]);
  await checkLedger(report, stage, tally);
  report.note(notes);
}

const keepsBooks = ({ name }: { name: string }) => name === 'engine' || name === 'governed';

function reportCell(report: Report, { name: cell }: Cell, measured: ReadonlyMap<Arm, Measured>): void {
  const all = [...measured];
  for (const [{ name, pid }, { cpu, perSecond, times }] of all) {
    if (pid !== undefined) report.figure(`${cell}: ${name}, processor time`, median(cpu), 'µs/call');
    report.figure(`${cell}: ${name}, p50`, median(times), 'ms');
    report.figure(`${cell}: ${name}, p95`, quantile(times, 0.95), 'ms');
    report.figure(`${cell}: ${name}, rate`, median(perSecond), 'calls/s');
  }
  for (const way of ['governed', 'engine']) {
    const ours = all.find(([{ name }]) => name === way)?.[1].cpu ?? [];
    for (const [{ name }, { cpu }] of all) {
      const goal = goals[name];
      if (goal === undefined) continue;
      const ratios = ours.map((own, round) => own / (cpu[round] ?? NaN));
      const held = way === 'governed' ? { atMost: Number(goal.toPrecision(3)) } : undefined;
      report.figure(`${cell}: ${way} / ${name}, processor time`, median(ratios), '×', held);
    }
  }
}

/** What a call costs the processes that we ask on the way. */
async function reportBesides(report: Report, { dynamodb }: Stage, arm: Arm, tally: Tally): Promise<void> {
  const table = () => processorMicroseconds(dynamodb.pid ?? 0);
  const database = () => (processorSeconds(process.pid).get('PostgreSQL') ?? NaN) * 1e6;
  const before = { table: table(), database: database() };
  const asked = await ask(arm, { callers: 50, stream: false }, 4);
  count(tally, arm, asked);
  const calls = asked.times.length;
  report.figure(`${arm.name}: the null DynamoDB beside it`, (table() - before.table) / calls, 'µs/call');
  report.figure(`${arm.name}: PostgreSQL beside it`, (database() - before.database) / calls, 'µs/call');
}

/** A gateway that is fast because it forgets is none. A call that was answered wrongly may have been made as well. */
async function checkLedger(report: Report, { chain, tenantId }: Stage, tally: Tally): Promise<void> {
  const { rows } = await chain.database.admin.query<{ count: number; cost: string }>(
    `select count(*)::int, coalesce(sum(cost_pico), 0) as cost from app.ai_calls
     where tenant_id = $1 and status = 'settled'`,
    [tenantId],
  );
  const [{ count: entered = 0, cost = '0' } = {}] = rows;
  const ours = [...tally].filter(([name]) => keepsBooks({ name })).map(([, one]) => one);
  const answered = ours.reduce((sum, one) => sum + one.answered, 0);
  const wrong = ours.reduce((sum, one) => sum + one.wrong.length, 0);
  report.none('calls that are not in the ledger', Math.max(0, answered - entered), answered);
  report.none('rows of the ledger without a call', Math.max(0, entered - answered - wrong), entered);
  report.figure(
    'ledger less what the provider charged for its rows',
    Number(BigInt(cost) - BigInt(entered) * pricePico),
    'pico-dollars',
    { exactly: 0 },
  );
}

const notes = [
  '"governed" is POST /v1/messages with an API key: the whole chain with its gate, the routing, a reservation in the',
  'budgets, the call, its row in the ledger, the settlement and the audit row. "engine" is the same without the chain',
  'and the audit row, "ungoverned" the client of the provider alone. PostgreSQL is real; DynamoDB is a process that',
  'answers at once and remembers nothing, so that its own speed is not measured. The time is that of the process in',
  'between alone; ours writes no log here. The others keep no budget, ledger or tenant in this run.',
].join(' ');
