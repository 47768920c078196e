/**
 * `npm test`: everything that must hold, in order, stopping at the first failure. `npm test -- <pattern>` runs
 * only the tests of the files that match, long ones among them; `--all` adds those to the rest.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { join } from 'node:path';

type Check = { name: string; command: string[]; env?: Record<string, string>; isShown?: boolean };

const root = join(import.meta.dirname, '..');
const packages = (path: string) => join(root, 'node_modules', path);
const cache = (name: string) => packages(join('.cache', name));

const jest = (patterns: string[], withLong: boolean): Check => ({
  name: 'tests',
  command: [packages('jest/bin/jest.js'), ...patterns],
  // Through the environment, so that Jest's workers get them too: modules are tested as modules.
  env: {
    NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
    ...(withLong ? { PLINTH_LONG_TESTS: 'on' } : {}),
  },
  isShown: true,
});

const lint: Check = {
  name: 'lint',
  command: [packages('eslint/bin/eslint.js'), '.', '--cache', '--cache-location', cache('eslint/')],
};

/** Stage after stage; what stands in one stage runs side by side. */
const stages: Check[][] = [
  // Declarations that cannot be: they say so in a sentence, where the types would say it in ten lines.
  [{ name: 'contracts', command: [join(root, 'shared/registry.ts')] }],
  [
    { name: 'types', command: [packages('@typescript/native/bin/tsc'), '--noEmit'] },
    {
      name: 'format',
      command: [
        packages('prettier/bin/prettier.cjs'),
        ...['--check', '.', '--cache', '--cache-location', cache('prettier/.prettier-cache')],
      ],
    },
  ],
  // Tests wait for time to pass as well, and leave a third of two processors to whoever comes beside them.
  [lint, jest([], process.argv.includes('--all'))],
];

const running = new Set<ChildProcess>();

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    for (const child of running) child.kill(signal);
    process.exitCode = 128 + constants.signals[signal];
  });
}

const patterns = process.argv.slice(2).filter((argument) => argument !== '--all');
for (const stage of patterns.length > 0 ? [[jest(patterns, true)]] : stages) {
  const areOk = await Promise.all(stage.map(run));
  if (!areOk.includes(false) && process.exitCode === undefined) continue;
  process.exitCode ??= 1;
  break;
}

/** Runs one check and reports it in one line; what it printed is shown when it fails, the tests' at once. */
async function run({ name, command, env = {}, isShown = false }: Check): Promise<boolean> {
  const started = performance.now();
  const child = spawn(process.execPath, command, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['inherit', isShown ? 'inherit' : 'pipe', isShown ? 'inherit' : 'pipe'],
  });
  running.add(child);
  const output: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => output.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  running.delete(child);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${seconds.padStart(6)} s  ${name}`);
  if (code !== 0) process.stdout.write(Buffer.concat(output));
  return code === 0;
}
