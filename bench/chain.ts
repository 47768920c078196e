/**
 * What the chain around an operation costs: its CPU time against a handler that parses, validates and answers, and
 * its round trips by kind. DynamoDB and SQS are stubbed at the SDK's clients and cost nothing here. PostgreSQL is
 * real: its server is another process, whose time does not count, while the driver is part of every request.
 */
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import * as z from 'zod';
import { settings } from '#shared/config/environment.ts';
import { formatId } from '#shared/contract/ids.ts';
import { closePool } from '#shared/db/pool.ts';
import { membersOps } from '#shared/members/members.ops.ts';
import { members } from '#shared/members/module.ts';
import { serve } from '#shared/middleware/serve.ts';
import { tenancy } from '#shared/tenancy/module.ts';
import { type Tenant, tenancyContract } from '#shared/tenancy/tenancy.contract.ts';
import { tenancyOps } from '#shared/tenancy/tenancy.ops.ts';
import type { Report } from '#test/battery/figures.ts';
import { startProxy } from '#test/shared/db/proxy.ts';
import { type Answer, type Chain, type Handler, type Request, startChain } from '#test/support/chain.ts';
import { newPerson } from '#test/support/tokens.ts';
import { median } from './support/samples.ts';

export const summary = 'CPU time of the request chain against a bare handler, and its round trips by kind';

const rounds = 40;
const tenant = randomUUID();
const person = newPerson();

type Call = { handler: Handler; request: () => Request };

export async function run(report: Report): Promise<void> {
  const chain = await startChain();
  const gate = mockClient(DynamoDBClient);
  const queue = mockClient(SQSClient);
  gate.onAnyCommand().resolves({ Attributes: { pk: { S: 'x' } } });
  queue.onAnyCommand().resolves({});
  const { host, port } = chain.database.database;
  const proxy = await startProxy(host, port);
  try {
    await arrange(chain);
    const calls = callsOf(await chain.pool.token(person));
    await countTrips(report, chain, calls, proxy, { gate, queue });
    await closePool();
    Object.assign(settings.database(), { port });
    await compareCpu(report, chain, calls, () => [gate, queue].forEach((mock) => mock.resetHistory()));
    report.note(
      'CPU time is this process’s alone: token verification, validation, records, the Postgres driver, log and ' +
        'metrics; not the AWS SDK, whose clients are stubbed.',
    );
  } finally {
    await proxy.stop();
    gate.restore();
    queue.restore();
    await chain.stop();
  }
}

async function arrange({ database: { admin } }: Chain): Promise<void> {
  await admin.query(
    `insert into app.tenants (id, slug, name, region, plan) values ($1, 'bench', 'Bench', 'us', 'enterprise')`,
    [tenant],
  );
  await admin.query('insert into app.users (id, email, name) values ($1, $2, $3)', [
    ...[person.sub, person.email, person.name],
  ]);
  await admin.query(`insert into app.memberships (tenant_id, user_id, role) values ($1, $2, 'owner')`, [
    ...[tenant, person.sub],
  ]);
}

function callsOf(token: string): Record<'read' | 'write' | 'publish', Call> {
  const headers = { 'x-tenant-id': formatId('tenant', tenant) };
  const [tenancyHandler, membersHandler] = [serve(tenancy, tenancyOps), serve(members, membersOps)];
  return {
    read: { handler: tenancyHandler, request: () => ({ method: 'GET', path: '/v1/tenant', token, headers }) },
    write: {
      handler: tenancyHandler,
      request: () => ({ method: 'PATCH', path: '/v1/tenant', body: { name: 'Bench' }, token, headers }),
    },
    publish: {
      handler: membersHandler,
      request: () => ({
        ...{ method: 'POST', path: '/v1/invitations', token },
        body: { email: `${randomUUID()}@example.com`, role: 'viewer' },
        headers: { ...headers, 'Idempotency-Key': randomUUID() },
      }),
    },
  };
}

type Mocks = { gate: ReturnType<typeof mockClient>; queue: ReturnType<typeof mockClient> };

async function countTrips(
  report: Report,
  chain: Chain,
  calls: Record<string, Call>,
  proxy: Awaited<ReturnType<typeof startProxy>>,
  { gate, queue }: Mocks,
): Promise<void> {
  Object.assign(settings.database(), { port: proxy.port });
  for (const [name, call] of Object.entries(calls)) {
    // The first opens the connection and fetches the keys; after the second the gate knows where everybody stands.
    for (let turn = 0; turn < 2; turn += 1) await answered(chain, call);
    proxy.reset();
    gate.resetHistory();
    queue.resetHistory();
    await answered(chain, call);
    report.figure(`trips ${name}: Postgres`, proxy.trips(), 'round trips');
    // All at the same time: one round trip, as the battery of the gate shows.
    report.figure(`calls ${name}: DynamoDB`, gate.calls().length, 'calls');
    report.figure(`trips ${name}: SQS`, queue.calls().length, 'round trips');
  }
}

async function compareCpu(
  report: Report,
  chain: Chain,
  calls: Record<'read' | 'write' | 'publish', Call>,
  forget: () => void,
): Promise<void> {
  const bare = { handler: bareHandler, request: calls.write.request };
  const contenders = { bare, ...calls };
  const names = Object.keys(contenders) as (keyof typeof contenders)[];
  const perRound = { bare: 400, read: 20, write: 20, publish: 10 };
  const measured = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let round = -3; round < rounds; round += 1) {
    if (round % 10 === 0) report.progress(`round ${round} of ${rounds}`);
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const cpuUs = await cpuOf(chain, contenders[name], perRound[name]);
      // The rounds before the first warm up.
      if (round >= 0) measured.get(name)?.push(cpuUs);
    }
    forget();
  }
  const base = measured.get('bare') ?? [];
  for (const name of names) {
    const own = measured.get(name) ?? [];
    report.figure(`cpu ${name}`, median(own), 'µs/request');
    if (name === 'bare') continue;
    const ratios = own.map((value, index) => value / (base[index] ?? NaN));
    report.figure(`cpu ${name} / bare`, median(ratios), '×');
  }
}

/** CPU time of a request in microseconds; events are made, and answers judged, by both alike. */
async function cpuOf(chain: Chain, call: Call, count: number): Promise<number> {
  const before = process.cpuUsage();
  for (let index = 0; index < count; index += 1) await answered(chain, call);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

async function answered(chain: Chain, { handler, request }: Call): Promise<Answer> {
  const answer = await chain.call(handler, request());
  if (answer.status >= 300) throw new Error(`A request was answered ${JSON.stringify(answer)}`);
  return answer;
}

const known: Tenant = {
  ...{ id: formatId('tenant', tenant), slug: 'bench', name: 'Bench', region: 'us', plan: 'enterprise' },
  ...{ status: 'active', isolation: 'pool', domain: null, domainVerifiedAt: null },
  ...{ createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z' },
};

const bodySchema = z.object({ name: z.string().trim().min(1).max(100) });

/** What is left of PATCH /v1/tenant without a kernel: parse, validate, answer. */
const bareHandler: Handler = async (event) => {
  const { name } = bodySchema.parse(JSON.parse(event.body ?? ''));
  const body = JSON.stringify(tenancyContract.update.output.parse({ ...known, name }));
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body };
};
