/** The smoke story against a stack of its own, and what that stack remembers when it is stopped or killed. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Demo, readDemo } from '#local/demo.ts';
import { resetState } from '#local/reset-state.ts';
import { refresh, signIn, type Tokens } from '#local/sign-in.ts';
import { acceptInConsole, visitConsole } from './console.ts';
import { type LocalStack, startStack } from './local-stack.ts';
import { readMail } from './mailbox.ts';
import { as } from './people.ts';
import { smoke } from './smoke.ts';
import { findStack } from './stack.ts';

describe('the local stack', () => {
  let state: string;
  let stack: LocalStack;
  let tokens: Tokens;
  let remembered: unknown;

  beforeAll(async () => {
    state = await mkdtemp(join(tmpdir(), 'plinth-smoke-'));
    process.env.PLINTH_STATE = state;
    stack = await startStack(state);
  }, 300_000);

  afterAll(async () => {
    // Undefined when it did not start.
    await (stack as LocalStack | undefined)?.end('SIGINT');
    await resetState(state);
    delete process.env.PLINTH_STATE;
  }, 60_000);

  test('[OPS-6] the smoke story passes, with no step left out', async () => {
    const { steps } = await smoke();
    expect(steps.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    expect(steps.length).toBeGreaterThan(30);
  }, 300_000);

  test('[TEN-8] the console works in a real browser: sign in, found a tenant, invite, accept', async () => {
    const demo = readDemo(state);
    if (demo === undefined) throw new Error('the stack has no demo data');
    const { password, users } = demo;
    const owner = { email: users.owner, password };
    const complaints = await visitConsole({ url: stack.url, person: owner, guest: users.admin });
    expect(complaints).toEqual([]);
    const { mailboxUrl = '' } = await findStack();
    const url = await readMail(mailboxUrl, users.admin, /(http\S+\/invitations\/accept#token=\S+)/);
    const admin = { email: users.admin, password };
    expect(await acceptInConsole({ url, person: admin })).toEqual([
      expect.stringContaining('Browser & Sons'),
    ]);
  }, 120_000);

  test('Ctrl-C stops everything and leaves no process behind', async () => {
    remembered = await whatItKnows();
    tokens = await adminSignsIn();
    const { code, left } = await stack.end('SIGINT');
    expect(left).toEqual([]);
    expect(code).toBe(0);
    expect(existsSync(join(state, 'stack.json'))).toBe(false);
  }, 60_000);

  test('after a restart tenants, people and sign-ins are still there', async () => {
    stack = await startStack(state);
    expect(await whatItKnows()).toEqual(remembered);
    tokens = await refresh(await findStack(), tokens.refreshToken);
  }, 120_000);

  test('[OPS-6] demo data whose making was interrupted is completed, not doubled', async () => {
    const file = join(state, 'demo.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { tenantId, ...unfinished } = JSON.parse(readFileSync(file, 'utf8')) as Demo;
    await stack.end('SIGINT');
    writeFileSync(file, JSON.stringify(unfinished));
    stack = await startStack(state);
    expect(readDemo(state)).toEqual({ ...unfinished, tenantId });
    expect(await whatItKnows()).toEqual(remembered);
  }, 120_000);

  test('after kill -9 they are still there as well', async () => {
    await stack.end('SIGKILL', 0);
    stack = await startStack(state);
    expect(await whatItKnows()).toEqual(remembered);
    tokens = await refresh(await findStack(), tokens.refreshToken);
  }, 120_000);
});

async function adminSignsIn(): Promise<Tokens> {
  const found = await findStack();
  if (found.platformAdmin === undefined) throw new Error('the stack has no demo administrator');
  return signIn({ ...found, ...found.platformAdmin });
}

/** All tenants, read by the administrator through the API. */
async function whatItKnows(): Promise<unknown> {
  const { accessToken } = await adminSignsIn();
  const found = await findStack();
  const { items } = await as({ accessToken, account: undefined }, found).platform.tenants({ limit: 100 });
  expect(items.length).toBeGreaterThan(2);
  return items;
}
