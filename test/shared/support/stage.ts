/** A tenant, its people and somebody of the staff, with every function that they call; the staff's in a process of its own. */
import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { formatId, type UserId } from '#shared/contract/ids.ts';
import { endpointsOf } from '#shared/contract/module.ts';
import type { TenantRole } from '#shared/contract/roles.ts';
import { registry } from '#shared/registry.ts';
import { type Answer, type Chain, type Handler, type Request, startChain } from '#test/support/chain.ts';
import { type Instance, startInstance } from '#test/support/instance.ts';
import { newPerson, type Person } from '#test/support/tokens.ts';
import { type Founded, foundTenant } from '#test/shared/db/tenants.ts';

export type Call = Pick<Request, 'method' | 'path'> & Partial<Request>;

export type Stage = {
  chain: Chain;
  /** Another process that serves tenants. */
  other: Instance;
  found(): Promise<Founded & { owner: Person }>;
  join(founded: Founded, role: TenantRole): Promise<Person>;
  /** A call of a person in a tenant; at this process unless told. */
  as(person: Person, founded: Founded, call: Call, at?: Instance): Promise<Answer>;
  /** A call of the staff outside of any tenant. */
  staff(person: Person, call: Call, groups?: readonly string[]): Promise<Answer>;
  /** Asks, and is approved by the owner, and begins, as far as told; returns the id. */
  upTo(
    step: 'requested' | 'approved' | 'started',
    founded: Founded & { owner: Person },
    who: { staff: Person; member: Person },
  ): Promise<string>;
  /** A call of the staff under an impersonation. */
  acting(id: string, staff: Person, call: Call, at?: Instance): Promise<Answer>;
  stop(): Promise<void>;
};

export const idOf = ({ sub }: Person): UserId => formatId('user', sub);
export const staffGroups = ['platform-support'];

/** Starts the parts and the two other processes. */
export async function startStage(): Promise<Stage> {
  const chain = await startChain();
  const [other, platform] = await Promise.all([
    startInstance(),
    startInstance(chain.database.environment('app_platform')),
  ]);
  const handlers = new Map<string, Handler>();
  const here = async (module: string): Promise<Handler> => {
    const known = handlers.get(module);
    if (known !== undefined) return known;
    const { handler } = (await import(`../../../functions/http/${module}.ts`)) as { handler: Handler };
    handlers.set(module, handler);
    return handler;
  };
  const at = async (path: string, instance?: Instance): Promise<Handler> =>
    instance === undefined ? here(moduleOf(path)) : instance.handler(moduleOf(path));
  const withKey = (headers: Record<string, string> = {}) => ({ 'idempotency-key': randomUUID(), ...headers });
  const tokenOf = (person: Person, groups: readonly string[] = []) =>
    chain.pool.token(person, { claims: { 'cognito:groups': groups } });
  const stage: Stage = {
    chain,
    other,
    found: async () => {
      const founded = await foundTenant(chain.database.admin);
      return {
        ...founded,
        owner: { sub: founded.userId, email: `${founded.userId}@example.com`, name: 'Owner' },
      };
    },
    join: async ({ tenantId }, role) => {
      const person = newPerson('Member');
      const { admin } = chain.database;
      await admin.query('insert into app.users (id, email, name) values ($1, $2, $3)', [
        ...[person.sub, person.email, person.name],
      ]);
      await admin.query('insert into app.memberships (tenant_id, user_id, role) values ($1, $2, $3)', [
        ...[tenantId, person.sub, role],
      ]);
      return person;
    },
    as: async (person, { tenantId }, call, instance) =>
      chain.call(await at(call.path, instance), {
        ...call,
        token: await tokenOf(person),
        headers: withKey({ 'x-tenant-id': formatId('tenant', tenantId), ...call.headers }),
      }),
    staff: async (person, call, groups = staffGroups) =>
      chain.call(await at(call.path, platform), {
        ...call,
        token: await tokenOf(person, groups),
        headers: withKey(call.headers),
      }),
    upTo: async (step, founded, { staff, member }) => {
      const asked = await stage.staff(staff, {
        ...{ method: 'POST', path: '/v1/platform/impersonations' },
        body: {
          tenantId: formatId('tenant', founded.tenantId),
          memberId: idOf(member),
          reason: 'Ticket 4711',
        },
      });
      expect(asked).toMatchObject({ status: 201, body: { status: 'requested' } });
      const { id } = asked.body as { id: string };
      if (step === 'requested') return id;
      expect(await stage.as(founded.owner, founded, stepOf(id, 'approve'))).toMatchObject({ status: 200 });
      if (step === 'approved') return id;
      expect(await stage.staff(staff, staffStepOf(id, 'start'))).toMatchObject({ status: 200 });
      return id;
    },
    acting: async (id, staff, call, instance) =>
      chain.call(await at(call.path, instance), {
        ...call,
        token: await tokenOf(staff, staffGroups),
        headers: withKey({ 'plinth-impersonate': id, ...call.headers }),
      }),
    stop: async () => {
      await Promise.all([other.stop(), platform.stop()]);
      await chain.stop();
    },
  };
  return stage;
}

/** A step of the tenant. */
export const stepOf = (impersonationId: string, step: 'approve' | 'deny' | 'end'): Call => ({
  ...{ method: 'POST', path: `/v1/impersonations/{impersonationId}/${step}` },
  params: { impersonationId },
});

/** A step of the staff. */
export const staffStepOf = (impersonationId: string, step: 'start' | 'withdraw' | 'end'): Call => ({
  ...{ method: 'POST', path: `/v1/platform/impersonations/{impersonationId}/${step}` },
  params: { impersonationId },
});

/** The rows that were left behind in a tenant's trail, or among its security events. */
export async function left(
  { database }: Chain,
  table: 'audit_events' | 'security_events',
  { tenantId }: Founded,
): Promise<Record<string, unknown>[]> {
  const { rows } = await database.admin.query<Record<string, unknown>>(
    `select * from app.${table} where tenant_id = $1 order by id`,
    [tenantId],
  );
  return rows;
}

/** Which function serves a path. */
function moduleOf(path: string): string {
  const found = endpointsOf(Object.values(registry)).find(({ endpoint }) => endpoint.path === path);
  if (found === undefined) throw new Error(`no function serves ${path}`);
  return found.module;
}
