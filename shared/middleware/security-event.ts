/** Security events of refused requests, whose own transaction is rolled back or was never begun (AUD-3). */
import { securityEventRow } from '../audit/security-events.ts';
import { type TenantId, uuidOf } from '../contract/ids.ts';
import type { SecurityEvent } from '../contract/security-event.ts';
import { pool } from '../db/pool.ts';
import { transact } from '../db/transaction.ts';
import type { Exchange } from './exchange.ts';
import { countMetric } from './telemetry.ts';

/**
 * Writes an event in a transaction of its own. Where that fails, the log says so and the refusal stands.
 * @param tenant whose event it is: the one that was entered, unless told
 */
export async function recordSecurityEvent(
  exchange: Exchange,
  event: SecurityEvent,
  tenant: TenantId | undefined = exchange.tenant?.id,
): Promise<void> {
  const { caller, requestId, source, log } = exchange;
  const tenantId = tenant === undefined ? null : uuidOf(tenant);
  const userId = caller === undefined ? null : uuidOf(caller.id);
  log.warn(`security: ${event.type}`, { subject: event.subject, userId: caller?.id });
  countMetric('SecurityEvents', { type: event.type });
  try {
    await transact(
      pool(),
      { tenantId, userId, requestId, deadlineMs: Date.now() + patienceMs },
      async (tx) => {
        tx.record(securityEventRow(event, { tenantId, userId, requestId, source }));
      },
    );
  } catch (error) {
    log.error('security event was not kept', {
      errorName: error instanceof Error ? error.name : typeof error,
    });
  }
}

/** The caller waits for the answer. */
const patienceMs = 1_000;
