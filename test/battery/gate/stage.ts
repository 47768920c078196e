/** What the gate's battery plays on: one database, one gate's table, and several instances of the functions. */
import { randomUUID } from 'node:crypto';
import { formatId, type TenantId, uuidOf } from '#shared/contract/ids.ts';
import type { Plan } from '#shared/config/plans.ts';
import type { TenantRole } from '#shared/contract/roles.ts';
import { type Answer, type Chain, type Request, startChain } from '#test/support/chain.ts';
import { type Breakage, type Instance, startInstance } from '#test/support/instance.ts';
import { recordDynamoDb, type RecordedDynamoDb } from '#test/support/recorded-dynamodb.ts';
import { newPerson, type Person } from '#test/support/tokens.ts';

/** Somebody who calls a tenant, and how: with a token unless it is a key's text. */
export type Caller = {
  tenant: TenantId;
  credential: string;
  person: Person;
  headers?: Record<string, string>;
};

export type Stage = {
  chain: Chain;
  /** What this process asks of the gate's table; the instances go past it. */
  gate: RecordedDynamoDb;
  first: Instance;
  second: Instance;
  /** A tenant with so many members, the first of them an owner. */
  newTenant(members?: number, plan?: Plan): Promise<Caller[]>;
  join(tenant: TenantId, role: TenantRole): Promise<Caller>;
  /** A request of a caller to a module on an instance. */
  ask(at: Instance, who: Caller, module: string, request: Request): Promise<Answer>;
  /** The cheapest request that goes through the whole gate. */
  look(at: Instance, who: Caller): Promise<Answer>;
  /** What the platform's staff decide. */
  decide(method: string, path: string, tenant: TenantId | undefined, body: object): Promise<void>;
  /** An instance whose code is broken as told. */
  broken(breakage: Breakage): Promise<Instance>;
  stop(): Promise<void>;
};

export async function startStage(): Promise<Stage> {
  const chain = await startChain();
  const { admin } = chain.database;
  const [first, second, platform] = await Promise.all([
    startInstance(),
    startInstance(),
    startInstance(chain.database.environment('app_platform')),
  ]);
  const gate = await recordDynamoDb(chain.gatePort);
  const { AWS_ENDPOINT_URL_DYNAMODB: direct = '' } = process.env;
  process.env.AWS_ENDPOINT_URL_DYNAMODB = `http://127.0.0.1:${gate.port}`;
  const more: Instance[] = [];

  const ask: Stage['ask'] = (at, { tenant, credential, headers }, module, request) =>
    chain.call(at.handler(module), {
      ...request,
      token: credential,
      headers: { 'x-tenant-id': tenant, 'idempotency-key': randomUUID(), ...headers, ...request.headers },
    });
  const join: Stage['join'] = async (tenant, role) => {
    const person = newPerson();
    await admin.query('insert into app.users (id, email, name) values ($1, $2, $3)', [
      ...[person.sub, person.email, person.name],
    ]);
    await admin.query('insert into app.memberships (tenant_id, user_id, role) values ($1, $2, $3)', [
      ...[uuidOf(tenant), person.sub, role],
    ]);
    return { tenant, person, credential: await chain.pool.token(person) };
  };
  return {
    ...{ chain, gate, first, second, ask, join },
    newTenant: async (members = 1, plan = 'basic') => {
      const id = randomUUID();
      await admin.query(
        "insert into app.tenants (id, slug, name, region, plan) values ($1, $2, $2, 'us', $3)",
        [id, `t-${id.slice(0, 13)}`, plan],
      );
      const tenant = formatId('tenant', id);
      const joined: Caller[] = [];
      while (joined.length < members)
        joined.push(await join(tenant, joined.length === 0 ? 'owner' : 'viewer'));
      return joined;
    },
    look: (at, who) => ask(at, who, 'tenancy', { method: 'GET', path: '/v1/tenant' }),
    decide: async (method, path, tenant, body) => {
      const answer = await chain.call(platform.handler('platform'), {
        ...{ method, path, body: { reason: 'Battery', ...body } },
        ...(tenant === undefined ? {} : { params: { tenantId: tenant } }),
        headers: { 'idempotency-key': randomUUID() },
        // Decisions come faster here than one of the staff may make them.
        token: await chain.pool.token(newPerson('Staff'), { groups: ['platform-admin'] }),
      });
      if (answer.status !== 200)
        throw new Error(`the platform answered ${answer.status} to ${method} ${path}`);
    },
    broken: async (breakage) => {
      const instance = await startInstance({ AWS_ENDPOINT_URL_DYNAMODB: direct }, breakage);
      more.push(instance);
      return instance;
    },
    stop: async () => {
      await Promise.all([first, second, platform, ...more].map((instance) => instance.stop()));
      await gate.stop();
      await chain.stop();
    },
  };
}
