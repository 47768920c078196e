/** Backups and restores on a database of a test: taken into memory, staged, compared, applied. */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { applyStaged, type Applied, lockTenant } from '#shared/archive/apply.ts';
import { type Difference, differenceOf } from '#shared/archive/difference.ts';
import type { Archive } from '#shared/archive/format.ts';
import { readArchive } from '#shared/archive/read.ts';
import { archiveKey } from '#shared/archive/seal.ts';
import { type StagedArchive, stageArchive } from '#shared/archive/stage.ts';
import { takeBackup } from '#shared/archive/take.ts';
import type { Upgrades } from '#shared/archive/upgrades.ts';
import { type Finding, verifyStaged } from '#shared/archive/verify.ts';
import type { DatabaseSettings } from '#shared/config/environment.ts';
import type { BulkOptions, BulkTransaction } from '#shared/contract/workflow.ts';
import type { DatabaseRole } from '#shared/contract/module.ts';
import { bulkTransaction } from '#shared/db/bulk.ts';
import { sql } from '#shared/db/sql.ts';
import type { KernelDatabase } from './kernel-database.ts';

export const secret = 'a secret of this deployment, for tests';

/** A backup in memory. */
export type Taken = { archive: Archive; file: Buffer; tenant: string };

/** How a login connects to a database of tests. */
export function settingsOf(database: KernelDatabase, login: DatabaseRole): DatabaseSettings {
  const environment = database.environment(login);
  return {
    host: environment.DATABASE_HOST ?? '',
    port: Number(environment.DATABASE_PORT),
    database: environment.DATABASE_NAME ?? '',
    user: login,
    password: environment.DATABASE_PASSWORD,
    region: 'us-east-1',
    answerTimeoutMs: 60_000,
    poolSize: 1,
  };
}

/** A transaction of its own inside a tenant, as one of the logins. */
export function inside<T>(
  database: KernelDatabase,
  { login, tenant, mode = 'write' }: { login: DatabaseRole; tenant: string; mode?: BulkOptions['mode'] },
  work: (bulk: BulkTransaction) => Promise<T>,
): Promise<T> {
  const entry = { tenantId: tenant, userId: null, requestId: 'test' };
  return bulkTransaction(settingsOf(database, login), entry, { mode }, work);
}

/** Takes a backup of a tenant as the login of backups does. */
export async function take(database: KernelDatabase, tenant: string): Promise<Taken> {
  const chunks: Buffer[] = [];
  const sink = async (bytes: AsyncIterable<Buffer>) => {
    for await (const chunk of bytes) chunks.push(chunk);
  };
  const archive = await inside(database, { login: 'app_backup', tenant, mode: 'snapshot' }, (bulk) =>
    takeBackup(bulk, { tenant, backup: randomUUID() }, { secret, sink }),
  );
  return { archive, file: Buffer.concat(chunks), tenant };
}

/** The records of a backup. */
export function recordsOf({ archive, file, tenant }: Taken, keySecret = secret) {
  const { salt, header } = archive;
  const key = archiveKey(keySecret, { salt, tenant, backup: header.backup });
  // In pieces that end anywhere.
  const pieces = function* () {
    for (let at = 0; at < file.length; at += 4_001) yield file.subarray(at, at + 4_001);
  };
  return readArchive(Readable.from(pieces()), () => key);
}

/** A restore that is about to be staged; its id. */
export async function newRestore(database: KernelDatabase, tenant: string): Promise<string> {
  const id = randomUUID();
  await database.admin.query(
    `update app.restores set status = 'cancelled' where tenant_id = $1 and status in ('requested', 'preparing', 'ready')`,
    [tenant],
  );
  await database.admin.query(
    `insert into app.restores (tenant_id, id, at, reason, requested_by_type, requested_by, expires_at)
     values ($1, $2, now(), 'A test', 'person', $3, now() + interval '1 day')`,
    [tenant, id, randomUUID()],
  );
  return id;
}

/** What came of staging a backup. */
export type Prepared = {
  restore: string;
  staged: StagedArchive;
  findings: Finding[];
  difference: Difference;
};

/** Stages, verifies and compares. */
export async function prepare(
  database: KernelDatabase,
  taken: Taken,
  { by, into = taken.tenant, readmitted = [] }: { by?: Upgrades; into?: string; readmitted?: string[] } = {},
): Promise<Prepared> {
  const restore = await newRestore(database, into);
  await database.admin.query('update app.restores set readmitted = $2 where id = $1', [restore, readmitted]);
  return inside(database, { login: 'app_restore', tenant: into }, async (bulk) => {
    const staged = await stageArchive(bulk, restore, recordsOf(taken), by);
    const findings = await verifyStaged(bulk, restore, staged);
    const difference =
      findings.length === 0 ? await differenceOf(bulk, restore, staged) : { tables: {}, returning: [] };
    return { restore, staged, findings, difference };
  });
}

/** Applies what was prepared, and tells the database that the gate knows, which no test here asks. */
export function apply(
  database: KernelDatabase,
  { restore, staged }: Pick<Prepared, 'restore' | 'staged'>,
  tenant: string,
): Promise<Applied> {
  return inside(database, { login: 'app_restore', tenant }, async (bulk) => {
    await lockTenant(bulk, staged);
    const applied = await applyStaged(bulk, restore, staged);
    await bulk.query(sql`select app.announce('tenant', ${tenant})`);
    return applied;
  });
}
