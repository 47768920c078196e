/**
 * The alarms of the template against a stack that breaks (OPS-1): database, DynamoDB, a provider of models, a queue.
 * The right ones ring within their time, the others stay quiet, and all fall silent when it is repaired.
 */
import { SendMessageCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import pg from 'pg';
import { ofType } from '#local/template/readers.ts';
import { breakages } from './alarms/breakages.ts';
import { type Clock, startClock } from './alarms/clock.ts';
import { type Counters, queueUrlOf, sqsClient } from './alarms/counters.ts';
import { type Alarm, readAlarm } from './alarms/evaluator.ts';
import { complaints, judge, type Phase, shortName } from './alarms/judge.ts';
import { startTraffic, type Traffic } from './alarms/traffic.ts';
import { databaseFaults, type Undo } from './faults/database.ts';
import { replaceDynamoDb } from './faults/dynamodb-proxy.ts';
import type { Report } from './figures.ts';
import { type BatterySite, startSite } from './support/site.ts';

export const summary = 'Alarms of the template while database, DynamoDB, models and queues are broken';

/** What happens in a minute, counted from the beginning of the fault. */
type Load = (counters: Counters, minute: number) => Promise<unknown>;

/** Something that goes wrong for so many minutes, and the alarms that speak of it. */
type Fault = Omit<Phase, 'from' | 'repaired' | 'to'> & {
  minutes: number;
  begin: () => Promise<Undo>;
  load?: Load;
};

/** Two windows of five minutes, and some to spare. */
const recoveryMinutes = 12;
const quietMinutes = 10;
/** Enough calls of a model for the limit in each window, though all of them wait for as long as an attempt may take. */
const callsAtOnce = 12;
const minutesWithCalls = [0, 1, 2, 5, 6, 7];
const hangingMs = 120_000;

export async function run(report: Report): Promise<void> {
  report.progress('starting a stack');
  const site = await startSite();
  const end: Undo[] = [() => site.stop()];
  try {
    const traffic = await startTraffic(site);
    const clock = startClock(site);
    const phases = await drill(report, site, { clock, traffic }, end);
    assess(report, site, clock, phases);
  } finally {
    for (const undo of end.toReversed()) await undo();
  }
}

async function drill(
  report: Report,
  site: BatterySite,
  { clock, traffic }: { clock: Clock; traffic: Traffic },
  end: Undo[],
): Promise<Phase[]> {
  const usual: Load = (counters) => Promise.all([traffic.usual(counters), traffic.models(counters, 1)]);
  const pass = async (minutes: number, load = usual) => {
    for (let minute = 0; minute < minutes; minute += 1) {
      await clock.pass((counters) => load(counters, minute));
    }
  };
  const phases: Phase[] = [];
  report.progress('nothing is broken');
  // What a cold stack needs to warm up is not looked at.
  await pass(quietMinutes);
  const began = clock.now();
  await pass(quietMinutes);
  phases.push({ name: 'nothing broken', from: began, repaired: began, to: clock.now(), must: [], may: [] });
  for (const fault of await faultsOf(site, clock, traffic, end)) {
    report.progress(fault.name);
    const from = clock.now();
    const undo = await fault.begin();
    try {
      await pass(fault.minutes, fault.load ?? usual);
    } finally {
      await undo();
    }
    const repaired = clock.now();
    await pass(recoveryMinutes);
    phases.push({ ...fault, from, repaired, to: clock.now() });
  }
  return phases;
}

async function faultsOf(site: BatterySite, clock: Clock, traffic: Traffic, end: Undo[]): Promise<Fault[]> {
  const { databaseUrl: adminUrl } = site.stack;
  const database = databaseFaults({ ...site, adminUrl });
  end.push(() => database.stop());
  const refused = ['ApiErrors', 'ApiErrorRate'];
  /** What waits for something that is gone is slow, or fails as well. */
  const beside = [
    'ReleaseErrors',
    'ApiSlow',
    'ScheduleFailing-*',
    'JobsFailing',
    'OutboxStuck',
    'BudgetsNotSwept',
    'AuditUnsealed',
  ];
  return [
    {
      name: 'database stopped',
      minutes: 11,
      must: [...refused, 'CanaryFailing', 'DatabaseDown'],
      may: beside,
      begin: () => database.down('SIGINT'),
    },
    {
      name: 'DynamoDB throttles',
      minutes: 11,
      must: [...refused, 'CanaryFailing', 'GateDown', 'GateThrottled'],
      may: [...beside, 'SignInFailing'],
      begin: () => throttleDynamoDb(site, clock, end),
    },
    {
      name: 'provider of models hangs',
      minutes: 11,
      // A call is tried at every provider, half a minute each time, before it is answered with an error of ours. Whoever
      // asked here has gone away by then.
      must: ['ModelsFailing'],
      may: ['ReleaseErrors', ...refused],
      begin: () => hangModels(site),
      load: (counters, minute) =>
        Promise.all([
          traffic.usual(counters),
          traffic.models(counters, minutesWithCalls.includes(minute) ? callsAtOnce : 0),
        ]),
    },
    {
      name: 'queue poisoned',
      minutes: 12,
      showsAfter: 10,
      must: ['DeadLetters-members'],
      may: [],
      begin: () => poison(site),
    },
  ];
}

async function throttleDynamoDb(site: BatterySite, clock: Clock, end: Undo[]): Promise<Undo> {
  const proxy = await replaceDynamoDb({ pid: process.pid, state: site.state });
  end.push(() => proxy.stop());
  proxy.mode = 'throttles';
  let told = 0;
  clock.counters.throttled = () => {
    const more = proxy.throttled - told;
    told = proxy.throttled;
    return more;
  };
  return async () => void (proxy.mode = 'passes');
}

async function hangModels(site: BatterySite): Promise<Undo> {
  const { models } = site.stack;
  if (models === undefined) throw new Error('Nothing stands in for models.');
  models.behaviours.share({ slow: 1, slowMs: hangingMs });
  return async () => models.behaviours.share({});
}

/** A message that no worker understands. Its queue gives it back at once instead of after six minutes. */
async function poison(site: BatterySite): Promise<Undo> {
  const client = sqsClient(site);
  const QueueUrl = queueUrlOf(site, '-members');
  const waitSeconds = (seconds: number) =>
    client.send(
      new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: String(seconds) } }),
    );
  await waitSeconds(1);
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: '{"type":"members.unheardOf"}' }));
  return async () => {
    await waitSeconds(360);
    await giveUp(site);
  };
}

