/** Figures of the fleet: what the database knows, beside what CloudWatch answers or does not answer. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import type { OutputOf } from '#shared/contract/endpoint.ts';
import { type TenantId, uuidOf } from '#shared/contract/ids.ts';
import { mondayOf } from '#shared/platform/fleet-figures.ts';
import { platform as module } from '#shared/platform/module.ts';
import { platformOps as ops } from '#shared/platform/platform.ops.ts';
import { type Actor, callAs, type Kernel, refusal, someone, startKernel } from '../../support/call-as.ts';

const platform = { module, ops };
const staff: Actor = { user: someone('Admin'), platformRoles: ['platform-admin'] };
const cloudwatch = mockClient(CloudWatchClient);
let kernel: Kernel;

beforeAll(async () => {
  Object.assign(process.env, {
    ...{ WATCHED_API_NAME: 'plinth-test-us', WATCHED_API_STAGE: 'live' },
  });
  kernel = await startKernel('app_platform');
});
beforeEach(async () => {
  cloudwatch.reset();
  cloudwatch.on(GetMetricDataCommand).rejects(new Error('not today'));
  await kernel.database.admin.query('truncate app.tenants cascade');
});
afterAll(() => kernel.stop());

const fleet = (): Promise<OutputOf<(typeof module)['contract']['fleet']>> =>
  callAs(staff, platform, 'fleet', {});
const run = (text: string, ...values: unknown[]) => kernel.database.admin.query(text, values);

async function founded(ageHours: number, more: Record<string, string> = {}): Promise<TenantId> {
  const { tenant } = await kernel.found();
  await run(
    `update app.tenants set created_at = now() - make_interval(hours => $2), plan = $3, status = $4 where id = $1`,
    ...[uuidOf(tenant), ageHours, more.plan ?? 'basic', more.status ?? 'active'],
  );
  return tenant;
}

function backup(tenant: TenantId, ageHours: number, status = 'done') {
  return run(
    `insert into app.backups (tenant_id, id, kind, status, schema_version, snapshot_at, salt, bytes, sha256, contents,
       created_at, expires_at)
     values ($1, $2, 'scheduled', $4, 1, now() - make_interval(hours => $3), 'x', 1, 'x', '{}',
       now() - make_interval(hours => $3), now() + interval '1 day')`,
    ...[uuidOf(tenant), randomUUID(), ageHours, status],
  );
}

describe('[OPS-4] the figures that the database knows', () => {
  test('count tenants by status, plan and region, and new ones by week, empty weeks included', async () => {
    await founded(0, { plan: 'pro' });
    await founded(24 * 7 * 3);
    await founded(24 * 7 * 40, { status: 'suspended' });
    await founded(24 * 7 * 40, { status: 'deleted' });
    const { tenants } = await fleet();
    expect(tenants.total).toBe(3);
    expect(tenants.byStatus).toContainEqual({ status: 'suspended', tenants: 1 });
    expect(tenants.byStatus).toContainEqual({ status: 'deleted', tenants: 1 });
    expect(tenants.byPlan).toEqual([
      { plan: 'basic', tenants: 2 },
      { plan: 'pro', tenants: 1 },
      { plan: 'enterprise', tenants: 0 },
    ]);
    expect(tenants.byRegion[0]).toEqual({ region: 'us', tenants: 3 });
    const thisWeek = mondayOf(new Date()).toISOString().slice(0, 10);
    expect(tenants.newByWeek).toHaveLength(12);
    expect(tenants.newByWeek.at(-1)).toEqual({ week: thisWeek, tenants: 1 });
    expect(tenants.newByWeek.map((week) => week.tenants)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1]);
  });

  test('say which share of the tenants has a backup of the last 26 hours', async () => {
    const [covered, late, bare] = [await founded(100), await founded(100), await founded(100)];
    // Too young to be due, and gone: neither counts.
    await founded(1);
    await founded(100, { status: 'deleted' });
    await backup(covered, 25);
    await backup(late, 27);
    await backup(bare, 1, 'failed');
    expect((await fleet()).backups).toEqual({
      ...{ due: 3, covered: 1, coveredPercent: 33.33, done: 2, failed: 1, successPercent: 66.66 },
    });
  });

  test('count the messages that were put aside and wait for somebody', async () => {
    const tenant = await founded(1);
    await run(
      `insert into app.dead_letters (id, tenant_id, queue, type, message_id, body, bytes)
       values ($1, $2, 'members', 'members.sendInvitation', $1, '{}', 2)`,
      ...[randomUUID(), uuidOf(tenant)],
    );
    expect((await fleet()).deadLetters).toBe(1);
  });

  test('have no share where there is nothing to share', async () => {
    expect((await fleet()).backups).toMatchObject({ due: 0, coveredPercent: null, successPercent: null });
  });

  test('show the last rehearsal that passed, and how many did not', async () => {
    const tenant = await founded(100);
    for (const [status, hours] of [
      ['passed', 50],
      ['passed', 20],
      ['failed', 2],
    ] as const) {
      await run(
        `insert into app.drills (tenant_id, id, backup_id, status, schema_version, table_count, row_count, byte_count,
           rto_ms, rpo_ms, findings, finished_at)
         values ($1, $2, $2, $3, 1, 1, 1, 1, $4, 7200000, $5, now() - make_interval(hours => $6))`,
        ...[uuidOf(tenant), randomUUID(), status, hours, status === 'failed' ? ['x'] : [], hours],
      );
    }
    expect((await fleet()).drills).toMatchObject({
      rtoSeconds: 0.02,
      rpoSeconds: 7_200,
      passed: 2,
      failed: 1,
    });
  });

  test('[AI-2] add up what AI brings in, and say that subscriptions are not billed', async () => {
    const tenant = await founded(100, { plan: 'enterprise' });
    await run(
      `insert into app.ai_calls (tenant_id, id, started_at, status, feature, provider, model, rule, cost_pico,
         reserved_pico, request_id)
       values ($1, $2, now(), 'settled', 'chat', 'anthropic', 'claude-haiku-5-5', 'plan', 2000000000000, 0, 'r')`,
      ...[uuidOf(tenant), randomUUID()],
    );
    expect((await fleet()).revenue).toMatchObject({
      ...{ subscriptions: null, ai: { calls: 1, cost: '2', charged: '2.2', margin: '0.2' } },
      dearest: [{ tenantId: tenant, margin: '0.2' }],
    });
  });
});

describe('[OPS-4] the figures that CloudWatch counts', () => {
  const day = (age: number) => new Date(Math.floor(Date.now() / 86_400_000 - age) * 86_400_000);
  const points = (Id: string, ...values: [Date, number][]) => ({
    ...{ Id, Timestamps: values.map(([at]) => at), Values: values.map(([, value]) => value) },
  });

  test('are by the day, with totals weighed by what was counted', async () => {
    cloudwatch.on(GetMetricDataCommand).resolves({
      MetricDataResults: [
        points('calls', [day(1), 900], [day(0), 100]),
        points('errors', [day(0), 5]),
        points('latency', [day(1), 80], [day(0), 120]),
        points('up', [day(1), 1], [day(0), 0.5]),
        points('visits', [day(1), 288], [day(0), 96]),
        ...[points('provision50', [day(3), 300]), points('provision95', [day(3), 700])],
        points('slowest', [day(20), 4_000], [day(3), 800]),
      ],
    });
    const { api, provisioning, unwatched } = await fleet();
    expect(api).toMatchObject({ calls: 1_000, errorPercent: 0.5, p95Ms: 120, uptimePercent: 87.5 });
    expect(api.days).toHaveLength(2);
    expect(api.days[1]).toMatchObject({ calls: 100, serverErrors: 5, p95Ms: 120, uptimePercent: 50 });
    expect(provisioning).toEqual({
      ...{ lineMs: 120_000, day: day(3).toISOString().slice(0, 10) },
      ...{ p50Ms: 300, p95Ms: 700, slowestMs: 4_000 },
    });
    expect(unwatched).toBeNull();
  });

  test('are absent with a reason where it does not answer, and the others are there', async () => {
    await founded(1);
    const found = await fleet();
    expect(found.tenants.total).toBe(1);
    expect(found).toMatchObject({
      ...{ unwatched: 'CloudWatch did not answer.' },
      api: { days: [], calls: null, errorPercent: null, p95Ms: null, uptimePercent: null },
      provisioning: { p50Ms: null, p95Ms: null, slowestMs: null },
    });
  });

  test('[OPS-7] that never answers is not waited for', async () => {
    cloudwatch.restore();
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    process.env.AWS_ENDPOINT_URL_CLOUDWATCH = `http://127.0.0.1:${port}`;
    const begun = Date.now();
    expect((await fleet()).unwatched).not.toBeNull();
    expect(Date.now() - begun).toBeGreaterThan(1_000);
    expect(Date.now() - begun).toBeLessThan(5_000);
    silent.closeAllConnections();
    silent.close();
  });
});

test('[ACC-1] the fleet is for the platform’s administrators, not for its support', async () => {
  const support: Actor = { user: someone('Support'), platformRoles: ['platform-support'] };
  await expect(callAs(support, platform, 'fleet', {})).rejects.toMatchObject(refusal('auth.forbidden'));
});
