/** The archive of chains, on a real store of objects: what stands in it, and that it outlives who rewrites a database. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { type Queues, startQueues } from '#local/parts/queues/queues.ts';
import { archiveTrails, headKeyOf, segmentKeyOf } from '#shared/audit/chain/archive.ts';
import { checkTrails } from '#shared/audit/chain/check-trails.ts';
import { readObject, writeObject } from '#shared/audit/chain/objects.ts';
import { kernelDatabase, type KernelDatabase } from '../../support/kernel-database.ts';
import { type Founded, foundTenant } from '../db/tenants.ts';
import { linksOf, rewriteChain, sealAll, writeRows } from './trails.ts';

let kernel: KernelDatabase;
let queues: Queues;
let system: Pool;
let founded: Founded;
const state = mkdtempSync(join(tmpdir(), 'plinth-audit-'));
const bucket = 'audit-archive';

beforeAll(async () => {
  [kernel, queues] = await Promise.all([
    kernelDatabase(),
    startQueues({ state, region: 'us-east-1', log: () => undefined }),
  ]);
  await queues.ensureBuckets([{ name: bucket }]);
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'LOCALTEST',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${queues.port}`,
    AUDIT_ARCHIVE_BUCKET: bucket,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
    ...kernel.environment('app_system'),
  });
  system = kernel.pool('app_system', 2);
});
afterAll(async () => {
  await Promise.all([kernel.drop(), queues.stop()]);
  rmSync(state, { recursive: true, force: true });
});
beforeEach(async () => {
  await kernel.admin.query(
    'update app.audit_heads set checked_at = now(), archived_at = now(), archived_in = $1',
    [bucket],
  );
  founded = await foundTenant(kernel.admin);
});

const query = async (text: string, ...values: unknown[]) =>
  (await kernel.admin.query<Record<string, unknown>>(text, values)).rows;
const archive = () => archiveTrails(system, Date.now() + 20_000);
const check = () => checkTrails(system, Date.now() + 20_000);
const soon = () => Date.now() - 1;
const forget = () =>
  query(
    'update app.audit_heads set checked_at = null, archived_at = null where tenant_id = $1',
    founded.tenantId,
  );

/** The trail of so many rows, sealed and archived; the ids of the rows. */
async function archived(count: number): Promise<string[]> {
  const ids = await writeRows(kernel.admin, founded, count);
  await sealAll(system);
  await query('update app.audit_heads set archived_at = null where tenant_id = $1', founded.tenantId);
  expect(await archive()).toMatchObject({ links: count, refused: [], failures: [] });
  return ids;
}

type Head = { sequence: number; hash: string; segment: string };
const headOf = async (): Promise<Head> =>
  JSON.parse(String(await readObject(headKeyOf(founded.tenantId), 'kept'))) as Head;
const linesOf = async (key: string): Promise<Record<string, string>[]> =>
  gunzipSync((await readObject(key, 'kept')) ?? Buffer.alloc(0))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, string>);

const sha256 = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest();

