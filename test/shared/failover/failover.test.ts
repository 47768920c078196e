/** The steps of a failover on a real database, each of them done again and again, and what is told of it. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { settings } from '#shared/config/environment.ts';
import { type TenantId, uuidOf } from '#shared/contract/ids.ts';
import { migrations } from '#shared/db/migrate.ts';
import { failoverMail } from '#shared/failover/failover-mail.ts';
import { failoverOps } from '#shared/failover/failover.ops.ts';
import { failoverSteps } from '#shared/failover/failover.steps.ts';
import { figuresOf } from '#shared/failover/figures.ts';
import { failoverMachine, failoverWorkflows } from '#shared/failover/machine.events.ts';
import { failover } from '#shared/failover/module.ts';
import type { FailoverRecord } from '#shared/failover/record.ts';
import { work } from '#shared/middleware/work.ts';
import { callAs, type Kernel, someone, startKernel } from '#test/support/call-as.ts';

/** What Aurora would say: who writes, and whether it is being changed. */
const aurora = { writer: 'eu-west-1', other: 'eu-west-1', asked: [] as string[] };
/** Which APIs answer. */
const answers = { '/first/v1/health': false, '/second/v1/health': true };
const own = 'eu-central-1';

let kernel: Kernel;
let server: Server;
let tenants: TenantId[];
let item: Record<string, unknown> | undefined;
const published: TenantId[] = [];
const metrics: [string, number?][] = [];
const standIn = () => mockClient(DynamoDBClient);
let gate: ReturnType<typeof standIn>;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.method === 'GET') {
      const ok = answers[request.url as keyof typeof answers];
      response.writeHead(ok ? 200 : 503).end('{}');
      return;
    }
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => response.end(rds(new URLSearchParams(body).get('Action') ?? '')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  kernel = await startKernel('app_restore');
  // Instead of the kernel's own, which remembers nothing.
  gate = standIn();
  Object.assign(process.env, {
    ...{ AWS_REGION: own, AWS_ENDPOINT_URL_RDS: url },
    ...{
      FAILOVER_RESIDENCY: 'eu',
      FAILOVER_CELL: 'plinth-test-eu-standby',
      FAILOVER_API_URL: `${url}/second/`,
    },
    ...{ FAILOVER_GLOBAL_CLUSTER: 'plinth-test-eu', FAILOVER_CLUSTER_ARN: arnIn(own) },
    ...{ FAILOVER_PRIMARY_URL: `${url}/first/`, FAILOVER_PUBLIC_URL: `${url}/second/` },
    FAILOVER_SCHEMA_VERSION: String((await migrations()).length),
  });
  tenants = [(await kernel.found()).tenant, (await kernel.found()).tenant].sort();
});
afterAll(async () => {
  gate.restore();
  server.close();
  await kernel.stop();
});

beforeEach(async () => {
  Object.assign(aurora, { writer: 'eu-west-1', other: 'eu-west-1', asked: [] });
  Object.assign(answers, { '/first/v1/health': false, '/second/v1/health': true });
  item = undefined;
  gate.on(GetItemCommand).callsFake(() => ({ Item: item }));
  gate.on(UpdateItemCommand).callsFake((input: { ExpressionAttributeValues: Record<string, unknown> }) => {
    const { ':document': document, ':next': version } = input.ExpressionAttributeValues;
    item = { document, version };
    return {};
  });
  const { admin } = kernel.database;
  await admin.query('delete from app.failovers');
  await admin.query(`delete from app.outbox`);
  published.length = 0;
  metrics.length = 0;
});

const arnIn = (region: string) =>
  `arn:aws:rds:${region}:000000000000:cluster:plinth-test-eu${region === own ? '-standby' : ''}`;

function rds(action: string): string {
  if (action !== 'DescribeGlobalClusters') {
    aurora.asked.push(action);
    aurora.writer = own;
    return `<${action}Response><${action}Result/></${action}Response>`;
  }
  const members = [aurora.other, own].map(
    (region) =>
      `<GlobalClusterMember><DBClusterArn>${arnIn(region)}</DBClusterArn><IsWriter>${region === aurora.writer}</IsWriter></GlobalClusterMember>`,
  );
  return `<${action}Response><${action}Result><GlobalClusters><GlobalClusterMember><Status>available</Status><GlobalClusterMembers>${members.join('')}</GlobalClusterMembers></GlobalClusterMember></GlobalClusters></${action}Result></${action}Response>`;
}

const handler = work(
  failoverMachine,
  failoverSteps({
    countMetric: (name) => void metrics.push([name]),
    gaugeMetric: (name, value) => void metrics.push([name, value]),
    publishBudgets: async (_tx, tenantId) => void published.push(tenantId),
  }),
);

