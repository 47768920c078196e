/** Support that a tenant lets act for a member, without anybody having been asked: the row, and the gate's number. */
import { type ImpersonationId, newId, type TenantId, type UserId, uuidOf } from '#shared/contract/ids.ts';
import { beginImpersonation } from '#shared/limits/impersonations.ts';

type Admin = { query(text: string, values: unknown[]): Promise<unknown> };

/** Begins one, for half an hour. */
export async function storeImpersonation(
  admin: Admin,
  { tenant, member, staff }: { tenant: TenantId; member: UserId; staff: UserId },
): Promise<ImpersonationId> {
  const id = newId('impersonation');
  const now = new Date();
  const endsAt = new Date(now.getTime() + 30 * 60_000);
  await admin.query(
    `insert into app.impersonations (tenant_id, id, staff_id, staff_name, member_id, reason, status, expires_at,
                                     decided_at, started_at, ends_at)
     values ($1, $2, $3, 'Support', $4, 'A ticket', 'started', $6, $5, $5, $6)`,
    [uuidOf(tenant), uuidOf(id), uuidOf(staff), uuidOf(member), now, endsAt],
  );
  await beginImpersonation(staff, id, { now, endsAt, deadlineMs: Date.now() + 5_000 });
  return id;
}
