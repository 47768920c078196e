/**
 * The promised load (TEN-12) on the whole local stack: 50 requests a second, then 200, for a minute each, reads and
 * writes of 500 tenants with 1,000 people. Everything, the client too, runs on this one machine.
 */
import { loadavg } from 'node:os';
import { startWholeStack, type WholeStack } from '#test/support/whole-stack.ts';
import type { Report } from './figures.ts';
import { arrivals, type Measured, type Outcome, percentile } from './load/arrivals.ts';
import { clientOf } from './load/http-client.ts';
import { mixOf } from './load/mix.ts';
import { processorSeconds } from './load/processor-time.ts';

export const summary = '50 and 200 requests a second for a minute each, seven reads to three writes';

const tenants = 500;
const seconds = 60;
const rates = [50, 200];
const steps = [20, 50, 100, 150, 200];
const stepSeconds = 15;

export async function run(report: Report): Promise<void> {
  report.progress('starting a stack');
  const stack = await startWholeStack();
  const client = clientOf(stack.url);
  try {
    const next = mixOf(await stack.found(tenants, ['owner', 'admin']), client);
    // Load grows; what has just started, and code that has hardly run, are measured by another bench.
    for (const rate of steps) {
      report.progress(`warming up with ${rate} requests a second for ${stepSeconds} s`);
      await arrivals(rate, stepSeconds, next);
      if (rates.includes(rate)) await measure(report, stack, rate, next);
    }
  } finally {
    client.close();
    await stack.stop();
  }
}

async function measure(
  report: Report,
  { pid }: WholeStack,
  rate: number,
  next: Parameters<typeof arrivals>[2],
): Promise<void> {
  report.progress(`${rate} requests a second for ${seconds} s`);
  const [stackBefore, clientBefore] = [processorSeconds(pid), process.cpuUsage()];
  const outcome = await arrivals(rate, seconds, next);
  const clientUsed = process.cpuUsage(clientBefore);
  say(report, rate, outcome);
  const cores = (used: number) => Number((used / outcome.seconds).toFixed(2));
  for (const [part, after] of processorSeconds(pid)) {
    report.figure(`${rate}/s: cores of ${part}`, cores(after - (stackBefore.get(part) ?? 0)), 'cores');
  }
  report.figure(
    `${rate}/s: cores of the client`,
    cores((clientUsed.user + clientUsed.system) / 1e6),
    'cores',
  );
  report.figure(`${rate}/s: load average of the machine`, loadavg()[0] ?? NaN, '');
}

function say(report: Report, rate: number, { measured, seconds: took }: Outcome): void {
  const sorted = measured.map(({ ms }) => ms).sort((one, other) => one - other);
  const at = (share: number) => Number(percentile(sorted, share).toFixed(1));
  const failed = measured.filter(({ status }) => status === 0 || (status >= 400 && status !== 429));
  report.figure(`${rate}/s: p50`, at(0.5), 'ms');
  report.figure(`${rate}/s: p95`, at(0.95), 'ms', { atMost: 300 });
  report.figure(`${rate}/s: p99`, at(0.99), 'ms', { atMost: 1_500 });
  report.figure(`${rate}/s: slowest`, at(1), 'ms');
  report.figure(`${rate}/s: achieved`, Number((measured.length / took).toFixed(1)), 'requests/s', {
    atLeast: 0.97 * rate,
  });
  report.figure(`${rate}/s: honest 429s`, measured.filter(({ status }) => status === 429).length, 'answers');
  report.none(`${rate}/s: errors`, failed.length, measured.length, counted(failed));
}

/** Which calls failed how, and how often. */
function counted(failed: readonly Measured[]): string[] {
  const kinds = Map.groupBy(failed, ({ name, status }) => `${name} answered ${status}`);
  return [...kinds].map(([kind, all]) => `${kind}: ${all.length} times`);
}
