/**
 * `npm run test:full`: what `npm test` checks, the stories of the console, every battery and every bench, one after the
 * other and to the end. The exit code is 1 when anything failed or missed its goal.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { join } from 'node:path';
import { table } from './battery/figures.ts';
import { kinds, namesOf, type Result } from './battery/runner.ts';

type Outcome = { title: string; isOk: boolean; seconds: number; told: string };

let running: ChildProcess | undefined;
let stopped: number | undefined;

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stopped = 128 + constants.signals[signal];
    running?.kill(signal);
  });
}

const outcomes: Outcome[] = [await passing('npm test', ['run.ts', '--all'])];
if (stopped === undefined) outcomes.push(await passing('npm run e2e', ['e2e/main.ts']));
for (const kind of ['battery', 'bench'] as const) {
  for (const name of namesOf(kinds[kind]))
    if (stopped === undefined) outcomes.push(await figures(kind, name));
}
console.log(`\n${outcomes.map(lineOf).join('\n')}`);
process.exitCode = stopped ?? (outcomes.every(({ isOk }) => isOk) ? 0 : 1);

async function passing(title: string, command: [string, ...string[]]): Promise<Outcome> {
  console.log(`\n${title}`);
  const { code, seconds } = await run(command, 'inherit');
  return { title, isOk: code === 0, seconds, told: '' };
}

async function figures(kind: 'battery' | 'bench', name: string): Promise<Outcome> {
  const title = `${kind} ${name}`;
  console.log(`\n${title}`);
  const { code, seconds, output } = await run(['battery/main.ts', kind, name, '--json'], 'pipe');
  // A run that crashed before it could answer has said why on stderr.
  const result = output === '' ? undefined : (JSON.parse(output) as Result);
  if (result === undefined) return { title, isOk: false, seconds, told: 'no answer' };
  console.log(table(result.figures));
  const missed = result.figures.filter(({ ok }) => !ok);
  const told = missed.map(({ id, value, unit, goal }) => `${id} ${value} ${unit}, goal ${goal}`).join('; ');
  const counted = `${result.figures.filter(({ goal }) => goal !== null).length} goals met`;
  return { title, isOk: code === 0, seconds, told: missed.length === 0 ? counted : `missed: ${told}` };
}

async function run(
  [file, ...args]: [string, ...string[]],
  stdout: 'inherit' | 'pipe',
): Promise<{ code: number | null; seconds: number; output: string }> {
  const started = performance.now();
  const command = ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, file), ...args];
  const child = spawn(process.execPath, command, { stdio: ['inherit', stdout, 'inherit'] });
  running = child;
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  running = undefined;
  const seconds = (performance.now() - started) / 1000;
  return { code, seconds, output: Buffer.concat(chunks).toString().trim() };
}

function lineOf({ title, isOk, seconds, told }: Outcome): string {
  return `${isOk ? 'ok  ' : 'FAIL'} ${seconds.toFixed(1).padStart(6)} s  ${title}${told === '' ? '' : `  ${told}`}`;
}
