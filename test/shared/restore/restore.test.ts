/** Backups and restores as people ask for them: who may, in which order, and what is there in the end. */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readArchive } from '#shared/archive/read.ts';
import { publishedVersion } from '#shared/limits/versions.ts';
import { gateKeys } from '#shared/limits/keys.ts';
import { formatId } from '#shared/contract/ids.ts';
import type { Answer } from '#test/support/chain.ts';
import type { Person } from '#test/support/tokens.ts';
import { type Stage, startStage, type Team } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.stop());

const query = async (text: string, ...values: unknown[]) =>
  (await stage.chain.database.admin.query<Record<string, unknown>>(text, values)).rows;
const idIn = ({ body }: Answer): string => (body as { id: string }).id;

/** A backup, taken. */
async function backedUp(team: Team): Promise<string> {
  const asked = await stage.as(team.owner, team, 'POST', '/v1/backups');
  expect(asked).toMatchObject({ status: 202, body: { status: 'queued', kind: 'manual' } });
  expect(await stage.work()).toEqual([{ value: null }]);
  return idIn(asked);
}

const ask = (team: Team, backupId: string, by: Person = team.owner) =>
  stage.as(by, team, 'POST', '/v1/restores', { body: { backupId, reason: 'An import went wrong' } });
const step = (team: Team, by: Person, id: string, name: string, body?: unknown) =>
  stage.as(by, team, 'POST', `/v1/restores/{restoreId}/${name}`, {
    params: { restoreId: id },
    ...(body === undefined ? {} : { body }),
  });
const look = async (team: Team, id: string) =>
  (await stage.as(team.owner, team, 'GET', '/v1/restores/{restoreId}', { params: { restoreId: id } }))
    .body as Record<string, unknown>;

/** Asked for, agreed to, and prepared. */
async function ready(team: Team, backupId: string): Promise<string> {
  const id = idIn(await ask(team, backupId));
  expect(await step(team, team.admin, id, 'approve')).toMatchObject({ status: 200 });
  expect(await stage.work()).toEqual([{ value: null }, { value: null }, { value: null }]);
  expect(await look(team, id)).toMatchObject({ status: 'ready', findings: [], error: null });
  return id;
}

describe('[BKP-1] a backup', () => {
  test('is taken when asked for, listed with what it holds, and there is one at a time', async () => {
    const team = await stage.found();
    const asked = await stage.as(team.owner, team, 'POST', '/v1/backups');
    expect(await stage.as(team.admin, team, 'POST', '/v1/backups')).toMatchObject({
      ...{ status: 409, body: { code: 'backups.under_way' } },
    });
    expect(await stage.work()).toEqual([{ value: null }]);
    const { body } = await stage.as(team.admin, team, 'GET', '/v1/backups');
    expect(body).toMatchObject({ items: [{ id: idIn(asked), status: 'done' }] });
    const [item] = (body as { items: [{ tables: { table: string; rows: number }[] }] }).items;
    expect(item.tables).toContainEqual({ table: 'memberships', rows: 2 });
    // Called again, as a machine may, it stays the same.
    const again = await stage
      .worker('backups')
      .run('backups.take', 'take', team.tenantId, { backupId: idIn(asked) });
    expect(again).toEqual({ value: null });
    expect((await stage.as(team.admin, team, 'GET', '/v1/backups')).body).toEqual(body);
  });

  test('[AUD-3] is handed to an owner with the key that opens it, and security learns of it', async () => {
    const team = await stage.found();
    const backupId = await backedUp(team);
    const download = (by: Person) =>
      stage.as(by, team, 'POST', '/v1/backups/{backupId}/download', { params: { backupId } });
    expect(await download(team.admin)).toMatchObject({ status: 403, body: { code: 'auth.forbidden' } });
    const { status, body } = await download(team.owner);
    expect(status).toBe(200);
    const { url, key, sha256 } = body as { url: string; key: string; sha256: string };
    const file = Buffer.from(await (await fetch(url)).arrayBuffer());
    const tables: string[] = [];
    for await (const record of readArchive(Readable.from([file]), () => Buffer.from(key, 'hex'))) {
      if (record.kind === 'table') tables.push(record.table.table);
    }
    expect(tables).toContain('memberships');
    expect(await query('select sha256 from app.backups where tenant_id = $1', team.tenantId)).toEqual([
      { sha256 },
    ]);
    expect(
      await query(
        "select subject from app.security_events where type = 'backup_downloaded' and tenant_id = $1",
        team.tenantId,
      ),
    ).toEqual([{ subject: backupId }]);
  });
});

