/**
 * A row factory for every table: what a tenant, or the platform's staff, would insert. A table that is missing here fails the
 * isolation tests, which say so.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import type { Founded, NewUuid } from '#test/shared/db/tenants.ts';

export type Row = Record<string, unknown>;

/**
 * Makes one more row of the tenant, and by the superuser whatever the row refers to.
 * @param uuid where new ids come from
 */
export type RowFactory = (owner: Founded, admin: Client, uuid?: NewUuid) => Row | Promise<Row>;

export const rowFactories: Readonly<Record<string, RowFactory>> = {
  tenants: ({ tenantId, slug }) => ({ id: tenantId, slug, name: slug, region: 'us', plan: 'basic' }),

  users: ({ userId }) => ({ id: userId, email: `${userId}@example.com`, name: 'Owner' }),

  memberships: async ({ tenantId }, admin, uuid) => ({
    tenant_id: tenantId,
    user_id: await newUser(admin, uuid),
    role: 'viewer',
  }),

  invitations: ({ tenantId, userId }, _admin, uuid = randomUUID) => ({
    tenant_id: tenantId,
    id: uuid(),
    email: `${uuid()}@example.com`,
    role: 'viewer',
    invited_by: userId,
    expires_at: new Date(Date.now() + 86_400_000),
  }),

  exports: ({ tenantId, userId }, _admin, uuid = randomUUID) => ({
    ...{ tenant_id: tenantId, id: uuid(), report: 'audit.events', format: 'csv', parameters: '{}' },
    ...{ purpose: 'isolation of tenants', sensitive: false, file_name: 'x.csv', estimated_rows: 1 },
    ...{ requested_by_type: 'person', requested_by: userId },
  }),

  export_parts: async ({ tenantId, userId }, admin, uuid) => ({
    ...{ tenant_id: tenantId, export_id: await newExport(admin, { tenantId, userId }, uuid) },
    ...{ number: 1, etag: 'x', bytes: 1, rows: 1, state: '{}' },
  }),

  export_downloads: async ({ tenantId, userId }, admin, uuid = randomUUID) => ({
    ...{ tenant_id: tenantId, id: uuid(), export_id: await newExport(admin, { tenantId, userId }, uuid) },
    ...{ actor_type: 'person', actor_id: userId, ip: '192.0.2.1' },
  }),

  tenant_metrics: ({ tenantId }, _admin, uuid = randomUUID) => ({
    ...{ tenant_id: tenantId, kind: 'requests' },
    // Another five minutes for each.
    starts_at: new Date(parseInt(uuid().slice(0, 6), 16) * 300_000).toISOString(),
    ...{ calls: 1, failed: 0, throttled: 0, durations: Array.from({ length: 20 }, () => 0) },
  }),

  ai_calls: ({ tenantId }, _admin, uuid = randomUUID) => ({
    tenant_id: tenantId,
    id: uuid(),
    started_at: new Date('2026-11-21T12:00:00Z'),
    status: 'settled',
    feature: 'chat',
    provider: 'anthropic',
    model: 'claude-haiku-5-5',
    rule: 'plan',
    cost_pico: 1,
    reserved_pico: 2,
    request_id: 'isolation',
  }),

  ai_transcripts: ({ tenantId }, _admin, uuid = randomUUID) => ({
    ...{ tenant_id: tenantId, call_id: uuid(), asked_at: new Date('2026-11-21T12:00:00Z') },
    ...{ feature: 'chat', model: 'claude-haiku-5-5', prompt: '{}', answer: '{}', complete: true },
    kept_until: new Date(Date.now() + 86_400_000),
  }),

  ai_budgets: ({ tenantId }, _admin, uuid = randomUUID) => ({
    ...{ tenant_id: tenantId, scope: 'feature', subject: uuid(), period: 'month' },
    ...{ limit_pico: 1, policy: 'block' },
  }),

  ai_budget_increases: ({ tenantId, userId }, _admin, uuid = randomUUID) => ({
    ...{
      tenant_id: tenantId,
      id: uuid(),
      scope: 'feature',
      subject: uuid(),
      period: 'month',
      amount_pico: 1,
    },
    ...{ reason: 'A launch', expires_at: new Date(Date.now() + 86_400_000) },
    ...{ granted_by_type: 'person', granted_by: userId },
  }),

  ai_budget_alerts: ({ tenantId }, _admin, uuid = randomUUID) => ({
    tenant_id: tenantId,
    scope: 'feature',
    subject: uuid(),
    period: 'month',
    period_name: 'M202611',
    percent: 80,
  }),

  ai_tenants: ({ tenantId }) => ({ tenant_id: tenantId }),

  audit_events: ({ tenantId, userId }, _admin, uuid = randomUUID) => ({
    tenant_id: tenantId,
    id: uuid(),
    plane: 'tenant',
    actor_id: userId,
    action: 'thing.done',
    request_id: 'isolation',
  }),

  audit_pending: ({ tenantId }, _admin, uuid = randomUUID) => ({ tenant_id: tenantId, event_id: uuid() }),

  audit_links: ({ tenantId }, _admin, uuid = randomUUID) => ({
    ...{ tenant_id: tenantId, sequence: parseInt(uuid().slice(0, 8), 16) + 1, event_id: uuid() },
    ...{ personal: Buffer.alloc(32, 1), digest: Buffer.alloc(32, 2), hash: Buffer.alloc(32, 3) },
  }),

  audit_heads: ({ tenantId }) => ({ tenant_id: tenantId }),

  prompt_versions: ({ tenantId, userId }, _admin, uuid = randomUUID) => ({
    tenant_id: tenantId,
    key: `test.${lettersOf(uuid())}`,
    version: 1,
    template: 'x',
    author_type: 'person',
    author: userId,
  }),

  prompts: ({ tenantId }, _admin, uuid = randomUUID) => ({ tenant_id: tenantId, key: `test.${uuid()}` }),

  ai_tenant_preferences: ({ tenantId }) => ({ tenant_id: tenantId, tone: 'casual' }),

  ai_user_preferences: ({ tenantId, userId }) => ({ tenant_id: tenantId, user_id: userId, tone: 'casual' }),

  tenant_settings: ({ tenantId }) => ({ tenant_id: tenantId, time_zone: 'Asia/Kuwait' }),

  tenant_overrides: ({ tenantId }) => ({ tenant_id: tenantId, rates: '{}' }),

  impersonations: ({ tenantId, userId }, _admin, uuid = randomUUID) => ({
    ...{ tenant_id: tenantId, id: uuid(), staff_id: userId, staff_name: 'Support', member_id: uuid() },
    ...{ reason: 'A ticket of theirs', expires_at: new Date(Date.now() + 86_400_000) },
  }),

  security_events: ({ tenantId, userId }, _admin, uuid = randomUUID) => ({
    id: uuid(),
    tenant_id: tenantId,
    user_id: userId,
    type: 'permission_denied',
    subject: 'members:remove',
    request_id: 'isolation',
  }),

  usage_alerts: ({ tenantId }, _admin, uuid = randomUUID) => ({
    tenant_id: tenantId,
    meter: 'exports',
    period: `h${Number.parseInt(uuid().slice(0, 8), 16)}`,
    threshold: 80,
    usage_limit: 10,
    used: 8,
  }),

  api_keys: ({ tenantId, userId }, _admin, uuid = randomUUID) => ({
    tenant_id: tenantId,
    id: uuid(),
    name: 'A key',
    environment: 'live',
    role: 'viewer',
    prefix: 'plk_live_00000000',
    hash: createHash('sha256').update(uuid()).digest(),
    created_by_type: 'person',
    created_by: userId,
  }),

  // There is one row, which the migration made.
  platform_settings: () => ({ only_row: true }),

  pulses: (_owner, _admin, uuid = randomUUID) => {
    const weeks = parseInt(uuid().slice(0, 4), 16);
    // A Monday, and as many weeks later.
    return { week: new Date(Date.UTC(2000, 0, 3) + weeks * 7 * 86_400_000).toISOString().slice(0, 10) };
  },

  platform_audit_events: ({ userId }, _admin, uuid = randomUUID) => ({
    id: uuid(),
    actor_id: userId,
    action: 'thing.done',
    request_id: 'isolation',
  }),

  outbox: ({ tenantId }, _admin, uuid = randomUUID) => ({
    id: uuid(),
    tenant_id: tenantId,
    kind: 'event',
    type: 'somethingHappened',
    payload: '{}',
  }),

  dead_letters: ({ tenantId }, _admin, uuid = randomUUID) => ({
    ...{ id: uuid(), tenant_id: tenantId, queue: 'members', type: 'members.sendInvitation' },
    ...{ message_id: uuid(), body: '{}', bytes: 2 },
  }),

  backups: ({ tenantId }, _admin, uuid = randomUUID) => ({
    ...{ tenant_id: tenantId, id: uuid(), kind: 'scheduled' },
    expires_at: new Date('2026-12-21T12:00:00Z'),
  }),

  restores: ({ tenantId, userId }, _admin, uuid = randomUUID) => ({
    ...{ tenant_id: tenantId, id: uuid(), at: new Date('2026-11-21T12:00:00Z') },
    ...{ reason: 'A ticket of theirs', requested_by_type: 'person', requested_by: userId },
    // One is under way at most.
    ...{ status: 'rejected', expires_at: new Date('2026-12-21T12:00:00Z') },
  }),

  restore_rows: ({ tenantId }, _admin, uuid = randomUUID) => ({
    ...{ tenant_id: tenantId, restore_id: uuid() },
    ...{ table_name: 'prompts', ordinal: 1, row: '["1"]' },
  }),

  idempotency_keys: ({ tenantId, userId }, _admin, uuid = randomUUID) => ({
    tenant_id: tenantId,
    user_id: userId,
    key: uuid(),
    request_hash: 'hash',
  }),

  user_idempotency_keys: ({ userId }, _admin, uuid = randomUUID) => ({
    user_id: userId,
    key: uuid(),
    request_hash: 'hash',
  }),

  drills: ({ tenantId }, _admin, uuid = randomUUID) => ({
    tenant_id: tenantId,
    id: uuid(),
    backup_id: uuid(),
    status: 'queued',
  }),

  failovers: (_founded, _admin, uuid = randomUUID) => ({
    ...{ id: uuid(), mode: 'forced', from_region: 'us-east-1', to_region: 'us-west-2' },
    ...{
      reason: 'isolation of tenants',
      decided_by: 'operator',
      started_at: new Date(),
      lost_since: new Date(),
    },
  }),

  devices: ({ userId }, _admin, uuid = randomUUID) => ({
    user_id: userId,
    id: uuid(),
    name: 'Firefox on Linux',
  }),

  sessions: ({ userId }, _admin, uuid = randomUUID) => ({
    user_id: userId,
    id: uuid(),
    client: 'Firefox on Linux',
    started_at: new Date(),
  }),

  verified_addresses: ({ userId }, _admin, uuid = randomUUID) => ({
    user_id: userId,
    kind: 'phone',
    address: '+447700900123',
    channel: 'sms',
    code_id: uuid(),
  }),
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

async function newUser(admin: Client, uuid: NewUuid = randomUUID): Promise<string> {
  const id = uuid();
  await admin.query("insert into app.users (id, email, name) values ($1, $2, 'Member')", [
    id,
    `${id}@example.com`,
  ]);
  return id;
}

/** The key of a prompt has no digits. */
function lettersOf(uuid: string): string {
  return [...uuid.replaceAll('-', '')].map((digit) => String.fromCharCode(97 + parseInt(digit, 16))).join('');
}

/** An export of the tenant, for what hangs on one. */
async function newExport(
  admin: Client,
  { tenantId, userId }: Pick<Founded, 'tenantId' | 'userId'>,
  uuid: NewUuid = randomUUID,
): Promise<string> {
  const id = uuid();
  await admin.query(
    `insert into app.exports (tenant_id, id, report, format, parameters, purpose, sensitive, requested_by_type,
                              requested_by, file_name, estimated_rows)
     values ($1, $2, 'audit.events', 'csv', '{}', 'isolation of tenants', false, 'person', $3, 'x.csv', 1)`,
    [tenantId, id, userId],
  );
  return id;
}
