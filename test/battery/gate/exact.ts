/** Limits under concurrency: nobody too many, and nobody refused who had room (LIM-2). */
import { read, send, updateOf } from '#shared/limits/item.ts';
import { gateKeys } from '#shared/limits/keys.ts';
import { usageWindow } from '#shared/limits/windows.ts';
import type { Answer } from '#test/support/chain.ts';
import type { Report } from '../figures.ts';
import type { Caller, Stage } from './stage.ts';

const rounds = 20;
const remaining = 50;
const atOnce = 200;
const hourly = 1_000;

const soon = () => Date.now() + 5_000;
const thisHour = () => usageWindow('hour', 'UTC', new Date()).attribute;

/** Says how many API calls of this hour a tenant has used. */
async function use({ tenant }: Caller, calls: number): Promise<void> {
  const update = updateOf(gateKeys.tenant(tenant));
  update.set(thisHour(), calls);
  await send(update, soon());
}

async function usedBy({ tenant }: Caller): Promise<number> {
  return (await read(gateKeys.tenant(tenant), soon()))[thisHour()] ?? 0;
}

/** Many members of one tenant at once on two instances. */
function crowd(stage: Stage, members: readonly Caller[], requests: number): Promise<Answer[]> {
  return Promise.all(
    Array.from({ length: requests }, (_none, turn) => {
      const who = members[turn % members.length] as Caller;
      return stage.look(turn % 2 === 0 ? stage.first : stage.second, who);
    }),
  );
}

const admitted = (answers: readonly Answer[]) => answers.filter(({ status }) => status === 200).length;
const failed = (answers: readonly Answer[]) =>
  answers.filter(({ status }) => status !== 200 && status !== 429).map(({ status }) => `answered ${status}`);

export async function countExactly(report: Report, stage: Stage): Promise<void> {
  report.progress(`${rounds} rounds of ${atOnce} at once against ${remaining}`);
  const wrong: string[] = [];
  const denied: string[] = [];
  // Instances load their code with their first request, which is not what is tried here.
  const [early] = (await stage.newTenant()) as [Caller];
  for (const at of [stage.first, stage.second]) await stage.look(at, early);
  for (let round = 1; round <= rounds; round += 1) {
    const members = await stage.newTenant(10);
    const [owner] = members as [Caller];
    await use(owner, hourly - remaining);
    const answers = await crowd(stage, members, atOnce);
    if (admitted(answers) !== remaining) wrong.push(`round ${round}: ${admitted(answers)} admitted`);
    if ((await usedBy(owner)) !== hourly) wrong.push(`round ${round}: ${await usedBy(owner)} counted`);
    wrong.push(...failed(answers));

    // The same crowd, and just as much room as it needs.
    await use(owner, hourly - atOnce / 2);
    const welcome = await crowd(stage, members, atOnce / 2);
    denied.push(...welcome.filter(({ status }) => status !== 200).map(({ status }) => `answered ${status}`));
  }
  report.none('rounds without exactly 50 admitted', wrong.length, rounds, wrong);
  report.none('refused although there was room', denied.length, (rounds * atOnce) / 2, denied);
}

/** The 1,001st call of an hour, and an upgrade. */
export async function passPlan(report: Report, stage: Stage): Promise<void> {
  report.progress('the 1,001st call');
  const wrong: string[] = [];
  const must = (what: string, { status }: Answer, wanted: number) => {
    if (status !== wanted) wrong.push(`${what} was answered ${status}`);
  };
  for (let turn = 0; turn < rounds; turn += 1) {
    const [basic] = (await stage.newTenant(1, 'basic')) as [Caller];
    const [pro] = (await stage.newTenant(1, 'pro')) as [Caller];
    for (const who of [basic, pro]) await use(who, hourly - 1);
    for (const at of [stage.first, stage.second]) await stage.look(at, pro);
    must('the 1,000th call of a basic tenant', await stage.look(stage.first, basic), 200);
    must('the 1,001st call of a basic tenant', await stage.look(stage.second, basic), 429);
    must('the 1,002nd call of a pro tenant', await stage.look(stage.first, pro), 200);
    await stage.decide('PUT', '/v1/platform/tenants/{tenantId}/plan', basic.tenant, { plan: 'pro' });
    must('the next call after the upgrade', await stage.look(stage.second, basic), 200);
    must('and on the other instance', await stage.look(stage.first, basic), 200);
  }
  report.none('calls around a plan’s limit answered wrongly', wrong.length, rounds * 5, wrong);
}
