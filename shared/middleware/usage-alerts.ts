/**
 * Tells a tenant that a usage limit is nearly or wholly used up, once (LIM-3). The gate's counters, which the request
 * paid for anyway, say that a threshold was reached; far from one nothing is asked of anybody, and what this instance
 * has told it does not tell again. It never fails the request: what could not be written is tried again by the next.
 */
import { meterNames } from '../config/plans.ts';
import { type Failure, problems } from '../contract/errors.ts';
import { uuidOf } from '../contract/ids.ts';
import { eventRow, jobRow } from '../db/outbox.ts';
import { pool } from '../db/pool.ts';
import { transact } from '../db/transaction.ts';
import { type Crossing, crossingName, crossingsOf, tellCrossings } from '../limits/alerts.ts';
import { type Counter, type LimitState, usageCounters } from '../limits/counters.ts';
import { usageOf } from '../limits/parties.ts';
import type { TenantFacts } from '../tenancy/entry.ts';
import type { Exchange } from './exchange.ts';
import { remembering } from './once.ts';
import { countMetric } from './telemetry.ts';

const told = remembering();

/**
 * After a request was counted in the exchange's tenant: tells what it reached.
 * @param states where the limits stand, as the gate returned them
 */
export async function noteUsage(exchange: Exchange, states: readonly LimitState[]): Promise<void> {
  const { tenant, startedAt } = exchange;
  if (tenant === undefined) return;
  const { timeZone } = tenant.settings;
  const crossings = crossingsOf(states, { timeZone, now: startedAt });
  if (crossings.length === 0) return;
  const name = crossings.map((crossing) => crossingName(tenant.id, crossing)).join();
  await told.once(name, () => tell(exchange, tenant, crossings));
}

/** After a request was refused: where a usage limit was the reason, what it reached is told, whoever used it. */
export async function noteRefusedUsage(exchange: Exchange, { problem, detail }: Failure): Promise<void> {
  if (problem !== problems.usageExceeded || exchange.tenant === undefined) return;
  countMetric('UsageRefused');
  const counter = counterUnder(exchange.tenant, exchange.startedAt, detail.policy);
  if (counter !== undefined) await noteUsage(exchange, [{ ...counter, remaining: detail.remaining ?? 0 }]);
}

/** The limit that a policy names; undefined for what is no limit of a window. */
function counterUnder(tenant: TenantFacts, now: Date, policy: string | undefined): Counter | undefined {
  const { timeZone } = tenant.settings;
  return meterNames
    .flatMap((meter) => usageCounters(meter, usageOf(tenant), { timeZone, now }))
    .find((counter) => counter.policy === policy);
}

/** All of them in one transaction. What it publishes leaves with the dispatcher's next round, within a minute. */
async function tell(
  exchange: Exchange,
  tenant: TenantFacts,
  crossings: readonly Crossing[],
): Promise<boolean> {
  const { requestId, log, startedAt } = exchange;
  const entry = { tenantId: uuidOf(tenant.id), userId: null, requestId, deadlineMs: Date.now() + patienceMs };
  try {
    await transact(pool(), entry, (tx) =>
      tellCrossings(
        {
          ...{ tx, now: () => startedAt },
          emit: (type, data) => tx.record(eventRow(type, data, undefined)),
          enqueue: (type, payload) => tx.record(jobRow(type, payload, undefined)),
        },
        tenant,
        crossings,
      ),
    );
    return true;
  } catch (error) {
    log.error('a usage threshold was not told', {
      errorName: error instanceof Error ? error.name : typeof error,
    });
    return false;
  }
}

/** The caller waits for the answer. */
const patienceMs = 1_000;
