/** Security events of refused requests, whose own transaction is rolled back or was never begun (AUD-3). */
import { securityEventRow } from '../audit/security-events.ts';
import type { Statement } from '../contract/context.ts';
import { type TenantId, uuidOf } from '../contract/ids.ts';
import type { SecurityEvent } from '../contract/security-event.ts';
import { pool } from '../db/pool.ts';
import { type Entry, transact } from '../db/transaction.ts';
import type { Exchange } from './exchange.ts';
import { countMetric } from './telemetry.ts';

/**
 * Writes an event in a transaction of its own. Where that fails, the log says so and the refusal stands.
 * @param tenant whose event it is: the one that was entered, unless told
 * @returns whether it was kept
 */
export async function recordSecurityEvent(
  exchange: Exchange,
  event: SecurityEvent,
  tenant: TenantId | undefined = exchange.tenant?.id,
): Promise<boolean> {
  const { caller, requestId, source, log } = exchange;
  const tenantId = tenant === undefined ? null : uuidOf(tenant);
  const userId = caller === undefined ? null : uuidOf(caller.id);
  log.warn(`security: ${event.type}`, { subject: event.subject, userId: caller?.id });
  countMetric('SecurityEvents', { type: event.type });
  const row = securityEventRow(whileActing(event, exchange), { tenantId, userId, requestId, source });
  return keepSecurityEvent(exchange, { tenantId, userId }, row);
}

/** What an event says of it that support acted for somebody; the event itself is of the one who acted. */
export function whileActing(event: SecurityEvent, { impersonation }: Exchange): SecurityEvent {
  if (impersonation === undefined) return event;
  const { id: impersonationId, member: onBehalfOf } = impersonation;
  return { ...event, detail: { ...event.detail, impersonationId, onBehalfOf } };
}

/** Writes what a statement says, entered as told; false when that failed, which the log says. */
export async function keepSecurityEvent(
  { requestId, log }: Exchange,
  entry: Pick<Entry, 'tenantId' | 'userId'>,
  row: Statement,
): Promise<boolean> {
  try {
    await transact(
      pool(),
      { ...entry, requestId, deadlineMs: Date.now() + patienceMs },
      async (tx) => void tx.record(row),
    );
    return true;
  } catch (error) {
    log.error('security event was not kept', {
      errorName: error instanceof Error ? error.name : typeof error,
    });
    return false;
  }
}

/** The caller waits for the answer. */
const patienceMs = 1_000;
