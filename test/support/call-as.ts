/**
 * Runs operations as the chain does, from the tenant of the call to the commit, on a real database. Tokens and
 * request rates are left out: the chain's own tests show them.
 */
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import type { Caller } from '#shared/contract/context.ts';
import type { EndpointFacts, OutputOf, WireOf } from '#shared/contract/endpoint.ts';
import { formatId, newId, type TenantId, uuidOf } from '#shared/contract/ids.ts';
import {
  type Contract,
  type DatabaseRole,
  endpointsOf,
  type Module,
  type Ops,
} from '#shared/contract/module.ts';
import type { PlatformRole, TenantRole } from '#shared/contract/roles.ts';
import { closePool } from '#shared/db/pool.ts';
import { permissionsOn } from '#shared/middleware/authorize.ts';
import { denialOf, worded } from '#shared/middleware/denial.ts';
import { enteredAnew } from '#shared/middleware/enter-tenant.ts';
import type { ApiContext, ApiEvent, Exchange } from '#shared/middleware/exchange.ts';
import { type AnyOperation, operation } from '#shared/middleware/operation.ts';
import { parseInput } from '#shared/middleware/parse-input.ts';
import { kernelDatabase, type KernelDatabase } from './kernel-database.ts';
import { startLinkSecret } from './link-secret.ts';
import { newPerson } from './tokens.ts';

/** Who calls, and which tenant they name. */
export type Actor = { user: Caller; tenant?: TenantId; platformRoles?: readonly PlatformRole[] };

/** A module with its behaviour. */
export type Served<C extends Contract> = { module: Module<C>; ops: Ops<C> };

export type Kernel = {
  database: KernelDatabase;
  /** A new tenant with its owner, arranged by the superuser. */
  found(name?: string): Promise<Actor & { tenant: TenantId }>;
  /** A new member of a tenant. */
  join(tenant: TenantId, role: TenantRole, name?: string): Promise<Actor & { tenant: TenantId }>;
  stop(): Promise<void>;
};

/** A migrated database that this test file's operations work on, as one login. */
export async function startKernel(login: DatabaseRole = 'app_tenant'): Promise<Kernel> {
  const [database, secret] = await Promise.all([kernelDatabase(), startLinkSecret()]);
  Object.assign(process.env, environment, secret.environment, database.environment(login));
  const [queue, gate] = [mockClient(SQSClient), mockClient(DynamoDBClient)];
  queue.onAnyCommand().resolves({});
  gate.onAnyCommand().resolves({});
  const { admin } = database;
  const join: Kernel['join'] = async (tenant, role, name) => {
    const user = someone(name);
    await admin.query('insert into app.users (id, email, name) values ($1, $2, $3)', [
      uuidOf(user.id),
      user.email,
      user.name,
    ]);
    await admin.query('insert into app.memberships (tenant_id, user_id, role) values ($1, $2, $3)', [
      uuidOf(tenant),
      uuidOf(user.id),
      role,
    ]);
    return { user, tenant };
  };
  return {
    database,
    join,
    found: async (name = 'Acme Ltd') => {
      const id = randomUUID();
      await admin.query(
        "insert into app.tenants (id, slug, name, region, plan) values ($1, $2, $3, 'us', 'basic')",
        [id, `t-${id.slice(0, 12)}`, name],
      );
      return join(formatId('tenant', id), 'owner');
    },
    stop: async () => {
      queue.restore();
      gate.restore();
      await closePool();
      await Promise.all([database.drop(), secret.stop()]);
    },
  };
}

/** A person nobody else is, with a verified e-mail address. */
export function someone(name?: string): Caller {
  const { sub, email, name: known } = newPerson(name);
  return { id: formatId('user', sub), email, name: known, emailVerified: true };
}

/**
 * Calls an operation; an expected failure rejects with its Failure.
 * @param beforeCommit runs after the operation, inside its transaction: where another call may come between
 */
export async function callAs<C extends Contract, N extends keyof C & string>(
  actor: Actor,
  { module, ops }: Served<C>,
  name: N,
  input: WireOf<C[N]>,
  beforeCommit: () => Promise<void> = async () => undefined,
): Promise<OutputOf<C[N]>> {
  const called = endpointsOf([module]).find((declared) => declared.name === name);
  if (called === undefined) throw new Error(`${module.name} has no ${name}`);
  const event = toEvent(called.endpoint, actor, input as Record<string, unknown>);
  const exchange = newExchange(module, called, actor);
  const context = { exchange } as ApiContext;
  if (called.endpoint.plane === 'tenant') exchange.tenant = await enteredAnew(event, exchange);
  const denial = denialOf(exchange);
  if (denial !== undefined) throw worded(event, exchange, denial);
  exchange.permissions = permissionsOn(exchange);
  await parseInput().before?.({ event, context } as never);
  const run = (ops as Readonly<Record<string, unknown>>)[name] as AnyOperation;
  const held: AnyOperation = async (ctx, parsed) => {
    const output = await run(ctx, parsed);
    await beforeCommit();
    return output;
  };
  const { body } = await operation(held)(event, context);
  return (body === '' ? undefined : JSON.parse(body)) as OutputOf<C[N]>;
}

/** What a refused call rejects with: `expect(call).rejects.toMatchObject(refusal('members.last_owner'))`. */
export function refusal(code: string): object {
  return { problem: { code } };
}

const environment = {
  PLINTH_ENVIRONMENT: 'test',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'LOCALTEST',
  AWS_SECRET_ACCESS_KEY: 'local',
  GATE_TABLE: 'gate',
  OUTBOX_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/000000000000/outbox',
  // Two calls at once in the tests about what happens between them.
  DATABASE_POOL_SIZE: '3',
  MAIL_FROM: 'no-reply@example.com',
  CONSOLE_URL: 'https://console.example.com',
  POWERTOOLS_LOG_LEVEL: 'SILENT',
  POWERTOOLS_METRICS_DISABLED: 'true',
};

function newExchange(module: Module, called: Exchange['called'], actor: Actor): Exchange {
  const ignore = () => undefined;
  return {
    module,
    called,
    requestId: randomUUID(),
    startedAt: new Date(),
    source: { ip: '203.0.113.7', userAgent: 'test' },
    log: { info: ignore, warn: ignore, error: ignore },
    caller: {
      ...actor.user,
      platformRoles: actor.platformRoles ?? [],
      session: { id: newId('session'), startedAt: new Date() },
    },
    permissions: new Set(),
    limits: [],
    input: undefined,
  };
}

function toEvent(endpoint: EndpointFacts, actor: Actor, input: Record<string, unknown>): ApiEvent {
  const only = (shape: object) => Object.fromEntries(Object.entries(input).filter(([name]) => name in shape));
  const query = Object.entries(only(endpoint.query.shape)).map(([name, value]) => [name, String(value)]);
  return {
    headers: {
      'content-type': 'application/json',
      ...(actor.tenant === undefined ? {} : { 'x-tenant-id': actor.tenant }),
      ...(endpoint.idempotency === 'required' ? { 'idempotency-key': randomUUID() } : {}),
    },
    pathParameters: only(endpoint.params.shape),
    queryStringParameters: Object.fromEntries(query) as Record<string, string>,
    multiValueQueryStringParameters: null,
    body: endpoint.body === undefined ? null : JSON.stringify(only(endpoint.body.shape)),
    isBase64Encoded: false,
    requestContext: {},
  } as unknown as ApiEvent;
}
