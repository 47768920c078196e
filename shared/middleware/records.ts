/** What an operation leaves behind in its transaction: the audit row and the outbox rows. */
import { v7 } from 'uuid';
import { securityEventRow } from '../audit/security-events.ts';
import type { AuditDetail, Reconfigured, Statement, UserContext } from '../contract/context.ts';
import { uuidOf } from '../contract/ids.ts';
import { eventRow, jobRow, workflowRow } from '../db/outbox.ts';
import type { SecurityEvent } from '../contract/security-event.ts';
import { sql } from '../db/sql.ts';
import { whileActing } from './security-event.ts';
import { actorOf, type ApiEvent, type Exchange, header } from './exchange.ts';
import { countMetric } from './telemetry.ts';

/** Collects the records of one operation. */
export type Records = Pick<
  UserContext,
  'audit' | 'emit' | 'enqueue' | 'start' | 'reconfigure' | 'securityEvent'
> & {
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
  const audited = (): Statement[] => {
    if (audit !== undefined) return [auditRow(audit, detail, exchange)];
    if (exchange.impersonation === undefined) return [];
    // Whatever support does for somebody stands in the trail, what it reads as well.
    const target = { type: 'operation', id: exchange.called.operationId };
    return [auditRow('impersonation.called', { target, ...detail }, exchange)];
  };
  return {
    audit: (more) => {
      detail = { ...detail, ...more };
    },
    reconfigure: (subject) => void reconfigured.push(subject),
    securityEvent: (type, event) => {
      // Nobody waits for the daily check with what somebody found.
      if (type === 'audit_tampered') countMetric('AuditFindings');
      events.push(securityRow({ type, ...event }, exchange));
    },
    emit: (type, data) => void outbox.push(eventRow(type, data, trace)),
    enqueue: (type, payload) => void outbox.push(jobRow(type, payload, trace)),
    start: (type, input) => void outbox.push(workflowRow(type, input, trace)),
    statements: () => [...audited(), ...events, ...outbox],
    reconfigured: () => reconfigured,
    published: () => outbox.length > 0,
  };
}

function auditRow(action: string, detail: AuditDetail, exchange: Exchange): Statement {
  const { plane } = exchange.called.endpoint;
  const { impersonation } = exchange;
  const { type: actorType, id } = actorOf(exchange);
  // Who really did it, and for whom: the trail says both.
  const actor = uuidOf(impersonation?.staff ?? id);
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
                                  ip, user_agent, request_id, reason, before, after,
                                  on_behalf_of, impersonation_id)
    values (coalesce(${tenant}::uuid, app.tenant_id()), ${v7()}, ${plane}, ${actorType}, ${actor}, ${shared},
            ${impersonation === undefined ? null : uuidOf(impersonation.member)},
            ${impersonation === undefined ? null : uuidOf(impersonation.id)})`;
}

function securityRow(event: SecurityEvent, exchange: Exchange): Statement {
  const { tenant, caller, requestId, source } = exchange;
  const whose = event.tenantId ?? tenant?.id;
  const tenantId = whose === undefined ? null : uuidOf(whose);
  const userId = caller === undefined ? null : uuidOf(caller.id);
  return securityEventRow(whileActing(event, exchange), { tenantId, userId, requestId, source });
}

function asJson(value: Record<string, unknown> | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
