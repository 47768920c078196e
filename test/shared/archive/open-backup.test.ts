/** `npm run open-backup`: what an owner does with a downloaded backup and its key. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { archiveKey } from '#shared/archive/seal.ts';
import { foundTenant } from '#test/shared/db/tenants.ts';
import { secret, take, type Taken } from '#test/support/archives.ts';
import { kernelDatabase, type KernelDatabase } from '#test/support/kernel-database.ts';

const folder = mkdtempSync(join(tmpdir(), 'plinth-open-'));
const file = join(folder, 'kept.plinth-backup');
let database: KernelDatabase;
let taken: Taken;
let key: string;

beforeAll(async () => {
  database = await kernelDatabase();
  const { tenantId } = await foundTenant(database.admin);
  taken = await take(database, tenantId);
  writeFileSync(file, taken.file);
  const { salt, header } = taken.archive;
  key = archiveKey(secret, { salt, tenant: tenantId, backup: header.backup }).toString('hex');
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.drop();
});

function open(input: string, ...args: string[]) {
  const command = join(import.meta.dirname, '../../../shared/archive/open-backup.ts');
  return spawnSync(process.execPath, [command, ...args], {
    ...{ input, encoding: 'utf8' as const },
    env: { PATH: process.env.PATH ?? '' },
  });
}

test('[BKP-1] the key of a backup opens it: its lines are written as they are', () => {
  const { status, stdout } = open(`${key}\n`, file);
  expect(status).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(JSON.parse(lines[0] ?? '')).toEqual(taken.archive.header);
  expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ contents: taken.archive.contents });
  const at = lines.findIndex((line) => line.startsWith('{"table":"memberships"'));
  expect(JSON.parse(lines[at + 1] ?? '')).toContain('owner');
});

test('[BKP-1] another key opens nothing, and says so', () => {
  const { status, stdout, stderr } = open('0'.repeat(64), file);
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toContain('not its key');
});

test('[BKP-1] what is no key, and no file, is said', () => {
  expect(open('secret', file)).toMatchObject({ status: 1, stderr: 'The key has 64 hexadecimal digits.\n' });
  expect(open(key)).toMatchObject({ status: 1 });
});
