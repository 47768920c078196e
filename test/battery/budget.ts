/**
 * Budgets against the provider's invoice (AI-2, AI-3): processes that call models all at once, with everything that
 * goes wrong on the way, and are killed in the middle of it. The invoice is made by the provider, in its own
 * arithmetic; it must never exceed the budget, and the ledger must agree with it to the last digit.
 */
import { sweepBudgets } from '#shared/ai/sweep.ts';
import { type Chain, startChain } from '#test/support/chain.ts';
import { type Books, booksOf, tenantWith } from './budget/books.ts';
import { Crew } from './budget/crew.ts';
import { billOf, type Invoice } from './budget/invoice.ts';
import { seeded, startUpstream, type Upstream } from './budget/upstream.ts';
import type { Report } from './figures.ts';

export const summary = 'Budgets for AI against the provider’s invoice, with crashes, timeouts and crowds';

const rounds = 20;
const heldRounds = 3;
const workers = 10;
const callsEach = 20;
/** Of the streams, which are half of the calls: 10 % of all. */
const leaving = 0.2;
/** One worker of ten, in every second round: 5 % of them. */
const killEvery = 2;

type Size = { model: string; inputTokens: number; maxTokens: number };

/** Short and long prompts, cheap and dear models; each has a substitute of another provider. */
const sizes: readonly Size[] = [
  { model: 'claude-haiku-5-5', inputTokens: 90_000, maxTokens: 4_000 },
  { model: 'claude-haiku-5-5', inputTokens: 250_000, maxTokens: 8_000 },
  { model: 'claude-sonnet-5-5', inputTokens: 60_000, maxTokens: 16_000 },
];

type Scene = { chain: Chain; upstream: Upstream; crew: Crew };

export async function run(report: Report): Promise<void> {
  report.progress('starting a database, the gate’s table and a provider');
  const chain = await startChain();
  const upstream = await startUpstream(seeded(1));
  const crew = new Crew(workers, upstream.url);
  try {
    await crowds(report, { chain, upstream, crew });
    await closedDoors(report, { chain, upstream, crew });
  } finally {
    await crew.dismiss();
    await upstream.stop();
    await chain.stop();
  }
}

/** What was found wrong, as sentences. */
type Wrong = Record<
  'overspent' | 'differ' | 'below' | 'alerts' | 'holds' | 'books' | 'denied' | 'strange',
  string[]
>;

async function crowds(report: Report, scene: Scene): Promise<void> {
  const { chain, upstream, crew } = scene;
  const wrong: Wrong = {
    ...{ overspent: [], differ: [], below: [], alerts: [], holds: [], books: [], denied: [], strange: [] },
  };
  const counts = new Map<string, number>();
  let [calls, settled, killed] = [0, 0, 0];
  for (let round = 0; round < rounds; round += 1) {
    report.progress(`round ${round + 1} of ${rounds}: ${workers * callsEach} calls at once`);
    const size = sizes[round % sizes.length] as Size;
    const limitPico = halfMore(worstOf(size));
    const tenantId = await tenantWith(chain, limitPico);
    const kill = round % killEvery === 0 ? 1 : 0;
    killed += kill;
    const outcomes = await crew.work(workOf(tenantId, `r${round}`, size), { kill });
    await sweep(chain);
    const books = await booksOf(chain, tenantId);
    judge(wrong, `round ${round}`, { books, limitPico, invoice: upstream.invoice, prefix: `r${round}-` });
    for (const outcome of outcomes.values()) add(counts, outcome);
    for (const { status } of books.rows) add(counts, `ledger ${status}`);
    calls += workers * callsEach;
    settled += books.rows.filter(({ status }) => status === 'settled').length;
    // Whatever was refused before: who has room now gets it.
    const room = books.committedPico + worstOf(size) <= limitPico;
    const [, asked] = [...(await crew.work([one(tenantId, `p${round}`, size)])).entries()][0] ?? [];
    if (room !== (asked !== 'limit.budget')) wrong.denied.push(`round ${round}: room ${room}, but ${asked}`);
    for (const outcome of outcomes.values())
      if (!/^(answered|limit\.budget|model (rate_limited|unavailable|timeout))$/.test(outcome))
        wrong.strange.push(`round ${round}: ${outcome}`);
  }
  report.none('rounds whose invoice exceeds the budget', wrong.overspent.length, rounds, wrong.overspent);
  report.none('settled calls that differ from the invoice', wrong.differ.length, settled, wrong.differ);
  report.none('calls counted below the invoice', wrong.below.length, calls, wrong.below);
  report.none('rounds with an open hold after expiry', wrong.holds.length, rounds, wrong.holds);
  report.none('rounds whose counters and ledger differ', wrong.books.length, rounds, wrong.books);
  report.none('rounds with an alert missing or told twice', wrong.alerts.length, rounds, wrong.alerts);
  report.none('wrong answers to a call after the round', wrong.denied.length, rounds, wrong.denied);
  report.none('calls that ended in no known way', wrong.strange.length, calls, wrong.strange);
  report.figure('workers killed', killed, 'workers', { atLeast: 1 });
  for (const [what, count] of [...upstream.moods].sort()) {
    report.figure(`requests the provider took ${what}`, count, 'requests', { atLeast: 1 });
  }
  for (const [what, count] of [...counts].sort()) report.figure(what, count, 'calls');
}

