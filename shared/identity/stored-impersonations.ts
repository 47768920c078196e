/** Impersonations as they are stored: read the same way by support, and by the tenants that they are about. */
import type { Transaction } from '../contract/context.ts';
import { fail, problems } from '../contract/errors.ts';
import { type TenantId, uuidOf } from '../contract/ids.ts';
import { timeCursor, toPage } from '../contract/page.ts';
import { sql } from '../db/sql.ts';
import { type ImpersonationView, wrongStep } from './impersonations.contract.ts';
import { type ImpersonationRow, statusAt, toImpersonationView } from './impersonations.rows.ts';

type Asked = { limit: number; cursor?: Parameters<typeof timeCursor>[0]; tenantId?: TenantId | undefined };

/** A page of those that the login may see, the latest first; of one tenant where it is named. */
export async function impersonationPage(tx: Transaction, { limit, cursor, tenantId }: Asked, now: Date) {
  const { at, id } = timeCursor(cursor);
  const tenant = tenantId === undefined ? null : uuidOf(tenantId);
  const rows = await tx.query<ImpersonationRow & { exact_at: string }>(sql`
    select *, app.exact_time(created_at) as exact_at from app.impersonations
    where (${at}::timestamptz is null or (created_at, id) < (${at}::timestamptz, ${id}::uuid))
      and (${tenant}::uuid is null or tenant_id = ${tenant}::uuid)
    order by created_at desc, id desc
    limit ${limit + 1}`);
  return toPage(
    rows,
    limit,
    (row) => [row.exact_at, row.id],
    (row) => toImpersonationView(row, now),
  );
}

/**
 * The row, where its status at that moment is one of these.
 * @throws Failure `not_found` without a row, `impersonation.wrong_step` for another status
 */
export function assertStep(
  found: ImpersonationRow | undefined,
  allowed: readonly ImpersonationView['status'][],
  now: Date,
): ImpersonationRow {
  if (found === undefined) throw fail(problems.notFound);
  const status = statusAt(found, now);
  if (!allowed.includes(status)) throw fail(wrongStep, { detail: `The impersonation is ${status}.` });
  return found;
}
