/**
 * A row factory for every table: what a tenant would insert. A table that is missing here fails the
 * isolation tests, which say so.
 */
import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import type { Founded } from '#test/shared/db/tenants.ts';

export type Row = Record<string, unknown>;

/** Makes one more row of the tenant, and by the superuser whatever the row refers to. */
export type RowFactory = (owner: Founded, admin: Client) => Row | Promise<Row>;

export const rowFactories: Readonly<Record<string, RowFactory>> = {
  tenants: ({ tenantId, slug }) => ({ id: tenantId, slug, name: slug, region: 'us', plan: 'basic' }),

  users: ({ userId }) => ({ id: userId, email: `${userId}@example.com`, name: 'Owner' }),

  memberships: async ({ tenantId }, admin) => ({
    tenant_id: tenantId,
    user_id: await newUser(admin),
    role: 'viewer',
  }),

  invitations: ({ tenantId, userId }) => ({
    tenant_id: tenantId,
    id: randomUUID(),
    email: `${randomUUID()}@example.com`,
    role: 'viewer',
    invited_by: userId,
    expires_at: new Date(Date.now() + 86_400_000),
  }),

  audit_events: ({ tenantId, userId }) => ({
    tenant_id: tenantId,
    id: randomUUID(),
    plane: 'tenant',
    actor_id: userId,
    action: 'thing.done',
    request_id: 'isolation',
  }),

  outbox: ({ tenantId }) => ({
    id: randomUUID(),
    tenant_id: tenantId,
    kind: 'event',
    type: 'somethingHappened',
    payload: '{}',
  }),

  idempotency_keys: ({ tenantId, userId }) => ({
    tenant_id: tenantId,
    user_id: userId,
    key: randomUUID(),
    request_hash: 'hash',
  }),

  user_idempotency_keys: ({ userId }) => ({ user_id: userId, key: randomUUID(), request_hash: 'hash' }),
};

/** What to do about tables without a factory; nothing when all have one. */
export function missingFactories(tables: readonly { name: string }[]): string[] {
  return tables
    .filter(({ name }) => rowFactories[name] === undefined)
    .map(({ name }) => `app.${name} is not covered: add a row factory to test/isolation/rows.ts`);
}

/** The row factory of a table. */
export function factoryOf(table: string): RowFactory {
  const factory = rowFactories[table];
  if (factory === undefined) throw new Error(missingFactories([{ name: table }]).join());
  return factory;
}

async function newUser(admin: Client): Promise<string> {
  const id = randomUUID();
  await admin.query("insert into app.users (id, email, name) values ($1, $2, 'Member')", [
    id,
    `${id}@example.com`,
  ]);
  return id;
}