describe('the archive', () => {
  test('[AUD-4] a segment says what was done and when, and nothing that names or describes a person', async () => {
    const ids = await archived(3);
    const segment = segmentKeyOf(founded.tenantId, 1, 3);
    const [opening, ...links] = await linesOf(segment);
    expect(opening).toEqual({ version: 1, tenant: founded.tenantId, after: 0, hashBefore: null });
    expect(
      links.map(({ sequence, event_id, action, occurred_at }) => [sequence, event_id, action, occurred_at]),
    ).toEqual(
      ids.map((id, index) => [
        ...[String(index + 1), id, 'member.role_changed'],
        `2026-11-21T10:00:0${index + 1}.000000Z`,
      ]),
    );
    const text = JSON.stringify(links);
    for (const personal of [founded.userId, 'usr_1', '203.0.113.7', 'asked for', 'viewer', 'test']) {
      expect(text).not.toContain(`"${personal}"`);
    }
    expect(await headOf()).toEqual({
      ...{ version: 1, tenant: founded.tenantId, sequence: 3, segment },
      hash: (await linksOf(kernel.admin, founded))[2]?.hash,
    });
  });

  test('[AUD-1] whoever has the archive alone follows the chain from link to link', async () => {
    await archived(4);
    let hash = sha256(Buffer.from(`plinth audit chain ${founded.tenantId}`));
    const [, ...links] = await linesOf((await headOf()).segment);
    for (const link of links) {
      const bytes = (name: string) => Buffer.from(link[name] ?? '', 'hex');
      expect(sha256(bytes('stated'), bytes('personal')).equals(bytes('digest'))).toBe(true);
      const number = Buffer.alloc(8);
      number.writeBigInt64BE(BigInt(link.sequence ?? ''));
      hash = sha256(hash, number, bytes('digest'));
      expect(hash.toString('hex')).toBe(link.hash);
    }
    expect(hash.toString('hex')).toBe((await headOf()).hash);
  });

  test('[AUD-4] it goes on where it stopped, once a day', async () => {
    await archived(2);
    const first = await headOf();
    await writeRows(kernel.admin, founded, 2);
    await sealAll(system);
    expect(await archive()).toMatchObject({ links: 0, segments: 0 });
    await query(
      "update app.audit_heads set archived_at = now() - interval '25 hours' where tenant_id = $1",
      founded.tenantId,
    );
    expect(await archive()).toMatchObject({ links: 2, segments: 1 });
    const { segment } = await headOf();
    expect(segment).toBe(segmentKeyOf(founded.tenantId, 3, 4));
    expect((await linesOf(segment))[0]).toMatchObject({ after: 2, hashBefore: first.hash });
    expect(
      await query(
        'select archived_sequence::int, archived_in from app.audit_heads where tenant_id = $1',
        founded.tenantId,
      ),
    ).toEqual([{ archived_sequence: 4, archived_in: bucket }]);
  });

  test('[AUD-4] whoever is stopped between segment, head and note is followed by one who goes on', async () => {
    await archived(2);
    const before = await readObject(headKeyOf(founded.tenantId), 'kept');
    await archived(2);
    const after = await headOf();
    // As if the head had not been written, nor the database told.
    await writeObject(headKeyOf(founded.tenantId), before ?? Buffer.alloc(0), 'application/json');
    const stopped =
      'update app.audit_heads set archived_sequence = 2, archived_at = null where tenant_id = $1';
    await query(stopped, founded.tenantId);
    expect(await archive()).toMatchObject({ links: 2, failures: [] });
    expect(await headOf()).toEqual(after);
    // As if only the database had not been told.
    await query(stopped, founded.tenantId);
    expect(await archive()).toMatchObject({ links: 0, failures: [] });
    expect(await headOf()).toEqual(after);
    expect(
      await query(
        'select archived_sequence::int from app.audit_heads where tenant_id = $1',
        founded.tenantId,
      ),
    ).toEqual([{ archived_sequence: 4 }]);
  });

  test('[AUD-4] in another bucket it begins anew', async () => {
    await archived(2);
    await query(
      "update app.audit_heads set archived_in = 'elsewhere', archived_sequence = 1000000, archived_at = now() where tenant_id = $1",
      founded.tenantId,
    );
    expect(await archive()).toMatchObject({ links: 0, failures: [] });
    expect(
      await query(
        'select archived_sequence::int, archived_in from app.audit_heads where tenant_id = $1',
        founded.tenantId,
      ),
    ).toEqual([{ archived_sequence: 2, archived_in: bucket }]);
  });

  test('[AUD-4] a head that must be there and is not is a failure, and keeps nobody else from being archived', async () => {
    await writeRows(kernel.admin, founded, 1);
    const other = await foundTenant(kernel.admin);
    await writeRows(kernel.admin, other, 1);
    await sealAll(system);
    await query(
      'update app.audit_heads set archived_in = $2, archived_sequence = 1, sequence = sequence + 1, archived_at = null where tenant_id = $1',
      founded.tenantId,
      bucket,
    );
    const { failures, links } = await archive();
    expect(failures).toHaveLength(1);
    expect(links).toBe(1);
  });
});

