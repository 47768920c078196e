/** Rows of `app.security_events` as Postgres returns them. */
import { formatId } from '../contract/ids.ts';
import type { AnyonesSecurityEvent, ShownSecurityEvent } from './security-events.contract.ts';

export type SecurityEventRow = {
  id: string;
  tenant_id: string | null;
  user_id: string | null;
  occurred_at: Date;
  /** The exact time, which the list is sorted by. */
  exact_at: string;
  type: string;
  subject: string;
  detail: Record<string, unknown>;
  ip: string | null;
  user_agent: string | null;
  request_id: string;
};

/** An event as its tenant sees it. */
export function toSecurityEvent(row: SecurityEventRow): ShownSecurityEvent {
  return {
    id: formatId('securityEvent', row.id),
    occurredAt: row.occurred_at.toISOString(),
    type: row.type,
    subject: row.subject,
    userId: row.user_id === null ? null : formatId('user', row.user_id),
    detail: row.detail,
    context: { ip: row.ip, userAgent: row.user_agent, requestId: row.request_id },
  };
}

/** An event as the platform's staff see it: where a tenant's people sat is none of their business. */
export function toAnyonesSecurityEvent(row: SecurityEventRow): AnyonesSecurityEvent {
  const shown = toSecurityEvent(row);
  if (row.tenant_id === null) return { ...shown, tenantId: null };
  const context = { ...shown.context, ip: null, userAgent: null };
  return { ...shown, tenantId: formatId('tenant', row.tenant_id), context };
}
