/**
 * What happens to callers when something that Plinth stands on is down, slow, full or throttled: the documented
 * answer in time, nothing let through, nothing lost, nothing half done, and all well again soon after.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from './figures.ts';
import { type Answer, type Call, callsOf, complaintOf, make, newWrite, type Write } from './faults/calls.ts';
import { databaseFaults, type Undo } from './faults/database.ts';
import { replaceDynamoDb } from './faults/dynamodb-proxy.ts';
import { ledgerOf } from './faults/ledger.ts';
import { childOf, freeze } from './faults/processes.ts';
import { keyFailures, withoutKeys } from './faults/signing-keys.ts';
import { startWholeStack, type Team, type WholeStack } from '#test/support/whole-stack.ts';

export const summary = 'Database, DynamoDB, queues and signing keys down, slow, full, throttled';

/** One thing that goes wrong: `begin` does it and returns how to undo it. */
type Fault = {
  name: string;
  expected: 'usual' | 'unavailable' | 'either';
  /** Whether the health check can see it; where it depends on the moment, it is not asked. */
  unhealthy?: boolean;
  begin: () => Promise<Undo>;
};

const rounds = 3;
const answerWithinMs = 3_000;
const recoverWithinMs = 10_000;
/** The sweep comes once a minute, and what it could not send the first time waits a little longer. */
const deliverWithinMs = 120_000;
/** A worker that failed gets its message again when six times its own time is over. */
const deliverAfterFailureMs = 400_000;

export async function run(report: Report): Promise<void> {
  report.progress('starting a stack');
  const stack = await startWholeStack();
  const database = databaseFaults(stack);
  const end: Undo[] = [() => stack.stop(), () => database.stop()];
  try {
    await breakEverything(stack, database, end, report);
  } finally {
    for (const undo of end.toReversed()) await undo();
  }
}

async function breakEverything(
  stack: WholeStack,
  database: ReturnType<typeof databaseFaults>,
  end: Undo[],
  report: Report,
): Promise<void> {
  const nextTeam = rotate(await stack.found(24, ['owner', 'viewer']));
  const writes: Write[] = [];
  const ledger = ledgerOf(stack);
  const show = async (fault: Fault): Promise<void> => {
    report.progress(fault.name);
    const first = writes.length;
    await untilWell(stack, nextTeam, writes);
    // What is still on its way when the fault begins would be delivered by a worker that meets it.
    await ledger.delivered(writes.slice(first), deliverWithinMs);
    const broken = writes.length;
    const undo = await fault.begin();
    const seen: Seen = { calls: 0, complaints: [], slowestMs: 0 };
    try {
      for (let round = 0; round < rounds; round += 1) await showOnce(stack, fault, nextTeam(), writes, seen);
    } finally {
      await undo();
    }
    const recoveryMs = await untilWell(stack, nextTeam, writes);
    report.none(`${fault.name}: wrong answers`, seen.complaints.length, seen.calls, seen.complaints);
    report.figure(`${fault.name}: slowest answer`, Math.round(seen.slowestMs), 'ms', {
      atMost: answerWithinMs,
    });
    report.figure(`${fault.name}: recovery`, Math.round(recoveryMs), 'ms', { atMost: recoverWithinMs });
    const [lost, half] = [await ledger.lost(writes), await ledger.halfDone(writes)];
    report.none(`${fault.name}: lost or half done`, lost.length + half.length, writes.length, [
      ...lost,
      ...half,
    ]);
    if (fault.expected !== 'usual') return;
    const { missing, afterMs } = await ledger.delivered(writes.slice(broken), deliverWithinMs);
    report.none(`${fault.name}: jobs not delivered`, missing.length, writes.length - broken, missing);
    report.figure(`${fault.name}: until all jobs were delivered`, Math.round(afterMs), 'ms');
  };

  for (const fault of databaseFaultsOf(database)) await show(fault);
  for (const fault of queueFaults(stack)) await show(fault);
  await show({
    name: 'DynamoDB silent',
    expected: 'unavailable',
    unhealthy: true,
    begin: async () => {
      const { thaw } = freeze(childOf(stack.pid, 'parts/dynamodb/child.ts'));
      return async () => thaw();
    },
  });
  const proxy = await replaceDynamoDb(stack);
  end.push(() => proxy.stop());
  for (const mode of ['throttles', 'breaks'] as const) {
    await show({
      name: `DynamoDB ${mode}`,
      expected: 'unavailable',
      unhealthy: true,
      begin: async () => {
        proxy.mode = mode;
        return async () => void (proxy.mode = 'passes');
      },
    });
  }
  await coldStarts(stack, report);

  report.progress('repeating what was refused, waiting for mails');
  const refused = await ledger.repeat(writes);
  report.none('repeated with its key, still refused', refused.length, writes.length, refused);
  const { missing, doubled } = await ledger.delivered(writes, deliverAfterFailureMs);
  report.none('writes whose job never arrived', missing.length, writes.length, missing);
  report.none('writes done twice', doubled.length, writes.length, doubled);
  report.figure('mails sent twice', await ledger.mailedTwice(writes), 'mails');
}

