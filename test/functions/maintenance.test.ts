/** What the hourly maintenance marks and forgets. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type TenantId, uuidOf } from '#shared/contract/ids.ts';
import { type Actor, type Kernel, startKernel } from '../support/call-as.ts';

let kernel: Kernel;
let maintain: () => Promise<void>;

beforeAll(async () => {
  kernel = await startKernel('app_system');
  maintain = (await import('../../functions/schedule/maintenance.ts')).handler;
});
afterAll(() => kernel.stop());

type Owner = Actor & { tenant: TenantId };

const query = async (text: string, values: unknown[]): Promise<unknown[]> =>
  (await kernel.database.admin.query<Record<string, unknown>>(text, values)).rows;

const invite = ({ tenant, user }: Owner, status: string, expires: string, count = 1) =>
  query(
    `insert into app.invitations (tenant_id, id, email, role, status, invited_by, expires_at)
     select $1, gen_random_uuid(), gen_random_uuid() || '@example.com', 'viewer', $2, $3, now() + $4::interval
     from generate_series(1, $5)`,
    [uuidOf(tenant), status, uuidOf(user.id), expires, count],
  );

describe('the hourly maintenance', () => {
  test('[TEN-8] pending invitations of all tenants expire when their time is over, and only those', async () => {
    const owners = [await kernel.found(), await kernel.found()];
    for (const owner of owners) {
      await invite(owner, 'pending', '-1 second');
      await invite(owner, 'pending', '1 hour');
      await invite(owner, 'accepted', '-1 day');
      await invite(owner, 'withdrawn', '-1 day');
    }
    await maintain();
    for (const { tenant } of owners) {
      const found = await query('select status from app.invitations where tenant_id = $1 order by status', [
        uuidOf(tenant),
      ]);
      expect(found).toEqual(['accepted', 'expired', 'pending', 'withdrawn'].map((status) => ({ status })));
    }
  });

  test('[TEN-2] answers to repeated calls are forgotten after 24 hours, and not before', async () => {
    const { tenant, user } = await kernel.found();
    for (const [key, age] of [
      ['old', '24 hours 1 second'],
      ['young', '23 hours 59 minutes'],
    ]) {
      const values = [uuidOf(user.id), key, age];
      await query(
        "insert into app.idempotency_keys (tenant_id, user_id, key, request_hash, created_at) values ($4, $1, $2, 'h', now() - $3::interval)",
        [...values, uuidOf(tenant)],
      );
      await query(
        "insert into app.user_idempotency_keys (user_id, key, request_hash, created_at) values ($1, $2, 'h', now() - $3::interval)",
        values,
      );
    }
    await maintain();
    for (const table of ['idempotency_keys', 'user_idempotency_keys']) {
      const left = await query(`select key from app.${table} where user_id = $1`, [uuidOf(user.id)]);
      expect(left).toEqual([{ key: 'young' }]);
    }
  });

  test('[AUD-4] where people were signed in is forgotten after 90 days, and not before', async () => {
    const { user } = await kernel.found();
    for (const [client, age] of [
      ['old', '90 days 1 minute'],
      ['young', '89 days 23 hours'],
    ]) {
      await query(
        `insert into app.sessions (user_id, id, client, started_at)
         values ($1, gen_random_uuid(), $2, now() - $3::interval)`,
        [uuidOf(user.id), client, age],
      );
    }
    await maintain();
    const left = await query('select client from app.sessions where user_id = $1', [uuidOf(user.id)]);
    expect(left).toEqual([{ client: 'young' }]);
  });

  test('[LIM-3] what a tenant was told of its usage is forgotten after 62 days, and not before', async () => {
    const { tenant } = await kernel.found();
    for (const [threshold, age] of [
      [80, '62 days 1 minute'],
      [100, '61 days 23 hours'],
    ]) {
      await query(
        `insert into app.usage_alerts (tenant_id, meter, period, threshold, usage_limit, used, told_at)
         values ($1, 'exports', 'M202601', $2, 10, 10, now() - $3::interval)`,
        [uuidOf(tenant), threshold, age],
      );
    }
    await maintain();
    const left = await query('select threshold from app.usage_alerts where tenant_id = $1', [uuidOf(tenant)]);
    expect(left).toEqual([{ threshold: 100 }]);
  });

  test('[PRV-2] prompts and answers are forgotten when their time is over, and not before', async () => {
    const { tenant } = await kernel.found();
    for (const [feature, rest] of [
      ['old', '-1 second'],
      ['young', '1 minute'],
    ]) {
      await query(
        `insert into app.ai_transcripts (tenant_id, call_id, asked_at, feature, model, prompt, answer, complete, kept_until)
         values ($1, gen_random_uuid(), now(), $2, 'm', '{}', '{}', true, now() + $3::interval)`,
        [uuidOf(tenant), feature, rest],
      );
    }
    await maintain();
    const left = await query('select feature from app.ai_transcripts where tenant_id = $1', [uuidOf(tenant)]);
    expect(left).toEqual([{ feature: 'young' }]);
  });

  test('[TEN-8] more than one batch is worked off in one run', async () => {
    const owner = await kernel.found();
    await invite(owner, 'pending', '-1 second', 2_500);
    await maintain();
    const left = await query("select from app.invitations where tenant_id = $1 and status = 'pending'", [
      uuidOf(owner.tenant),
    ]);
    expect(left).toEqual([]);
  });

  test('[TEN-8] an invitation that somebody is changing right now is left for the next run', async () => {
    const owner = await kernel.found();
    await invite(owner, 'pending', '-1 second', 2);
    const { admin } = kernel.database;
    await admin.query('begin');
    await admin.query('select from app.invitations where tenant_id = $1 limit 1 for update', [
      uuidOf(owner.tenant),
    ]);
    await maintain();
    await admin.query('commit');
    const statuses = () =>
      query('select status from app.invitations where tenant_id = $1 order by status', [
        uuidOf(owner.tenant),
      ]);
    expect(await statuses()).toEqual([{ status: 'expired' }, { status: 'pending' }]);
    await maintain();
    expect(await statuses()).toEqual([{ status: 'expired' }, { status: 'expired' }]);
  });

  test('[TEN-5] its login reads neither people nor trails, and members only of a tenant that it entered', async () => {
    await kernel.found();
    const pool = kernel.database.pool('app_system');
    for (const table of ['users', 'audit_events']) {
      await expect(pool.query(`select from app.${table}`)).rejects.toMatchObject({ code: '42501' });
    }
    const { rows } = await pool.query('select user_id from app.memberships');
    expect(rows).toEqual([]);
    await expect(pool.query('select prompt from app.ai_transcripts')).rejects.toMatchObject({
      code: '42501',
    });
  });
});