describe('the daily check', () => {
  const checkedOf = async () =>
    (
      await query(
        'select checked_at is not null as checked, checked_sequence::int, checked_findings, checking_since from app.audit_heads where tenant_id = $1',
        founded.tenantId,
      )
    )[0];
  const eventsOf = () =>
    query(
      `select subject, user_id from app.security_events where tenant_id = $1 and type = 'audit_tampered' order by subject`,
      founded.tenantId,
    );

  test('[AUD-1] a trail that is as it was written comes to its end without a finding', async () => {
    await archived(5);
    await forget();
    expect(await check()).toMatchObject({ findings: 0, failures: [] });
    expect(await checkedOf()).toEqual({
      ...{ checked: true, checked_sequence: 5, checked_findings: 0, checking_since: null },
    });
    expect(await check()).toMatchObject({ tenants: 0, pages: 0 });
  });

  test('[AUD-1] a chain that was made anew, and the note of the archive with it, is found by the archive', async () => {
    const [id] = await archived(3);
    const before = await headOf();
    await query("update app.audit_events set action = 'nothing.done' where id = $1", id);
    await rewriteChain(kernel.admin, system, founded);
    await query(
      'update app.audit_heads set archived_sequence = 0, archived_in = null where tenant_id = $1',
      founded.tenantId,
    );
    await forget();
    expect(await check()).toMatchObject({ findings: 1 });
    expect(await eventsOf()).toEqual([{ subject: 'rewritten', user_id: null }]);
    expect((await archive()).refused).toEqual([founded.tenantId]);
    expect(await headOf()).toEqual(before);
  });

  test('[AUD-1] a chain that is shorter than the archived one is found', async () => {
    const ids = await archived(3);
    await query('delete from app.audit_events where id = $1', ids[2]);
    await rewriteChain(kernel.admin, system, founded);
    await forget();
    expect(await check()).toMatchObject({ findings: 1 });
    expect(await eventsOf()).toEqual([{ subject: 'rewritten', user_id: null }]);
  });

  test('[AUD-1] what is found is told once as a security event, and counted each day', async () => {
    const ids = await archived(3);
    await query('delete from app.audit_events where id = $1', ids[1]);
    for (let day = 0; day < 2; day += 1) {
      await forget();
      expect(await check()).toMatchObject({ findings: 1 });
      expect(await checkedOf()).toMatchObject({ checked_findings: 1 });
    }
    expect(await eventsOf()).toEqual([{ subject: 'missing', user_id: null }]);
  });

  test('[AUD-1] a check that time cuts off goes on where it stopped, with what it had found', async () => {
    const ids = await archived(6);
    await query("update app.audit_events set reason = 'other' where id = $1", ids[5]);
    await forget();
    // Where a page before it ended.
    await query(
      'update app.audit_heads set checking_since = now(), checking_sequence = 4, checking_event = null, checking_findings = 2 where tenant_id = $1',
      founded.tenantId,
    );
    await check();
    expect(await checkedOf()).toEqual({
      ...{ checked: true, checked_sequence: 6, checked_findings: 3, checking_since: null },
    });
    await forget();
    expect(await checkTrails(system, soon())).toMatchObject({ pages: 0, tenants: 0 });
  });

  test('[AUD-1] rows whose chain was taken away altogether are found', async () => {
    await writeRows(kernel.admin, founded, 2);
    await sealAll(system);
    for (const table of ['audit_links', 'audit_pending', 'audit_heads']) {
      await query(`delete from app.${table} where tenant_id = $1`, founded.tenantId);
    }
    expect(await check()).toMatchObject({ findings: 2 });
    expect(await eventsOf()).toHaveLength(2);
  });
});

describe('the schedule', () => {
  test('[AUD-1] seals, checks and archives in one run, and fails where some trail could not be looked after', async () => {
    const { handler } = await import('../../../functions/schedule/audit.ts');
    await writeRows(kernel.admin, founded, 2);
    await handler();
    expect(await headOf()).toMatchObject({ sequence: 2 });
    const [row] = await query('select * from app.audit_heads where tenant_id = $1', founded.tenantId);
    expect(row).toMatchObject({ sequence: '2', archived_sequence: '2', checked_findings: 0 });
    await query(
      'update app.audit_heads set archived_at = null, sequence = sequence + 1 where tenant_id = $1',
      founded.tenantId,
    );
    await writeObject(headKeyOf(founded.tenantId), Buffer.from(randomUUID()), 'application/json');
    await expect(handler()).rejects.toThrow('not looked after');
  });
});
