/** Two tenants, each with an owner, arranged by the superuser. */
import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import type { Entry } from '#shared/db/transaction.ts';

export type Founded = { tenantId: string; userId: string; slug: string; entry: Entry };

/** Where new ids come from; a seeded one makes the same ids again. */
export type NewUuid = () => string;

/** A new active tenant with one owner. */
export async function foundTenant(admin: Client, uuid: NewUuid = randomUUID): Promise<Founded> {
  const tenantId = uuid();
  const userId = uuid();
  const slug = `t-${tenantId.slice(0, 8)}`;
  await admin.query('insert into app.users (id, email, name) values ($1, $2, $3)', [
    userId,
    `${userId}@example.com`,
    'Owner',
  ]);
  await admin.query(
    "insert into app.tenants (id, slug, name, region, plan) values ($1, $2, $3, 'us', 'basic')",
    [tenantId, slug, slug],
  );
  await admin.query("insert into app.memberships (tenant_id, user_id, role) values ($1, $2, 'owner')", [
    tenantId,
    userId,
  ]);
  return { tenantId, userId, slug, entry: { tenantId, userId, requestId: 'test' } };
}
