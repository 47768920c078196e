/**
 * Security events (AUD-3): breached limits, refusals, attempts across tenants. One breach is one row, however many
 * requests it refuses: the row's id is made from who, what and when.
 */
import { v5 } from 'uuid';
import type { Source, Statement } from '../contract/context.ts';
import { type TenantId, uuidOf } from '../contract/ids.ts';
import type { SecurityEvent } from '../contract/security-event.ts';
import { sql } from '../db/sql.ts';

/** Who caused it, and in which request; bare UUIDs. */
export type SecurityContext = {
  tenantId: string | null;
  userId: string | null;
  requestId: string;
  source: Source;
};

/** The statement that writes an event into the transaction's tenant, or for the platform where there is none. */
export function securityEventRow(event: SecurityEvent, by: SecurityContext): Statement {
  const { type, subject, detail = {}, occurrence } = event;
  const once = [type, subject, occurrence ?? by.requestId, by.tenantId ?? '', by.userId ?? ''];
  // The conflict names no column: that would ask for the right to see the row, and outside a tenant nobody has it.
  return sql`
    insert into app.security_events (id, tenant_id, user_id, type, subject, detail, ip, user_agent, request_id)
    values (${idOf(once)}, ${by.tenantId}::uuid, ${by.userId}::uuid, ${type},
            ${subject.slice(0, 200)}, ${JSON.stringify(detail)}, ${by.source.ip}, ${by.source.userAgent},
            ${by.requestId})
    on conflict do nothing`;
}

/** Somebody outside of a tenant who named it; `who` tells callers apart, `occurrence` one attempt from the next. */
export type ForeignAttempt = {
  wanted: TenantId;
  who: string;
  occurrence: string;
  detail: Record<string, unknown>;
  by: Pick<SecurityContext, 'requestId' | 'source'>;
};

/**
 * The statement that tells the platform of an attempt, with who it was, and the tenant, without; where there is no
 * such tenant, the platform alone. It is one trip either way, and the tenth of a millisecond that the second row
 * takes can be looked at once an hour.
 */
export function foreignAttemptRows({ wanted, who, occurrence, detail, by }: ForeignAttempt): Statement {
  const ids = ['platform', 'tenant'].map((whose) =>
    idOf(['foreign_attempt', wanted, who, occurrence, whose]),
  );
  return sql`
    select app.record_foreign_attempt(${ids[0]}::uuid, ${ids[1]}::uuid, ${uuidOf(wanted)}::uuid, ${wanted},
      ${JSON.stringify(detail)}::jsonb, ${by.source.ip}, ${by.source.userAgent}, ${by.requestId})`;
}

function idOf(once: readonly string[]): string {
  return v5(JSON.stringify(once), namespace);
}

/** Made once, for this purpose. */
const namespace = '5a0f0c52-6b5e-4d7b-9a55-3b1d3f6f7c10';
