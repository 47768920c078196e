/** A flooder beside others (TEN-12): what its neighbours and its colleagues notice of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '#test/support/chain.ts';
import type { Report } from '../figures.ts';
import type { Caller, Stage } from './stage.ts';

const quietTenants = 9;
const phases = 2;
/** A minute's burst lasts a flooder twelve seconds; twice as long shows what comes after. */
const phaseMs = { alone: 12_000, flooded: 24_000 };
/** What the quiet ones do: well within a person's sixty a minute. */
const quietEveryMs = 1_200;
/** A tenant may make 300 requests a minute: ten times that, from ten of its people. */
const flood = { people: 10, perSecond: 50 };

type Heard = { tookMs: number; status: number };

export async function standFlood(report: Report, stage: Stage): Promise<void> {
  report.progress('a flooder beside nine quiet tenants');
  const quiet: Caller[] = [];
  while (quiet.length < quietTenants) quiet.push(...(await stage.newTenant()));
  const flooders = await stage.newTenant(flood.people);
  for (const who of quiet) for (const at of [stage.first, stage.second]) await stage.look(at, who);
  const alone: Heard[] = [];
  const beside: Heard[] = [];
  const flooded: Answer[] = [];
  for (let phase = 0; phase < phases; phase += 1) {
    alone.push(...(await hear(stage, quiet, phaseMs.alone)));
    const [heard, answers] = await Promise.all([hear(stage, quiet, phaseMs.flooded), pour(stage, flooders)]);
    beside.push(...heard);
    flooded.push(...answers);
  }
  const refused = [...alone, ...beside].filter(({ status }) => status !== 200);
  report.none('quiet tenants’ requests refused', refused.length, alone.length + beside.length);
  report.figure('quiet p95 alone', p95(alone), 'ms');
  report.figure('quiet p95 beside the flooder', p95(beside), 'ms');
  report.figure('quiet p95 beside the flooder / alone', p95(beside) / p95(alone), '×', { atMost: 1.5 });
  const [tooMany, strange] = [
    flooded.filter(({ status }) => status === 429).length,
    flooded.filter(({ status }) => status !== 200 && status !== 429).length,
  ];
  report.figure('flooder’s requests', flooded.length, 'requests');
  report.figure('flooder’s requests refused', tooMany / flooded.length, 'share', { atLeast: 0.3 });
  report.none('flooder’s requests answered otherwise', strange, flooded.length);
}

/** One who floods among the members of a tenant: it is the flooder’s own rate that ends, not the tenant’s. */
export async function standColleague(report: Report, stage: Stage): Promise<void> {
  report.progress('a flooder among colleagues');
  const [flooder, ...colleagues] = (await stage.newTenant(5)) as [Caller, ...Caller[]];
  const [answers, heard] = await Promise.all([
    pour(stage, [flooder]),
    hear(stage, colleagues, phaseMs.flooded),
  ]);
  const refused = heard.filter(({ status }) => status !== 200);
  report.none('colleagues’ requests refused', refused.length, heard.length);
  const passed = answers.filter(({ status }) => status === 200).length;
  // At most two minutes are touched: twice the rate in the first, the rate in the second.
  report.figure('flooder’s requests let through', passed, 'requests', { atMost: 180 });
}

/** What quiet people get in one phase. */
async function hear(stage: Stage, people: readonly Caller[], forMs: number): Promise<Heard[]> {
  const until = Date.now() + forMs;
  const each = people.map(async (who, index) => {
    const heard: Heard[] = [];
    await sleep((index * quietEveryMs) / people.length);
    for (let turn = 0; Date.now() < until; turn += 1) {
      const startedAt = performance.now();
      const { status } = await stage.look(turn % 2 === 0 ? stage.first : stage.second, who);
      const tookMs = performance.now() - startedAt;
      heard.push({ tookMs, status });
      await sleep(Math.max(0, quietEveryMs - tookMs));
    }
    return heard;
  });
  return (await Promise.all(each)).flat();
}

/** Sends as a flooder does: by the clock, whatever the answers. */
async function pour(stage: Stage, people: readonly Caller[]): Promise<Answer[]> {
  const startedAt = Date.now();
  const sent: Promise<Answer>[] = [];
  for (let turn = 0; turn < (flood.perSecond * phaseMs.flooded) / 1_000; turn += 1) {
    const due = startedAt + (turn * 1_000) / flood.perSecond;
    await sleep(Math.max(0, due - Date.now()));
    const who = people[turn % people.length] as Caller;
    sent.push(stage.look(turn % 2 === 0 ? stage.first : stage.second, who));
  }
  return Promise.all(sent);
}

function p95(heard: readonly Heard[]): number {
  const sorted = heard.map(({ tookMs }) => tookMs).toSorted((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) * 0.95)] ?? NaN;
}
