/** The runner of benches and batteries: what it prints where, and that a miss is never taken for a success. */
import { execFileSync } from 'node:child_process';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { collect, toFigure } from './figures.ts';
import { kinds, machine, main, namesOf, type Result } from './runner.ts';

const fixtures = { script: 'battery', folder: join(import.meta.dirname, 'fixtures') };

async function run(...args: string[]): Promise<{ code: number; out: string[]; err: string[] }> {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await main(fixtures, args, { out: (text) => out.push(text), err: (text) => err.push(text) });
  return { code, out, err };
}

describe('[OPS-7] the runner of figures', () => {
  test('alone it lists every name with its summary', async () => {
    const { code, out } = await run();
    expect(code).toBe(0);
    expect(out.join('\n')).toMatch(/ {2}meets {3}Meets its goals\n {2}misses {2}Misses a goal/);
  });

  test('goals that are met give a table and exit code 0', async () => {
    const { code, out } = await run('meets');
    expect(code).toBe(0);
    expect(out.join('\n')).toMatch(/ratio +1\.235 +× +≤ 1\.5 +ok/);
    expect(out.join('\n')).toContain('worth knowing');
  });

  test('with --json the answer is one object, and everything else goes elsewhere', async () => {
    const { code, out, err } = await run('meets', '--json');
    expect([code, out.length]).toEqual([0, 1]);
    const result = JSON.parse(out[0] ?? '') as Result;
    expect(Object.keys(result)).toEqual(['name', 'machine', 'date', 'figures']);
    expect(result.figures).toEqual([
      { id: 'ratio', value: 1.23457, unit: '×', goal: '≤ 1.5', ok: true },
      { id: 'leaks', value: 0, unit: 'of 12', goal: '= 0', ok: true },
      { id: 'leaks tried', value: 12, unit: 'cases', goal: '≥ 1', ok: true },
    ]);
    expect(err).toEqual(['measuring', 'worth knowing']);
  });

  test('a missed goal is exit code 1', async () => {
    const { code, out } = await run('misses');
    expect(code).toBe(1);
    expect(out.join('\n')).toMatch(/ratio +1\.6 +× +≤ 1\.5 +MISS/);
  });

  test('a run that fails keeps its figures and misses `completed`', async () => {
    const { code, out, err } = await run('breaks', '--json');
    expect(code).toBe(1);
    expect((JSON.parse(out[0] ?? '') as Result).figures.map(({ id, ok }) => [id, ok])).toEqual([
      ['ratio', true],
      ['completed', false],
    ]);
    expect(err.join('\n')).toContain('the database went away');
  });

  test('a run that reports nothing, and a name that nobody has, fail', async () => {
    expect((await run('silent')).code).toBe(1);
    const unknown = await run('nothing');
    expect(unknown.code).toBe(1);
    expect(unknown.err.join()).toContain('breaks, meets, misses, silent');
  });

  test('trying nothing is a miss, and so is what is not a number', () => {
    const { report, figures } = collect(() => undefined);
    report.none('leaks', 0, 0);
    expect(figures.map(({ ok }) => ok)).toEqual([true, false]);
    expect(toFigure('ratio', NaN, '×', { atMost: 1 }).ok).toBe(false);
    expect(toFigure('ratio', NaN, '×').ok).toBe(false);
  });

  test('the machine is described without saying whose it is', () => {
    expect(machine()).toMatch(/ \d+ cores, \d+ GiB, Node \d+\.\d+\.\d+$/);
    expect(machine()).not.toContain(hostname());
  });

  test('the names of the project are its files, machinery and tests excepted', () => {
    expect(namesOf(kinds.battery)).not.toEqual(expect.arrayContaining(['runner']));
    expect(namesOf(kinds.battery).filter((name) => name.includes('.'))).toEqual([]);
  });

  test('as a command, standard output carries the list and nothing else', () => {
    const command = [join(import.meta.dirname, 'main.ts'), 'bench'];
    const out = execFileSync(process.execPath, command, { encoding: 'utf8', env: { NODE_NO_WARNINGS: '1' } });
    expect(out.split('\n')[0]).toBe('npm run bench -- <name> [--json]');
  });
});