describe('[BKP-2] a restore', () => {
  test('takes two people, shows what it would change, and is applied by whoever types the name', async () => {
    const team = await stage.found();
    await query(
      "insert into app.tenant_settings (tenant_id, time_zone) values ($1, 'Asia/Kuwait')",
      team.tenantId,
    );
    const backupId = await backedUp(team);
    await query("update app.tenant_settings set time_zone = 'UTC' where tenant_id = $1", team.tenantId);
    await query("update app.tenants set name = 'Lost' where id = $1", team.tenantId);

    const asked = await ask(team, backupId);
    expect(asked).toMatchObject({ status: 201, body: { status: 'requested', backupId } });
    const id = idIn(asked);
    expect(await ask(team, backupId, team.admin)).toMatchObject({
      status: 409,
      body: { code: 'restore.under_way' },
    });
    expect(await step(team, team.owner, id, 'approve')).toMatchObject({
      ...{ status: 403, body: { code: 'restore.own_request' } },
    });
    expect(await step(team, team.owner, id, 'apply', { confirm: team.slug })).toMatchObject({
      ...{ status: 409, body: { code: 'restore.wrong_status' } },
    });
    const viewer = await stage.join(team, 'viewer');
    expect(await step(team, viewer, id, 'approve')).toMatchObject({
      status: 403,
      body: { code: 'auth.forbidden' },
    });
    expect(await step(team, team.admin, id, 'approve')).toMatchObject({
      status: 200,
      body: { status: 'preparing' },
    });
    expect(await stage.work()).toEqual([{ value: null }, { value: null }, { value: null }]);

    const shown = await look(team, id);
    expect(shown).toMatchObject({ status: 'ready', findings: [], returning: [] });
    expect(shown.difference).toContainEqual(
      expect.objectContaining({
        table: 'tenants',
        changed: 1,
        rows: [expect.objectContaining({ before: ['Lost'] })],
      }),
    );
    // Joined since: who comes after the backup goes with the restore.
    expect(shown.difference).toContainEqual(expect.objectContaining({ table: 'memberships', removed: 1 }));
    expect(await query('select name from app.tenants where id = $1', team.tenantId)).toEqual([
      { name: 'Lost' },
    ]);

    expect(await step(team, team.owner, id, 'apply', { confirm: 'another' })).toMatchObject({
      ...{ status: 422, body: { code: 'restore.not_confirmed' } },
    });
    const stranger = formatId('user', randomUUID());
    expect(
      await step(team, team.owner, id, 'apply', { confirm: team.slug, readmit: [stranger] }),
    ).toMatchObject({
      ...{ status: 422, body: { code: 'restore.not_returning' } },
    });
    expect(await step(team, team.owner, id, 'apply', { confirm: team.slug })).toMatchObject({
      ...{ status: 202, body: { status: 'applying' } },
    });
    expect(await stage.work()).toEqual([{ value: null }, { value: null }]);
    expect(await look(team, id)).toMatchObject({
      status: 'applied',
      safetyBackupId: formatId('backup', id.slice(4)),
    });
    expect(await query('select name from app.tenants where id = $1', team.tenantId)).toEqual([
      { name: team.slug },
    ]);
    expect(
      await query('select time_zone from app.tenant_settings where tenant_id = $1', team.tenantId),
    ).toEqual([{ time_zone: 'Asia/Kuwait' }]);
    // What was staged is gone, and everybody who has to know does.
    expect(await query('select from app.restore_rows where tenant_id = $1', team.tenantId)).toEqual([]);
    const trail = await query(
      `select action from app.audit_events where tenant_id = $1 and action like 'restore.%' order by occurred_at, id`,
      team.tenantId,
    );
    expect(trail.map(({ action }) => action)).toEqual([
      ...[
        'restore.requested',
        'restore.approved',
        'restore.prepared',
        'restore.confirmed',
        'restore.applied',
      ],
    ]);
    expect(
      await query(
        "select type from app.security_events where tenant_id = $1 and type like 'restore%' order by 1",
        team.tenantId,
      ),
    ).toEqual([{ type: 'restore_applied' }, { type: 'restore_confirmed' }]);
    expect(
      await query("select type from app.outbox where tenant_id = $1 and kind = 'job'", team.tenantId),
    ).toEqual([{ type: 'restore.tellOwners' }]);
    // Called again, it does nothing.
    const again = await stage
      .worker('restore')
      .run('restore.apply', 'apply', team.tenantId, { restoreId: id });
    expect(again).toEqual({ value: null });
  });

  test('[CAP-3] the gate learns of a restored configuration before it is committed', async () => {
    const team = await stage.found();
    await query('insert into app.tenant_settings (tenant_id) values ($1)', team.tenantId);
    const backupId = await backedUp(team);
    await query(
      'update app.tenant_settings set flags = \'{"ai_chat": false}\' where tenant_id = $1',
      team.tenantId,
    );
    const id = await ready(team, backupId);
    await step(team, team.owner, id, 'apply', { confirm: team.slug });
    expect(await stage.work()).toEqual([{ value: null }, { value: null }]);
    const [stored] = await query('select version from app.tenants where id = $1', team.tenantId);
    const key = gateKeys.tenant(formatId('tenant', team.tenantId));
    expect(await publishedVersion(key, Date.now() + 5_000)).toBe(Number(stored?.version));
  });

  test('is undone by the backup from just before, in the same steps', async () => {
    const team = await stage.found();
    const backupId = await backedUp(team);
    await query("update app.tenants set name = 'Newer' where id = $1", team.tenantId);
    const id = await ready(team, backupId);
    await step(team, team.owner, id, 'apply', { confirm: team.slug });
    await stage.work();
    const undo = await step(team, team.owner, id, 'undo', { reason: 'It was the wrong one' });
    expect(undo).toMatchObject({ status: 201, body: { status: 'requested', undoes: id } });
    const undoId = idIn(undo);
    await step(team, team.admin, undoId, 'approve');
    expect(await stage.work()).toHaveLength(3);
    await step(team, team.admin, undoId, 'apply', { confirm: team.slug });
    await stage.work();
    expect(await query('select name from app.tenants where id = $1', team.tenantId)).toEqual([
      { name: 'Newer' },
    ]);
    expect(await step(team, team.owner, id, 'undo', { reason: 'Once more' })).toMatchObject({
      ...{ status: 409, body: { code: 'restore.not_undone' } },
    });
  });

  test('that was cancelled or rejected comes to nothing', async () => {
    const team = await stage.found();
    const backupId = await backedUp(team);
    const rejected = idIn(await ask(team, backupId));
    expect(await step(team, team.admin, rejected, 'reject')).toMatchObject({ body: { status: 'rejected' } });
    const id = idIn(await ask(team, backupId));
    await step(team, team.admin, id, 'approve');
    expect(await step(team, team.owner, id, 'cancel')).toMatchObject({ body: { status: 'cancelled' } });
    expect(await stage.work()).toEqual([{ value: null }, { value: null }, { value: null }]);
    expect(await look(team, id)).toMatchObject({ status: 'cancelled', difference: [] });
    expect(await query('select from app.restore_rows where tenant_id = $1', team.tenantId)).toEqual([]);
  });

  test('[TEN-5] of another tenant’s backup cannot be asked for', async () => {
    const [mine, theirs] = [await stage.found(), await stage.found()];
    const backupId = await backedUp(theirs);
    expect(await ask(mine, backupId)).toMatchObject({ status: 404, body: { code: 'restore.no_backup' } });
  });

  test('of a damaged file fails with why, and changes nothing', async () => {
    const team = await stage.found();
    const backupId = await backedUp(team);
    // Another backup's salt gives another key: to the reader, every byte is wrong.
    await query("update app.backups set salt = 'AAAA' where tenant_id = $1", team.tenantId);
    const id = idIn(await ask(team, backupId));
    await step(team, team.admin, id, 'approve');
    expect(await stage.work()).toMatchObject([{ error: 'restore.unreadable' }]);
    const failed = await stage
      .worker('restore')
      .run('restore.prepare', 'failed', team.tenantId, { restoreId: id });
    expect(failed).toMatchObject({ value: { expected: false } });
    expect(await look(team, id)).toMatchObject({ status: 'failed', error: 'workflow.crashed' });
  });
});