function databaseFaultsOf(database: ReturnType<typeof databaseFaults>): Fault[] {
  const unavailable = { expected: 'unavailable', unhealthy: true } as const;
  return [
    { name: 'database stopped', ...unavailable, begin: () => database.down('SIGINT') },
    { name: 'database killed', ...unavailable, begin: () => database.down('SIGKILL') },
    { name: 'database silent', ...unavailable, begin: database.silent },
    { name: 'database slow', expected: 'either', begin: database.slow },
    { name: 'table locked', expected: 'unavailable', begin: database.locked },
    { name: 'connections exhausted', ...unavailable, begin: database.full },
  ];
}

/** Nobody who calls may notice: the work waits in the database until the queues are back. */
function queueFaults({ pid }: WholeStack): Fault[] {
  const begin = async (): Promise<Undo> => {
    const { thaw } = freeze(childOf(pid, 'parts/queues/child.ts'));
    return async () => thaw();
  };
  return [{ name: 'queues silent', expected: 'usual', unhealthy: false, begin }];
}

async function coldStarts(stack: WholeStack, report: Report): Promise<void> {
  for (const failure of keyFailures) {
    const name = `signing keys ${failure}`;
    report.progress(name);
    const { genuine, forged, afterwards, recoveryMs } = await withoutKeys(stack, failure);
    const complaints = [
      complaintOf(call('genuine token', 200), genuine, 'unavailable'),
      complaintOf(call('forged token', 503), forged, 'unavailable'),
      complaintOf(call('forged token afterwards', 401), afterwards, 'usual'),
    ].filter((complaint) => complaint !== undefined);
    report.none(`${name}: wrong answers`, complaints.length, 3, complaints);
    const slowestMs = Math.round(Math.max(genuine.ms, forged.ms));
    report.figure(`${name}: slowest answer`, slowestMs, 'ms', { atMost: answerWithinMs });
    report.figure(`${name}: recovery`, Math.round(recoveryMs), 'ms', { atMost: recoverWithinMs });
  }
}

type Seen = { calls: number; complaints: string[]; slowestMs: number };

async function showOnce(
  { url }: WholeStack,
  { expected, unhealthy }: Fault,
  team: Team,
  writes: Write[],
  seen: Seen,
): Promise<void> {
  const write = newWrite(team);
  writes.push(write);
  const calls = callsOf(team, write);
  if (unhealthy !== undefined) calls.push(call('health', unhealthy ? 503 : 200, '/v1/health'));
  const answers = await Promise.all(calls.map((one) => make(url, one)));
  for (const [index, one] of calls.entries()) {
    const answer = answers[index] as Answer;
    if (one.name === 'write') write.statuses.push(answer.status);
    const complaint =
      one.name === 'health' ? healthComplaint(one, answer) : complaintOf(one, answer, expected);
    if (complaint !== undefined) seen.complaints.push(complaint);
    seen.calls += 1;
    seen.slowestMs = Math.max(seen.slowestMs, answer.ms);
  }
}

function healthComplaint({ usual }: Call, { status, code }: Answer): string | undefined {
  const right = status === usual && (status === 200 || code === 'health.unhealthy');
  return right ? undefined : `health answered ${status} ${code ?? ''}`;
}

/** Until a round of calls is answered as usual, twice in a row; how long the first of them took to come. */
async function untilWell({ url }: WholeStack, nextTeam: () => Team, writes: Write[]): Promise<number> {
  const startedMs = performance.now();
  let wellSinceMs: number | undefined;
  for (;;) {
    const write = newWrite(nextTeam());
    writes.push(write);
    const calls = callsOf(write.team, write);
    const answers = await Promise.all(calls.map((one) => make(url, one)));
    write.statuses.push(answers[1]?.status ?? 0);
    const isWell = calls.every((one, index) => answers[index]?.status === one.usual);
    const nowMs = performance.now() - startedMs;
    if (isWell && wellSinceMs !== undefined) return wellSinceMs;
    wellSinceMs = isWell ? nowMs : undefined;
    if (nowMs > 6 * recoverWithinMs) return nowMs;
    if (!isWell) await sleep(200);
  }
}

function call(name: string, usual: number, path = ''): Call {
  return { name, usual, path, init: {} };
}

/** One after the other, so that no team's own rate is used up. */
function rotate(teams: Team[]): () => Team {
  let next = 0;
  return () => {
    const team = teams[next % teams.length];
    next += 1;
    if (team === undefined) throw new Error('no team');
    return team;
  };
}