const order = {
  ...{ residency: 'eu', confirm: 'plinth-test-eu-standby', mode: 'forced' },
  ...{ reason: 'The region does not answer', decidedBy: 'on-call' },
};

const call = (step: string, input: object = order, execution = 'one', error?: string) =>
  handler(
    {
      ...{ workflow: 'failover.run', step, tenantId: null, trace: null, input },
      ...{ executionId: `arn:aws:states:${own}:0:execution:failover:${execution}` },
      ...(error === undefined ? {} : { error }),
    },
    { getRemainingTimeInMillis: () => 60_000 },
  );

/** What the machine does: each step until it is done. */
async function through(steps: readonly string[], execution = 'one'): Promise<void> {
  for (const step of steps) {
    for (let n = 0; n < 5; n += 1) {
      const answer = await call(step, order, execution);
      if (answer === null || !('done' in answer) || answer.done) break;
    }
  }
}

const steps = Object.keys(failoverWorkflows.run.steps);
const rowsOf = async (sql: string) => (await kernel.database.admin.query<Record<string, unknown>>(sql)).rows;
const recorded = () =>
  JSON.parse((item?.document as { S: string } | undefined)?.S ?? '{}') as Partial<FailoverRecord>;

describe('[BKP-4] a failover is refused', () => {
  test.each([
    ['of another residency', { residency: 'us' }, 'failover.outside_residency'],
    ['in another cell than the one that was typed', { confirm: 'plinth-test-eu' }, 'failover.other_cell'],
    ['that is planned with a region that does not answer', { mode: 'planned' }, 'failover.not_answering'],
  ])('%s', async (_what, more, code) => {
    await expect(call('check', { ...order, ...more })).rejects.toThrow(code);
    expect([item, aurora.asked]).toEqual([undefined, []]);
  });

  test('where a member of the database stands outside the residency', async () => {
    aurora.other = 'us-east-1';
    await expect(call('check')).rejects.toThrow('failover.outside_residency');
  });

  test('while the region answers, unless that is said to be no matter', async () => {
    answers['/first/v1/health'] = true;
    await expect(call('check')).rejects.toThrow('failover.still_healthy');
    await call('check', { ...order, evenIfHealthy: true });
    expect(recorded().status).toBe('running');
  });

  test('where this region writes already', async () => {
    aurora.writer = own;
    await expect(call('check')).rejects.toThrow('failover.writes_already');
  });

  test('with a reason that says nothing, or a field that is not known', async () => {
    await expect(call('check', { ...order, reason: 'why' })).rejects.toThrow();
    await expect(call('check', { ...order, force: true })).rejects.toThrow();
  });

  test('once it has promoted, where the functions belong to another schema', async () => {
    await through(['check', 'promote']);
    const known = settings.failover();
    Object.assign(known, { schemaVersion: known.schemaVersion + 1 });
    await expect(call('open')).rejects.toThrow('failover.other_schema');
    Object.assign(known, { schemaVersion: known.schemaVersion - 1 });
  });
});

describe('[BKP-4] a failover', () => {
  test('promotes, opens, redirects, records and tells, in this order', async () => {
    await through(steps);
    expect(aurora.asked).toEqual(['FailoverGlobalCluster']);
    expect(published.sort()).toEqual(tenants);
    const [row] = await rowsOf('select * from app.failovers');
    expect(row).toMatchObject({
      ...{ mode: 'forced', from_region: 'eu-west-1', to_region: own, decided_by: 'on-call' },
      ...{ reason: order.reason, told_until: uuidOf(tenants[1] as TenantId) },
    });
    expect(Number(row?.rto_ms)).toBeGreaterThanOrEqual(0);
    const { promotedAt, openedAt, redirectedAt, finishedAt, status } = recorded();
    expect(status).toBe('done');
    const times = [promotedAt, openedAt, redirectedAt, finishedAt];
    expect(times).toEqual([...times].sort());
    expect(metrics.map(([name]) => name)).toEqual(['FailoversStarted', 'FailoverRtoSeconds']);
  });

  test.each(steps)(
    'broken off after %s goes on when it is started again, and does nothing twice',
    async (last) => {
      await through(steps.slice(0, steps.indexOf(last) + 1));
      const { id, startedAt } = recorded();
      if (last === 'notify') {
        await expect(call('check', order, 'two')).rejects.toThrow('failover.writes_already');
      } else {
        await call('failed', order, 'one', 'workflow.crashed');
        expect(recorded()).toMatchObject({ status: 'failed', error: 'workflow.crashed' });
        await through(steps, 'two');
      }
      expect(recorded()).toMatchObject({ id, startedAt, status: 'done' });
      expect(recorded()).not.toHaveProperty('error');
      expect(aurora.asked).toEqual(['FailoverGlobalCluster']);
      expect(await rowsOf('select id from app.failovers')).toHaveLength(1);
      for (const kind of [
        `select tenant_id from app.audit_events where action = 'failover.completed' and request_id = '${id}'`,
        `select tenant_id from app.outbox where type = 'failover.tell_owners'`,
      ]) {
        expect((await rowsOf(kind)).map((row) => row.tenant_id).sort()).toEqual(tenants.map(uuidOf));
      }
    },
  );

  test('of another day that never promoted anything is not gone on with', async () => {
    await call('check');
    const old = {
      ...recorded(),
      status: 'failed',
      startedAt: new Date(Date.now() - 90_000_000).toISOString(),
    };
    item = { document: { S: JSON.stringify(old) }, version: { N: '7' } };
    await call('check', order, 'two');
    expect(recorded().id).not.toBe(old.id);
  });

  test('that was refused leaves the record of another one as it is', async () => {
    await through(['check', 'promote']);
    const before = recorded();
    await call('failed', order, 'stranger', 'failover.other_cell');
    expect(recorded()).toEqual(before);
  });

  test('waits for the API to answer, here and under its name', async () => {
    await through(['check', 'promote']);
    answers['/second/v1/health'] = false;
    expect(await call('open')).toMatchObject({ done: false });
    expect(await call('redirect')).toMatchObject({ done: false });
    answers['/second/v1/health'] = true;
    expect(await call('open')).toEqual({ done: true });
    expect(await call('redirect')).toEqual({ done: true });
  });
});