/** While no answer comes nothing is settled: of 200 calls exactly 50 fit into 50.5, and only the others are refused. */
async function closedDoors(report: Report, { chain, upstream, crew }: Scene): Promise<void> {
  const wrong: string[] = [];
  const size = sizes[0] as Size;
  for (let round = 0; round < heldRounds; round += 1) {
    report.progress(`held round ${round + 1} of ${heldRounds}`);
    const tenantId = await tenantWith(chain, halfMore(worstOf(size)));
    let open: () => void = () => undefined;
    upstream.held = new Promise((resolve) => (open = resolve));
    let ended = 0;
    const all = workers * callsEach;
    // Attempts would time out: they are waited for, and none is tried again before the last refusal.
    const outcomes = await crew.work(
      workOf(tenantId, `h${round}`, size).map((work) => ({ ...work, patient: true })),
      { heard: () => ((ended += 1), ended === all - 50 ? open() : undefined) },
    );
    upstream.held = undefined;
    const refused = [...outcomes.values()].filter((outcome) => outcome === 'limit.budget').length;
    if (refused !== all - 50) wrong.push(`round ${round}: ${refused} were refused`);
  }
  report.none('held rounds without exactly 50 calls admitted', wrong.length, heldRounds, wrong);
}

function judge(
  wrong: Wrong,
  name: string,
  {
    books,
    limitPico,
    invoice,
    prefix,
  }: { books: Books; limitPico: bigint; invoice: Invoice; prefix: string },
): void {
  const billed = invoice.total(prefix);
  if (billed > limitPico) wrong.overspent.push(`${name}: ${billed - limitPico} too much`);
  for (const { requestId, status, costPico } of books.rows) {
    const bill = invoice.of(requestId);
    if (status === 'settled' && bill !== costPico)
      wrong.differ.push(`${requestId}: ${bill}, not ${costPico}`);
    if (bill > costPico) wrong.below.push(`${requestId} ${status}: ${bill} is more than ${costPico}`);
  }
  const known = books.rows.reduce((sum, { requestId }) => sum + invoice.of(requestId), 0n);
  if (known !== billed) wrong.below.push(`${name}: ${billed - known} were billed for calls without a row`);
  const ledger = books.rows.reduce((sum, { costPico }) => sum + costPico, 0n);
  if (books.openHolds !== 0) wrong.holds.push(`${name}: ${books.openHolds}`);
  if (ledger !== books.spentPico || ledger !== books.committedPico) {
    wrong.books.push(`${name}: ledger ${ledger}, spent ${books.spentPico}, committed ${books.committedPico}`);
  }
  const due = [80, 90].filter((percent) => books.spentPico * 100n >= limitPico * BigInt(percent));
  if (due.join() !== books.alerts.join())
    wrong.alerts.push(`${name}: ${books.alerts.join()}, not ${due.join()}`);
}

/** All of the input as an hour's write at the dearest rates, and all of the output. */
function worstOf({ model, inputTokens, maxTokens }: Size): bigint {
  const usage = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: inputTokens, output: maxTokens };
  return billOf(model, usage);
}

/** 50.5 of them. */
function halfMore(worst: bigint): bigint {
  return (worst * 101n) / 2n;
}

function workOf(tenantId: string, prefix: string, size: Size) {
  return Array.from({ length: workers }, (_, worker) => ({
    ...{ tenantId, ...size, leaving },
    requestIds: Array.from({ length: callsEach }, (_call, index) => `${prefix}-${worker}-${index}`),
  }));
}

function one(tenantId: string, requestId: string, size: Size) {
  return { tenantId, ...size, leaving: 0, requestIds: [requestId] };
}

async function sweep({ database }: Chain): Promise<void> {
  const log = { info: () => undefined, warn: () => undefined, error: console.error };
  const { failed } = await sweepBudgets(database.pool('app_system'), new Date(Date.now() + 3_600_000), log);
  if (failed > 0) throw new Error(`${failed} tenants were not swept`);
}

function add(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}
