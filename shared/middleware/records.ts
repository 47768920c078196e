/** What an operation leaves behind in its transaction: the audit row and the outbox rows. */
import { v7 } from 'uuid';
import { securityEventRow } from '../audit/security-events.ts';
import type { AuditDetail, Reconfigured, Statement, UserContext } from '../contract/context.ts';
import { uuidOf } from '../contract/ids.ts';
import { eventRow, jobRow } from '../db/outbox.ts';
import type { SecurityEvent } from '../contract/security-event.ts';
import { sql } from '../db/sql.ts';
import { actorOf, type ApiEvent, type Exchange, header } from './exchange.ts';

/** Collects the records of one operation. */
export type Records = Pick<UserContext, 'audit' | 'emit' | 'enqueue' | 'reconfigure' | 'securityEvent'> & {
  /** The statements to write with COMMIT, in order. */
  statements(): Statement[];
  /** Whose configuration the operation changed. */
  reconfigured(): readonly Reconfigured[];
  /** Whether anything waits in the outbox. */
  published(): boolean;
};

/** The collector for one request. */
export function collectRecords(event: ApiEvent, exchange: Exchange): Records {
  const { audit } = exchange.called.endpoint;
  const trace = header(event, 'traceparent');
  const outbox: Statement[] = [];
  const events: Statement[] = [];
  const reconfigured: Reconfigured[] = [];
  let detail: AuditDetail = {};
  return {
    audit: (more) => {
      detail = { ...detail, ...more };
    },
    reconfigure: (subject) => void reconfigured.push(subject),
    securityEvent: (type, event) => void events.push(securityRow({ type, ...event }, exchange)),
    emit: (type, data) => void outbox.push(eventRow(type, data, trace)),
    enqueue: (type, payload) => void outbox.push(jobRow(type, payload, trace)),
    statements: () => [
      ...(audit === undefined ? [] : [auditRow(audit, detail, exchange)]),
      ...events,
      ...outbox,
    ],
    reconfigured: () => reconfigured,
    published: () => outbox.length > 0,
  };
}

function auditRow(action: string, detail: AuditDetail, exchange: Exchange): Statement {
  const { plane } = exchange.called.endpoint;
  const { type: actorType, id } = actorOf(exchange);
  const actor = uuidOf(id);
  const shared = sql`${action}, ${detail.target?.type ?? null}, ${detail.target?.id ?? null},
            ${exchange.source.ip}, ${exchange.source.userAgent}, ${exchange.requestId},
            ${detail.reason ?? null}, ${asJson(detail.before)}, ${asJson(detail.after)}`;
  if (plane === 'platform' && detail.tenantId === undefined) {
    // It concerns every tenant, so it stands in no tenant's trail.
    return sql`
      insert into app.platform_audit_events (id, actor_id, action, target_type, target_id, ip, user_agent,
                                             request_id, reason, before, after)
      values (${v7()}, ${actor}, ${shared})`;
  }
  const tenant = detail.tenantId === undefined ? null : uuidOf(detail.tenantId);
  return sql`
    insert into app.audit_events (tenant_id, id, plane, actor_type, actor_id, action, target_type, target_id,
                                  ip, user_agent, request_id, reason, before, after)
    values (coalesce(${tenant}::uuid, app.tenant_id()), ${v7()}, ${plane}, ${actorType}, ${actor}, ${shared})`;
}

function securityRow(event: SecurityEvent, { tenant, caller, requestId, source }: Exchange): Statement {
  const tenantId = tenant === undefined ? null : uuidOf(tenant.id);
  const userId = caller === undefined ? null : uuidOf(caller.id);
  return securityEventRow(event, { tenantId, userId, requestId, source });
}

function asJson(value: Record<string, unknown> | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
