/** What a request leaves behind, put there by the superuser. */
import { randomUUID } from 'node:crypto';
import { type TenantId, uuidOf } from '#shared/contract/ids.ts';
import type { Actor, Kernel } from '../../support/call-as.ts';

/** Leaves behind what a request may leave behind, in one tenant. */
export async function leave(
  kernel: Kernel,
  { tenant, user }: Actor & { tenant: TenantId },
  requestId: string,
): Promise<void> {
  const { admin } = kernel.database;
  const [id, person] = [uuidOf(tenant), uuidOf(user.id)];
  const exportId = randomUUID();
  await admin.query(
    `insert into app.exports (tenant_id, id, report, format, parameters, purpose, sensitive, file_name, estimated_rows,
                              requested_by_type, requested_by, status)
     values ($1, $2, 'audit.events', 'csv', '{}', 'secret purpose', false, 'x.csv', 1, 'person', $3, 'running')`,
    [id, exportId, person],
  );
  await admin.query(
    `insert into app.audit_events (tenant_id, id, plane, actor_id, action, target_type, target_id, request_id, reason,
                                   ip, before)
     values ($1, gen_random_uuid(), 'tenant', $2, 'export.created', 'export', $3, $4, 'secret reason', '203.0.113.7',
             '{"secret": "before"}')`,
    [id, person, `exp_${exportId}`, requestId],
  );
  await admin.query(
    `insert into app.security_events (id, tenant_id, user_id, type, subject, request_id, ip)
     values (gen_random_uuid(), $1, $2, 'sensitive_export', 'audit.events', $3, '203.0.113.7')`,
    [id, person, requestId],
  );
  await admin.query(
    `insert into app.dead_letters (id, tenant_id, queue, type, message_id, request_id, body, bytes)
     values (gen_random_uuid(), $1, 'members', 'members.sendInvitation', gen_random_uuid(), $2, '{"secret": 1}', 1)`,
    [id, requestId],
  );
}

/** The kinds of traces, sorted. */
export function kinds(items: readonly { kind: string }[]): string[] {
  return items.map(({ kind }) => kind).sort();
}
