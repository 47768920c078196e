/** How a tenant was served: counted from the lines that functions log, shown to that tenant alone. */
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { type TenantId, uuidOf } from '#shared/contract/ids.ts';
import { collect, stepMs } from '#shared/metrics/collect.ts';
import { limitsMs, noDurations, percentile, placeOf } from '#shared/metrics/durations.ts';
import { forgetMetrics } from '#shared/metrics/forget-metrics.ts';
import { metricsOps as ops } from '#shared/metrics/metrics.ops.ts';
import { metrics as module } from '#shared/metrics/module.ts';
import { callAs, type Kernel, refusal, startKernel } from '../../support/call-as.ts';

const metrics = { module, ops };
let kernel: Kernel;
let system: Pool;

beforeAll(async () => {
  kernel = await startKernel();
  system = kernel.database.pool('app_system');
});
beforeEach(async () => {
  await kernel.database.admin.query('truncate app.tenant_metrics');
});
afterAll(() => kernel.stop());

type Line = { atMs: number; message: string };

/** As CloudWatch Logs hands lines over. */
function batch(lines: readonly Line[], messageType = 'DATA_MESSAGE') {
  const logEvents = lines.map(({ atMs, message }) => ({ id: randomUUID(), timestamp: atMs, message }));
  return { awslogs: { data: gzipSync(JSON.stringify({ messageType, logEvents })).toString('base64') } };
}

const request = (tenantId: TenantId, status: number, durationMs: number, atMs = Date.now()): Line => ({
  atMs,
  message: JSON.stringify({
    level: 'INFO',
    message: 'request',
    operation: 'x',
    tenantId,
    status,
    durationMs,
  }),
});
const job = (tenantId: TenantId, outcome: 'JobsDone' | 'JobFailures', ms: number): Line => ({
  atMs: Date.now(),
  message: JSON.stringify({ _aws: {}, service: 'plinth', tenantId, [outcome]: 1, JobDuration: ms }),
});

describe('[OPS-1] what was counted of a tenant', () => {
  test('is its calls, errors, refusals for rate and p95, by steps', async () => {
    const owner = await kernel.found();
    const { tenant } = owner;
    const lines = [
      ...Array.from({ length: 95 }, () => request(tenant, 200, 40)),
      ...Array.from({ length: 3 }, () => request(tenant, 503, 900)),
      ...[request(tenant, 429, 4), request(tenant, 404, 4)],
    ];
    await expect(collect(system, batch(lines))).resolves.toBe(100);
    const { requests } = await callAs(owner, metrics, 'get', { span: '1h' });
    expect(requests).toMatchObject({ calls: 100, failed: 3, throttled: 1, errorPercent: 3, p95Ms: 50 });
    expect(requests.points).toHaveLength(12);
    expect(requests.points.at(-1)).toMatchObject({ calls: 100, p95Ms: 50 });
    expect(requests.points[0]).toMatchObject({ calls: 0, p95Ms: null });
  });

  test('adds up over batches and steps, so that a day is the sum of its hours', async () => {
    const owner = await kernel.found();
    for (const minutesAgo of [0, 0, 70, 26 * 60]) {
      const atMs = Date.now() - minutesAgo * 60_000;
      await collect(
        system,
        batch([request(owner.tenant, 200, 8, atMs), request(owner.tenant, 500, 8, atMs)]),
      );
    }
    const calls = async (span: '1h' | '24h' | '7d') =>
      (await callAs(owner, metrics, 'get', { span })).requests.calls;
    expect([await calls('1h'), await calls('24h'), await calls('7d')]).toEqual([4, 6, 8]);
    const { requests } = await callAs(owner, metrics, 'get', { span: '24h' });
    expect(requests.points.reduce((sum, point) => sum + point.failed, 0)).toBe(3);
  });

  test('counts batches that arrive at the same time, each once', async () => {
    const [one, other] = [await kernel.found(), await kernel.found()];
    const both = [one, other].map(({ tenant }) => request(tenant, 200, 5));
    await Promise.all(
      Array.from({ length: 8 }, (_none, index) =>
        collect(system, batch(index % 2 === 0 ? both : both.toReversed())),
      ),
    );
    expect((await callAs(one, metrics, 'get', {})).requests.calls).toBe(8);
    expect((await callAs(other, metrics, 'get', {})).requests.calls).toBe(8);
  });

  test('has attempts at jobs and workflows that ended, with the share that worked', async () => {
    const owner = await kernel.found();
    const { tenant } = owner;
    await collect(
      system,
      batch([job(tenant, 'JobsDone', 20), job(tenant, 'JobsDone', 20), job(tenant, 'JobFailures', 200)]),
    );
    for (const [status, count] of [
      ['finished', 3],
      ['failed', 1],
      ['running', 1],
    ] as const) {
      await kernel.database.admin.query(
        `insert into app.exports (tenant_id, id, report, format, parameters, purpose, sensitive, requested_by_type,
           requested_by, file_name, estimated_rows, status)
         select $1, gen_random_uuid(), 'audit.events', 'csv', '{}', 'for the figures', false, 'person', $2, 'x.csv', 1,
           $3
         from generate_series(1, $4)`,
        [uuidOf(tenant), uuidOf(owner.user.id), status, count],
      );
    }
    const { jobs, workflows } = await callAs(owner, metrics, 'get', {});
    expect(jobs).toMatchObject({ attempts: 3, failed: 1, successPercent: 66.667 });
    expect(workflows).toEqual({ done: 3, failed: 1, successPercent: 75 });
  });

  test('says how much of it waits to be sent, and since when', async () => {
    const owner = await kernel.found();
    expect((await callAs(owner, metrics, 'get', {})).waiting).toEqual({ messages: 0, since: null });
    await kernel.database.admin.query(
      `insert into app.outbox (id, tenant_id, kind, type, payload, created_at)
       values ($1, $2, 'event', 'x', '{}', '2026-11-21T10:00:00Z'), (gen_random_uuid(), $2, 'event', 'x', '{}', now())`,
      [randomUUID(), uuidOf(owner.tenant)],
    );
    const { waiting } = await callAs(owner, metrics, 'get', {});
    expect(waiting).toEqual({ messages: 2, since: '2026-11-21T10:00:00.000Z' });
  });
});

