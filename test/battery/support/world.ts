/**
 * Tenants and people, made past the API by the database's administrator, so that a battery can have a fresh one
 * for every call: no call finds what another one left, and nobody runs into a request rate.
 */
import { createHash, randomUUID } from 'node:crypto';
import { SignJWT, type JWTPayload } from 'jose';
import pg from 'pg';
import {
  formatId,
  type Id,
  type IdKind,
  type ImpersonationId,
  newId,
  type TenantId,
  type UserId,
  uuidOf,
} from '#shared/contract/ids.ts';
import type { TenantRole } from '#shared/contract/roles.ts';
import { invitationToken } from '#shared/members/invitation-token.ts';
import type { TenantStatus } from '#shared/tenancy/tenancy.rows.ts';
import { type ImpersonationStep, storeImpersonation } from './acting.ts';
import { type GateAddress, plantCode } from './code.ts';
import { type KeyOptions, storeKey, type StoredKey } from '#test/support/stored-key.ts';
import type { PoolFacts } from './site.ts';
import { keptBy } from './kept.ts';

export type Person = { id: UserId; email: string; name: string };
export type Invitation = { id: Id<'invitation'>; email: string; token: string };

export type World = {
  admin: pg.Pool;
  /** Everybody's address ends in this, so that it can be told from what a caller made up. */
  mailDomain: string;
  tenant(status?: TenantStatus): Promise<TenantId>;
  /** Somebody whom the database does not know yet. */
  stranger(): Person;
  member(tenant: TenantId, role: TenantRole): Promise<Person>;
  join(tenant: TenantId, person: Person, role: TenantRole): Promise<void>;
  /** What the person's calls mean that name no tenant. */
  makeDefault(tenant: TenantId, person: Person): Promise<void>;
  /** A pending invitation and the token of its link. */
  invitation(tenant: TenantId, email?: string): Promise<Invitation>;
  apiKey(tenant: TenantId, options?: KeyOptions): Promise<StoredKey>;
  /** Where somebody has signed in beside the session that calls. */
  session(person: Person): Promise<Id<'session'>>;
  device(person: Person): Promise<Id<'device'>>;
  /** Support that asks, or was allowed, to act for a new member of the tenant. */
  impersonation(tenant: TenantId, step?: ImpersonationStep): Promise<ImpersonationId>;
  /** A file that is finished, or what is still being made. */
  export(tenant: TenantId, status?: 'queued' | 'finished'): Promise<Id<'export'>>;
  /** A backup that is done; the tenant has none under way. */
  backup(tenant: TenantId): Promise<Id<'backup'>>;
  /** A restore that somebody else asked for, and that is the only one under way. */
  restore(tenant: TenantId, status?: 'requested' | 'ready' | 'applied'): Promise<Id<'restore'>>;
  /** No restore of the tenant is under way any more. */
  endRestores(tenant: TenantId): Promise<void>;
  /** A live one-time code of somebody. */
  code(person: Person): Promise<string>;
  /** Whether an address is somebody's who belongs to the tenant or is invited to it. */
  belongs(email: string, tenant: TenantId): boolean;
  /** The id of something of that kind that belongs to a tenant. */
  somethingOf(kind: IdKind, tenant: TenantId): Promise<string>;
  /** An access token as the pool and its trigger make it, unless told otherwise. */
  token(person: Person, claims?: JWTPayload): Promise<string>;
  stop(): Promise<void>;
};

/** What lies behind a deployment's API: its database as the administrator, its link secret, its gate's table. */
export type Behind = { databaseUrl: string; linkSecret: string; gate: GateAddress };

const domain = 'people.battery.example';

/**
 * The world of a deployment.
 * @param behind what its API does not tell
 */
