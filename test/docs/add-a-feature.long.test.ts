/** Follows docs/add-a-feature.md to the letter in a copy of the project, and calls what came of it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readDemo } from '#local/demo.ts';
import { resetState } from '#local/reset-state.ts';
import { signIn } from '#local/sign-in.ts';
import { type LocalStack, startStack } from '../smoke/local-stack.ts';
import { applyBlocks, type Block, blocksOf, copyProject } from './recipe.ts';

const project = join(import.meta.dirname, '../..');
const recipe = readFileSync(join(project, 'docs/add-a-feature.md'), 'utf8');

describe('docs/add-a-feature', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-recipe-'));
  const copy = join(folder, 'project');
  const state = join(folder, 'state');
  const blocks: Block[] = blocksOf(recipe);
  let written: string[] = [];
  let stack: LocalStack | undefined;

  beforeAll(() => {
    copyProject(project, copy);
    written = applyBlocks(blocks, copy);
  });

  afterAll(async () => {
    await stack?.end('SIGINT');
    await resetState(state);
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  test('the recipe is one folder, one line in the registry, one entry file, a migration and a test', () => {
    const created = blocks.filter(({ language }) => language !== 'diff').map(({ file }) => file);
    expect(created).toEqual([
      'shared/notes/notes.contract.ts',
      'shared/notes/module.ts',
      'shared/db/migrations/NNNN_notes.sql',
      'shared/notes/notes.rows.ts',
      'shared/notes/notes.ops.ts',
      'functions/http/notes.ts',
      'test/shared/notes/notes.test.ts',
    ]);
  });

  test('its code has the right types and format', () => {
    expect(run('node_modules/@typescript/native/bin/tsc', '--noEmit')).toBe('');
    const code = written.filter((file) => file.endsWith('.ts'));
    expect(run('node_modules/prettier/bin/prettier.cjs', '--list-different', ...code)).toBe('');
  }, 120_000);

  test('its own test passes', () => {
    expect(run('--experimental-vm-modules', 'node_modules/jest/bin/jest.js', 'test/shared/notes')).toMatch(
      /2 passed/,
    );
  }, 120_000);

  test('it satisfies the rules for tables, roles, imports and requirements', () => {
    run('bin/generate.ts');
    const rules = [
      'isolation',
      'shared/db/lints',
      'shared/access',
      'architecture',
      'traceability',
      'generated',
    ];
    const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js'];
    expect(run(...jest, ...rules.map((folder) => `test/${folder}`))).toMatch(/Tests: +\d+ passed, \d+ total/);
  }, 180_000);

  test('the new endpoint answers a signed-in person on the local stack', async () => {
    stack = await startStack(state, copy);
    const { call } = await ownerOf(stack);
    const created = await call('POST', { text: 'Remember the milk' });
    expect(created).toMatchObject({ status: 201, body: { text: 'Remember the milk' } });
    expect(await call('GET')).toMatchObject({ status: 200, body: { items: [created.body] } });
  }, 180_000);

  test('strangers are kept away from it, without a test of its own', () => {
    expect(run('test/smoke/main.ts')).toMatch(/ 0 failed/);
  }, 180_000);

  /** Runs a program of the copy, on the copy's state; returns what it printed. */
  function run(...command: string[]): string {
    const { NODE_OPTIONS: _options, ...environment } = process.env;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', ...command],
      { cwd: copy, env: { ...environment, PLINTH_STATE: state }, encoding: 'utf8' },
    );
    const printed = stdout + stderr;
    if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}:\n${printed}`);
    return printed;
  }
});

type Answer = { status: number; body: unknown };
type Call = (method: 'GET' | 'POST', body?: object) => Promise<Answer>;

/** Signs in as the demo owner; `call` calls /v1/notes in the demo tenant. */
async function ownerOf({ url, state }: LocalStack): Promise<{ call: Call }> {
  const config = (await (await fetch(`${url}/config.json`)).json()) as Record<
    'apiUrl' | 'loginUrl' | 'clientId' | 'redirectUri',
    string
  >;
  const demo = readDemo(state);
  if (demo?.tenantId === undefined) throw new Error('the stack has no demo data');
  const { tenantId } = demo;
  const { accessToken } = await signIn({ ...config, email: demo.users.owner, password: demo.password });
  const call: Call = async (method, body) => {
    const answer = await fetch(`${config.apiUrl.replace(/\/$/, '')}/v1/notes`, {
      method,
      headers: {
        authorization: `Bearer ${accessToken}`,
        'content-type': 'application/json',
        'idempotency-key': crypto.randomUUID(),
        'x-tenant-id': tenantId,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json() };
  };
  return { call };
}
