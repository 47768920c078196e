/** Files by the command line, against a stack of its own: exports, backups, and a restore that takes two people. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readDemo } from '#local/demo.ts';
import { startWholeStack, type WholeStack } from '../support/whole-stack.ts';
import { login } from './sign-in.ts';
import { json, plinth, type User } from './terminal.ts';

let stack: WholeStack;
let folder: string;
let owner: User;

beforeAll(async () => {
  stack = await startWholeStack();
  folder = mkdtempSync(join(tmpdir(), 'plinth-cli-files-'));
  owner = { folder, url: stack.url };
  const demo = readDemo(stack.state);
  if (demo === undefined) throw new Error('the stack has no demo data');
  await login(owner, { email: demo.users.owner, password: demo.password });
}, 240_000);

afterAll(async () => {
  // Undefined when it did not start.
  await (stack as WholeStack | undefined)?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const purpose = ['--purpose', 'A test of the command line'];

test('[EXP-1, EXP-3] a report is made, waited for and saved; the same to a pipe', async () => {
  const reports = await json<{ id: string }[]>(owner, ['export', 'reports']);
  expect(reports.map(({ id }) => id)).toContain('audit.events');
  const saved = await plinth(owner, ['export', 'start', 'audit.events', ...purpose, '-o', 'trail.csv']);
  expect(saved).toMatchObject({ code: 0, stdout: '' });
  const file = readFileSync(join(folder, 'trail.csv'), 'utf8');
  expect(file).toContain('tenant.created');
  const piped = await plinth(owner, [
    ...['export', 'start', 'audit.events', ...purpose],
    ...['--format', 'json', '-o', '-'],
  ]);
  expect(piped.code).toBe(0);
  expect(piped.stdout).toContain('"tenant.created"');
  expect((await plinth(owner, ['export', 'list'])).stdout).toMatch(/audit\.events\s+csv\s+finished/);
}, 180_000);

test('[EXP-1] what is no report is refused, and a purpose is asked for', async () => {
  expect((await plinth(owner, ['export', 'start', 'no.such', ...purpose])).code).toBe(2);
  expect((await plinth(owner, ['export', 'start', 'audit.events'])).code).toBe(2);
  expect((await plinth(owner, ['export', 'download', 'exp_unknown', '-o', 'x'])).code).toBe(2);
}, 60_000);

test('[BKP-1] a backup is taken and saved, with the key that opens it alone on standard output', async () => {
  const taken = await plinth(owner, ['backups', 'take']);
  expect(taken).toMatchObject({ code: 0, stdout: expect.stringMatching(/^bkp_[\w-]+\n$/) });
  const saved = await plinth(owner, ['backups', 'download', taken.stdout.trim(), '-o', 'tenant.backup']);
  expect(saved).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[0-9a-f]+\n$/) });
  expect(readFileSync(join(folder, 'tenant.backup')).length).toBeGreaterThan(100);
}, 180_000);

test('[BKP-2] a restore is asked for, and whoever asked does not approve it', async () => {
  const [backup] = await json<{ id: string }[]>(owner, ['backups', 'list']);
  expect((await plinth(owner, ['restore', 'request', '--reason', 'A test'])).code).toBe(2);
  const asked = await plinth(owner, [
    ...['restore', 'request', '--backup', backup?.id ?? '', '--reason', 'A test'],
  ]);
  expect(asked).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\w+_[\w-]+\n$/) });
  const id = asked.stdout.trim();
  expect((await plinth(owner, ['restore', 'approve', id])).code).toBe(4);
  expect((await plinth(owner, ['restore', 'apply', id])).code).toBe(2);
  expect((await plinth(owner, ['restore', 'cancel', id])).code).toBe(0);
  expect((await plinth(owner, ['restore', 'list'])).stdout).toMatch(/cancelled\s+A test/);
}, 120_000);