/** Ends what the keeper of dead letters kept, as the platform’s staff would. */
async function giveUp({ stack }: BatterySite): Promise<void> {
  const admin = new pg.Client({ connectionString: stack.databaseUrl });
  await admin.connect();
  await admin.query(
    `update app.dead_letters set status = 'discarded', body = null, decided_by = id, decided_at = now(),
                                 reason = 'The drill is over' where status = 'waiting'`,
  );
  await admin.end();
}

function assess(report: Report, { stack }: BatterySite, { samples }: Clock, phases: readonly Phase[]): void {
  const definitions = ofType(stack.cell, 'AWS::CloudWatch::Alarm');
  const alarms: Alarm[] = definitions.map(readAlarm);
  for (const phase of phases) {
    const verdict = judge(alarms, samples, phase);
    const wrong = complaints(verdict);
    report.none(`${phase.name}: alarms that were wrong`, wrong.length, alarms.length, wrong);
    report.figure(`${phase.name}: alarms that rang`, verdict.rang.length, 'alarms', {
      atLeast: phase.must.length,
    });
    for (const { name, afterMinutes } of verdict.rang) {
      report.note(`${phase.name}: ${name} rang after ${afterMinutes} min`);
    }
  }
  const unnoticed = breakages(definitions, phases).filter(
    ({ broken }) => !phases.some((phase) => complaints(judge(broken, samples, phase)).length > 0),
  );
  const tried = breakages(definitions, phases).length;
  report.none(
    'broken definitions unnoticed',
    unnoticed.length,
    tried,
    unnoticed.map(({ name }) => name),
  );
  const uncounted = alarms.filter(({ metrics }) => !metrics.every((metric) => samples.knows(metric)));
  report.figure('alarms on what nothing here counts, or nobody wrote', uncounted.length, 'alarms');
  report.note(`Without a value: ${uncounted.map(({ name }) => shortName(name)).join(', ')}`);
}