describe('[VAL-2] what is measured', () => {
  const record = { mode: 'forced', lostSince: '2026-11-21T10:00:00Z' } as FailoverRecord;
  const now = new Date('2026-11-21T11:00:00Z');

  test('is the time from the loss until the API answered, and what had not been followed', () => {
    const followed = {
      ...record,
      followedUntil: '2026-11-21T09:59:58Z',
      redirectedAt: '2026-11-21T10:07:00Z',
    };
    expect(figuresOf(followed, now)).toEqual({ rtoMs: 420_000, rpoMs: 2_000 });
  });

  test('is nothing lost after a switchover, and unknown where nobody says', () => {
    expect(figuresOf({ ...record, mode: 'planned' }, now).rpoMs).toBe(0);
    expect(figuresOf(record, now).rpoMs).toBeNull();
  });
});

describe('[BKP-4] what people see', () => {
  const told = {
    ...{ tenantName: 'Acme\r\nLtd', timeZone: 'Europe/Berlin', fromRegion: 'eu-west-1', toRegion: own },
    ...{ lostSince: '2026-11-21T10:00:00Z', rpoMs: 1_200 },
  };

  test('owners learn since when, where it goes on, and how much may be missing', () => {
    const { subject, text } = failoverMail(told);
    expect(subject).toBe('Acme Ltd: another region goes on');
    expect(text).toContain('21 November 2026 at 11:00 (Europe/Berlin)');
    expect(text).toContain('the last 2 seconds');
    expect(failoverMail({ ...told, rpoMs: 0 }).text).toContain('Nothing that was changed before is missing');
    expect(failoverMail({ ...told, rpoMs: null }).text).toContain('not known');
  });

  test('the runbook’s file is one that the machine takes', () => {
    const runbook = readFileSync(join(import.meta.dirname, '../../../docs/runbooks/failover.md'), 'utf8');
    const block = /```json\n([\s\S]*?)```/.exec(runbook)?.[1] ?? '';
    const { input } = JSON.parse(block) as { input: object };
    expect(failoverWorkflows.run.input.parse(input)).toMatchObject({ mode: 'forced', residency: 'us' });
  });
});

test('[BKP-4] the platform’s staff see failovers, and nobody else does', async () => {
  await through(steps);
  const platform = kernel.database.pool('app_platform');
  const { rows } = await platform.query('select id from app.failovers');
  expect(rows).toHaveLength(1);
  await expect(
    kernel.database.pool('app_tenant').query('select id from app.failovers'),
  ).rejects.toMatchObject({ code: '42501' });
  const { closePool } = await import('#shared/db/pool.ts');
  await closePool();
  Object.assign(settings.database(), { user: 'app_platform', ...passwordOf('app_platform') });
  const staff = { user: someone(), platformRoles: ['platform-admin'] as const };
  const { items } = await callAs(staff, { module: failover, ops: failoverOps }, 'list', {});
  expect(items).toMatchObject([{ fromRegion: 'eu-west-1', toRegion: own, mode: 'forced' }]);
});

/** Logins of the test's database differ by their password. */
function passwordOf(login: 'app_platform'): { password?: string } {
  const { DATABASE_PASSWORD: password } = kernel.database.environment(login) as {
    DATABASE_PASSWORD?: string;
  };
  return password === undefined ? {} : { password };
}
