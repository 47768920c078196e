/** Who decides how much demo data a start makes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chooseDemo } from '#local/demo/choice.ts';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'plinth-choice-'));
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

/** A terminal at which somebody types that. */
function terminal(typed: string) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true }) as unknown as NodeJS.ReadStream;
  const stdout = Object.assign(new PassThrough(), { isTTY: true }) as unknown as NodeJS.WriteStream;
  (stdin as unknown as PassThrough).write(typed);
  return { stdin, stdout };
}

function pipe() {
  return {
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    stdout: new PassThrough() as unknown as NodeJS.WriteStream,
  };
}

describe('[OPS-6] the first start', () => {
  test('asks at a terminal, where enter is yes', async () => {
    const wanted = undefined;
    expect(await chooseDemo({ state, wanted, ...terminal('\n') })).toBe('month');
    expect(await chooseDemo({ state, wanted, ...terminal('n\n') })).toBe('small');
  });

  test('takes nobody’s answer for yes, after ten seconds', async () => {
    const started = performance.now();
    expect(await chooseDemo({ state, wanted: undefined, ...terminal('') })).toBe('month');
    expect(performance.now() - started).toBeGreaterThan(9_000);
  }, 20_000);

  test('waits for nobody who is not at a terminal', async () => {
    expect(await chooseDemo({ state, wanted: undefined, ...pipe() })).toBe('small');
  });

  test('does what PLINTH_DEMO says, and refuses what it does not know', async () => {
    expect(await chooseDemo({ state, wanted: 'on', ...pipe() })).toBe('month');
    expect(await chooseDemo({ state, wanted: 'off', ...terminal('\n') })).toBe('small');
    await expect(chooseDemo({ state, wanted: 'perhaps', ...pipe() })).rejects.toThrow('PLINTH_DEMO');
  });
});

test('[OPS-6] a later start asks nobody, and finishes what the first began', async () => {
  const choose = (demo: object) => {
    writeFileSync(join(state, 'demo.json'), JSON.stringify(demo));
    return chooseDemo({ state, wanted: undefined, ...terminal('n\n') });
  };
  expect(await choose({ tenantId: 'ten_x' })).toBe('small');
  expect(await choose({ monthBefore: '2026-11-21T12:00:00Z' })).toBe('month');
});
