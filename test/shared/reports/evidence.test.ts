/** The evidence pack: what is in it, and whose. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sealTrails } from '#shared/audit/chain/seal.ts';
import { auditReports } from '#shared/audit/audit.reports.ts';
import { evidenceQueries } from '#shared/audit/evidence.queries.ts';
import { evidenceReports, evidenceSections } from '#shared/audit/evidence.reports.ts';
import { rowFactories } from '#test/isolation/rows.ts';
import type { Founded } from '../db/tenants.ts';
import { type FileStage, head, startFileStage, writeFile } from '../files/report-rows.ts';

let stage: FileStage;
const { evidence } = evidenceReports;

beforeAll(async () => {
  stage = await startFileStage();
  for (const owner of [stage.mine, stage.theirs]) {
    for (const table of [
      'tenant_settings',
      'tenant_overrides',
      'exports',
      'export_downloads',
      'restores',
      'drills',
    ]) {
      await insert(table, owner);
    }
    await insert('security_events', owner, { type: 'permission_denied', subject: `denied ${owner.slug}` });
    const old = { type: 'login_failed', subject: 'long ago', occurred_at: '2020-01-01T00:00:00Z' };
    await insert('security_events', owner, old);
    await insert('audit_events', owner);
  }
  await sealTrails(stage.kernel.pool('app_system'), Date.now() + 10_000);
});
afterAll(() => stage.stop());

async function insert(table: string, owner: Founded, more: Record<string, unknown> = {}): Promise<void> {
  const factory = rowFactories[table];
  if (factory === undefined) throw new Error(`no row for ${table}`);
  const row = { ...(await factory(owner, stage.kernel.admin, randomUUID)), ...more };
  const places = Object.keys(row).map((_name, at) => `$${at + 1}`);
  await stage.kernel.admin.query(
    `insert into app.${table} (${Object.keys(row).join()}) values (${places.join()}) on conflict do nothing`,
    Object.values(row),
  );
}

type Line = { section: string; what: string; subject: string };

async function pack(asked: { from?: string; to?: string } = {}): Promise<{ text: string; rows: Line[] }> {
  const source = { report: evidence, query: evidenceQueries.evidence(asked, { timeZone: 'UTC' }) };
  const { bytes } = await stage.inside(stage.mine, (bulk) => writeFile(bulk, 'json', { source }));
  const { rows } = JSON.parse(bytes.toString()) as { rows: Line[] };
  return { text: bytes.toString(), rows };
}

test('[EXP-4] it has every section, in order, of its tenant alone', async () => {
  const { rows, text } = await pack();
  expect([...new Set(rows.map(({ section }) => section))]).toEqual([...evidenceSections]);
  expect(text).toContain(`usr_${stage.mine.userId}`);
  expect(text).not.toContain(stage.theirs.userId);
  expect(text).not.toContain(stage.theirs.slug);
});

test('[VAL-2] a denial is in it, and what was before the period is not', async () => {
  const subjects = async (asked: { from?: string; to?: string }) =>
    (await pack(asked)).rows.map(({ what, subject }) => `${what}: ${subject}`);
  const denied = `permission_denied: denied ${stage.mine.slug}`;
  expect(await subjects({})).toEqual(expect.arrayContaining([denied, 'login_failed: long ago']));
  const lately = await subjects({ from: '2021-01-01T00:00:00Z' });
  expect(lately).toContain(denied);
  expect(lately).not.toContain('login_failed: long ago');
  expect(await subjects({ to: '2021-01-01T00:00:00Z' })).not.toContain(denied);
});

test('[EXP-4] [AUD-1] it says where the chain over the audit trail ends', async () => {
  const { rows: heads } = await stage.kernel.admin.query<{ hash: string }>(
    "select encode(hash, 'hex') as hash from app.audit_heads where tenant_id = $1",
    [stage.mine.tenantId],
  );
  const { rows } = await pack();
  expect(rows.filter(({ section }) => section === 'Audit chain')).toMatchObject([
    { what: 'sealed up to link 1', subject: `SHA-256 ${heads[0]?.hash}` },
  ]);
});

test('[EXP-4] it can be had in print, with whose it is on every page', async () => {
  const source = { report: evidence, query: evidenceQueries.evidence({}, { timeZone: 'UTC' }) };
  const { bytes, parts } = await stage.inside(stage.mine, (bulk) => writeFile(bulk, 'pdf', { source, head }));
  expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
  expect(parts.at(-1)?.rows).toBeGreaterThan(evidenceSections.length);
});

test('[EXP-2] it is sensitive, and for whoever may read the audit trail', () => {
  expect(evidence).toMatchObject({ sensitive: true, permission: auditReports.events.permission });
});