test('[TEN-5] another tenant’s figures are not shown, nor what waits of it', async () => {
  const [mine, theirs] = [await kernel.found(), await kernel.found()];
  await collect(system, batch([request(theirs.tenant, 500, 9_000), job(theirs.tenant, 'JobFailures', 5)]));
  await kernel.database.admin.query(
    `insert into app.outbox (id, tenant_id, kind, type, payload) values ($1, $2, 'event', 'x', '{}')`,
    [randomUUID(), uuidOf(theirs.tenant)],
  );
  const { requests, jobs, waiting } = await callAs(mine, metrics, 'get', { span: '7d' });
  expect({ calls: requests.calls, attempts: jobs.attempts, waiting: waiting.messages }).toEqual({
    ...{ calls: 0, attempts: 0, waiting: 0 },
  });
});

test('[OPS-1] lines of others, of tenants that are gone, and control messages are passed over', async () => {
  const owner = await kernel.found();
  const gone = `ten_${randomUUID()}` as TenantId;
  const strange = ['not json', '{"message":"request"}', '{"message":"request","tenantId":"x","status":200}'];
  const lines = strange.map((message) => ({ atMs: Date.now(), message }));
  await expect(collect(system, batch([...lines, request(owner.tenant, 200, 1)]))).resolves.toBe(1);
  await expect(collect(system, batch([request(gone, 200, 1)]))).resolves.toBe(1);
  await expect(collect(system, batch([request(owner.tenant, 200, 1)], 'CONTROL_MESSAGE'))).resolves.toBe(0);
  expect((await callAs(owner, metrics, 'get', {})).requests.calls).toBe(1);
});

test('[OPS-1] figures are forgotten after eight days, and not before', async () => {
  const owner = await kernel.found();
  for (const days of [7.9, 8.1]) {
    await collect(system, batch([request(owner.tenant, 200, 1, Date.now() - days * 86_400_000)]));
  }
  await expect(forgetMetrics(system)).resolves.toBe(1);
  const { rows } = await kernel.database.admin.query<{ starts_at: Date }>(
    'select starts_at from app.tenant_metrics',
  );
  expect(rows).toHaveLength(1);
  expect((rows[0]?.starts_at.getTime() ?? 1) % stepMs).toBe(0);
});

test('[ACC-1] administrators and auditors see the figures, other members do not', async () => {
  const { tenant } = await kernel.found();
  for (const role of ['admin', 'auditor'] as const) {
    await expect(callAs(await kernel.join(tenant, role), metrics, 'get', {})).resolves.toBeDefined();
  }
  for (const role of ['operator', 'viewer'] as const) {
    await expect(callAs(await kernel.join(tenant, role), metrics, 'get', {})).rejects.toMatchObject(
      refusal('auth.forbidden'),
    );
  }
});

describe('[OPS-1] a percentile of counts', () => {
  test('lies in the place that the exact one lies in', () => {
    const values = Array.from({ length: 1_000 }, (_none, index) => (index * 7919) % 4_000);
    const counts = noDurations();
    for (const value of values) counts[placeOf(value)] = (counts[placeOf(value)] ?? 0) + 1;
    for (const percent of [50, 90, 95, 99]) {
      const exact = values.toSorted((one, other) => one - other)[(percent / 100) * 1_000 - 1] ?? 0;
      expect(placeOf(percentile(counts, percent) ?? 0)).toBe(placeOf(exact));
    }
  });

  test('is null for nothing, and the last limit for what took longer', () => {
    expect(percentile(noDurations(), 95)).toBeNull();
    const counts = noDurations();
    counts[placeOf(3_600_000)] = 1;
    expect(percentile(counts, 95)).toBe(limitsMs.at(-1));
  });
});