export function startWorld({ databaseUrl, linkSecret: secret, gate }: Behind, pool: PoolFacts): World {
  const admin = new pg.Pool({ connectionString: databaseUrl, max: 4 });
  const known = new Set<string>();
  const world: World = {
    admin,
    belongs: (email, tenant) => known.has(`${email} ${tenant}`),
    mailDomain: domain,
    tenant: async (status = 'active') => {
      const id = newId('tenant');
      await admin.query(
        "insert into app.tenants (id, slug, name, region, plan, status) values ($1, $2, 'Battery', 'us', 'basic', $3)",
        [uuidOf(id), slugOf(id), status],
      );
      return id;
    },
    stranger: () => {
      const sub = randomUUID();
      return { id: formatId('user', sub), email: `${sub}@${domain}`, name: `Person ${sub.slice(0, 8)}` };
    },
    member: async (tenant, role) => {
      const person = world.stranger();
      await world.join(tenant, person, role);
      return person;
    },
    join: async (tenant, { id, email, name }, role) => {
      known.add(`${email} ${tenant}`);
      await admin.query(
        'insert into app.users (id, email, name) values ($1, $2, $3) on conflict do nothing',
        [uuidOf(id), email, name],
      );
      await admin.query('insert into app.memberships (tenant_id, user_id, role) values ($1, $2, $3)', [
        uuidOf(tenant),
        uuidOf(id),
        role,
      ]);
    },
    makeDefault: async (tenant, { id }) => {
      await admin.query('update app.users set default_tenant_id = $1 where id = $2', [
        uuidOf(tenant),
        uuidOf(id),
      ]);
    },
    invitation: async (tenant, email = world.stranger().email) => {
      known.add(`${email} ${tenant}`);
      const by = await world.member(tenant, 'owner');
      const id = newId('invitation');
      await admin.query(
        `insert into app.invitations (tenant_id, id, email, role, invited_by, expires_at)
         values ($1, $2, $3, 'viewer', $4, now() + interval '7 days')`,
        [uuidOf(tenant), uuidOf(id), email, uuidOf(by.id)],
      );
      const token = invitationToken({ tenant: uuidOf(tenant), invitation: uuidOf(id) }, secret);
      return { id, email, token };
    },
    apiKey: (tenant, options) => storeKey(admin, tenant, options),
    session: async ({ id }) => {
      const session = newId('session');
      await admin.query(
        "insert into app.sessions (user_id, id, client, started_at) values ($1, $2, 'Battery', now())",
        [uuidOf(id), uuidOf(session)],
      );
      return session;
    },
    device: async ({ id }) => {
      const device = newId('device');
      await admin.query("insert into app.devices (user_id, id, name) values ($1, $2, 'Battery')", [
        uuidOf(id),
        uuidOf(device),
      ]);
      return device;
    },
    impersonation: (tenant, step = {}) => storeImpersonation(world, gate, tenant, step),
    ...keptBy(admin),
    export: async (tenant, status = 'finished') => {
      const id = newId('export');
      const { id: by } = await world.member(tenant, 'owner');
      await admin.query(
        `insert into app.exports (tenant_id, id, report, format, parameters, purpose, sensitive, status,
                                  requested_by_type, requested_by, file_name, estimated_rows, expires_at)
         values ($1, $2, 'audit.events', 'csv', '{}', 'Seeded by the battery', false, $3, 'person', $4, 'x.csv', 1,
                 now() + interval '1 day')`,
        [uuidOf(tenant), uuidOf(id), status, uuidOf(by)],
      );
      return id;
    },
    code: ({ id }) => plantCode(gate, secret, id),
    somethingOf: (kind, tenant) => somethingOf(world, kind, tenant),
    token: (person, claims = {}) => tokenOf(pool, person, claims),
    stop: () => admin.end(),
  };
  return world;
}

/** The claims of an access token of the pool. */
export function claimsOf(
  pool: Pick<PoolFacts, 'issuer' | 'clientId'>,
  { id, email, name }: Person,
): JWTPayload {
  const now = Math.floor(Date.now() / 1000);
  const sub = uuidOf(id);
  return {
    ...{ sub, username: sub, email, name, email_verified: 'true' },
    ...{ iss: pool.issuer, client_id: pool.clientId, token_use: 'access', scope: 'openid email profile' },
    ...{ origin_jti: randomUUID(), jti: randomUUID(), version: 2, auth_time: now, iat: now, exp: now + 3600 },
  };
}

function tokenOf(pool: PoolFacts, person: Person, claims: JWTPayload): Promise<string> {
  return new SignJWT({ ...claimsOf(pool, person), ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: pool.kid })
    .sign(pool.privateKey);
}

function slugOf(id: TenantId): string {
  return `t-${createHash('sha256').update(id).digest('hex').slice(0, 24)}`;
}

async function somethingOf(world: World, kind: IdKind, tenant: TenantId): Promise<string> {
  switch (kind) {
    case 'tenant':
      return tenant;
    case 'user':
      return (await world.member(tenant, 'viewer')).id;
    case 'invitation':
      return (await world.invitation(tenant)).id;
    case 'apiKey':
      return (await world.apiKey(tenant)).id;
    case 'session':
      return world.session(await world.member(tenant, 'viewer'));
    case 'device':
      return world.device(await world.member(tenant, 'viewer'));
    case 'impersonation':
      return world.impersonation(tenant);
    case 'auditEvent': {
      const id = newId('auditEvent');
      await world.admin.query(
        `insert into app.audit_events (tenant_id, id, plane, action, request_id)
         values ($1, $2, 'system', 'battery.seeded', 'battery')`,
        [uuidOf(tenant), uuidOf(id)],
      );
      return id;
    }
    case 'export':
      return world.export(tenant);
    case 'backup':
      return world.backup(tenant);
    case 'restore':
      return world.restore(tenant);
    case 'download':
      throw new Error('No endpoint takes the id of a download.');
    case 'drill':
      throw new Error('No endpoint takes the id of a drill.');
    case 'deadLetter': {
      const id = newId('deadLetter');
      await world.admin.query(
        `insert into app.dead_letters (id, tenant_id, queue, type, message_id, body, bytes)
         values ($1, $2, 'members', 'members.sendInvitation', $3, $4, 2)`,
        [uuidOf(id), uuidOf(tenant), randomUUID(), JSON.stringify({ tenantId: tenant, payload: {} })],
      );
      return id;
    }
    case 'failover':
      throw new Error('No endpoint takes the id of a failover.');
    case 'securityEvent':
      throw new Error('No endpoint takes the id of a security event.');
    case 'message':
      throw new Error('Messages leave the database at once; no endpoint takes the id of one.');
    default:
      throw new Error(
        `Nothing here makes a ${String(kind)}: add a case to somethingOf in test/battery/support/world.ts.`,
      );
  }
}
