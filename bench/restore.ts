/**
 * What it takes to keep a tenant's rows and to bring all of them back, against plain COPY of the same rows in the same
 * run: out of the server for a backup, into a table with the same keys and no policy for a restore. A backup also
 * compresses, seals and hashes; a restore also stages beside the live rows, verifies, compares, and looks again after.
 */
import { performance } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { applyStaged, lockTenant } from '#shared/archive/apply.ts';
import { differenceOf } from '#shared/archive/difference.ts';
import { stageArchive } from '#shared/archive/stage.ts';
import { verifyStaged } from '#shared/archive/verify.ts';
import { sql } from '#shared/db/sql.ts';
import type { Report } from '#test/battery/figures.ts';
import { foundTenant } from '#test/shared/db/tenants.ts';
import { inside, newRestore, recordsOf, take } from '#test/support/archives.ts';
import { kernelDatabase, type KernelDatabase } from '#test/support/kernel-database.ts';

export const summary = 'Rows a second of a backup and a restore against plain COPY of the same rows';

const rows = 200_000;
const table = 'app.ai_budget_increases';

export async function run(report: Report): Promise<void> {
  const database = await kernelDatabase();
  try {
    const { admin } = database;
    const { tenantId, userId } = await foundTenant(admin);
    await admin.query(
      `insert into ${table} (tenant_id, id, scope, subject, period, amount_pico, reason, expires_at, granted_by_type,
                             granted_by)
       select $1, gen_random_uuid(), 'feature', 'f' || n, 'month', n, 'Reason ' || repeat('x', n % 200), now(),
              'person', $2
       from generate_series(1, $3::integer) n`,
      [tenantId, userId, rows],
    );
    await admin.query('vacuum analyze');
    const { file, outMs } = await copyOut(database);
    const inMs = await copyIn(database, file);
    const backup = await timed(() => take(database, tenantId));
    const restored = await restore(database, tenantId, backup.value);
    const per = (ms: number) => Math.round((rows * 1000) / ms);
    report.figure('plain COPY out', per(outMs), 'rows/s');
    report.figure('backup', per(backup.ms), 'rows/s');
    report.figure('backup against COPY out', outMs / backup.ms, '×');
    report.figure('plain COPY in', per(inMs), 'rows/s');
    report.figure('stage', per(restored.stage), 'rows/s');
    report.figure('verify', per(restored.verify), 'rows/s');
    report.figure('compare', per(restored.compare), 'rows/s');
    report.figure('apply', per(restored.apply), 'rows/s');
    report.figure('apply against COPY in', inMs / restored.apply, '×');
    const all = restored.stage + restored.verify + restored.compare + restored.apply;
    report.figure('whole restore', per(all), 'rows/s');
    report.figure('whole restore against COPY in', inMs / all, '×');
    report.none('rows that are not back', rows - restored.back, rows);
  } finally {
    await database.drop();
  }
}

async function copyOut({ admin }: KernelDatabase): Promise<{ file: Buffer; outMs: number }> {
  const chunks: Buffer[] = [];
  const { ms } = await timed(async () => {
    for await (const chunk of admin.query(copyTo(`copy ${table} to stdout`))) chunks.push(chunk as Buffer);
  });
  return { file: Buffer.concat(chunks), outMs: ms };
}

/** Into a table with the same columns, checks and keys. */
async function copyIn({ admin }: KernelDatabase, file: Buffer): Promise<number> {
  await admin.query(`create table public.plain (like ${table} including all)`);
  const pieces = function* () {
    for (let at = 0; at < file.length; at += 65_536) yield file.subarray(at, at + 65_536);
  };
  const { ms } = await timed(() =>
    pipeline(Readable.from(pieces()), admin.query(copyFrom('copy public.plain from stdin'))),
  );
  await admin.query('drop table public.plain');
  return ms;
}

type Times = Record<'stage' | 'verify' | 'compare' | 'apply' | 'back', number>;

/** All rows are gone, so all of them come back. */
async function restore(
  database: KernelDatabase,
  tenant: string,
  taken: Awaited<ReturnType<typeof take>>,
): Promise<Times> {
  await database.admin.query(`delete from ${table} where tenant_id = $1`, [tenant]);
  const id = await newRestore(database, tenant);
  const asRestore = { login: 'app_restore', tenant } as const;
  const stage = await timed(() =>
    inside(database, asRestore, (bulk) => stageArchive(bulk, id, recordsOf(taken))),
  );
  const staged = stage.value;
  const verify = await timed(() => inside(database, asRestore, (bulk) => verifyStaged(bulk, id, staged)));
  if (verify.value.length > 0) throw new Error(verify.value.map(({ detail }) => detail).join(' '));
  const compare = await timed(() => inside(database, asRestore, (bulk) => differenceOf(bulk, id, staged)));
  const apply = await timed(() =>
    inside(database, asRestore, async (bulk) => {
      await lockTenant(bulk, staged);
      await applyStaged(bulk, id, staged);
      await bulk.query(sql`select app.announce('tenant', ${tenant})`);
    }),
  );
  const { rowCount } = await database.admin.query(`select from ${table} where tenant_id = $1`, [tenant]);
  return { stage: stage.ms, verify: verify.ms, compare: compare.ms, apply: apply.ms, back: rowCount ?? 0 };
}

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const started = performance.now();
  const value = await work();
  return { value, ms: performance.now() - started };
}
