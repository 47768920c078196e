/**
 * Enters the tenant of a request (TEN-4): `x-tenant-id`, or else the proven domain that the request came in by,
 * selects among the caller's own memberships and nothing else. A tenant that is not the caller's answers like one that does not exist, and the attempt is
 * logged and counted (TEN-11).
 */
import { fail, problems } from '../contract/errors.ts';
import { isId, type TenantId } from '../contract/ids.ts';
import { pool } from '../db/pool.ts';
import type { KeyFacts } from '../identity/api-key.ts';
import { type Entry, findEntry } from '../tenancy/entry.ts';
import { deadlineOf, type Exchange, header, known, type Link } from './exchange.ts';
import { hostOf } from './mapped-domain.ts';
import { countMetric } from './telemetry.ts';

/** On the tenant plane: enters the tenant or refuses. Other planes have no tenant. */
export function enterTenant(): Link {
  return {
    before: async ({ event, context: { exchange } }) => {
      if (exchange.called.endpoint.plane !== 'tenant') return;
      const named = header(event, 'x-tenant-id');
      if (named !== undefined && !isId('tenant', named)) throw fail(problems.notFound);
      const { apiKey } = exchange;
      exchange.tenant =
        apiKey === undefined ? await enter(exchange, named, hostOf(event)) : ofKey(exchange, apiKey, named);
    },
  };
}

async function enter(exchange: Exchange, named: TenantId | undefined, host: string | undefined) {
  const caller = known(exchange.caller, 'caller');
  const entry = await findEntry(pool(), { user: caller.id, deadlineMs: deadlineOf(exchange) }, named, host);
  if (entry === undefined) {
    if (named === undefined) throw fail(problems.tenantRequired);
    exchange.log.warn('security: tenant refused', { userId: caller.id, wantedTenantId: named });
    countMetric('CrossTenantAttempts');
    throw fail(problems.notFound);
  }
  return open(entry);
}

/** A key belongs to one tenant: it may be named, and no other. */
function ofKey(exchange: Exchange, { id, tenant, role }: KeyFacts, named: TenantId | undefined): Entry {
  if (named !== undefined && named !== tenant.id) {
    exchange.log.warn('security: tenant refused', { apiKeyId: id, wantedTenantId: named });
    countMetric('CrossTenantAttempts');
    throw fail(problems.notFound);
  }
  return open({ ...tenant, role });
}

function open(entry: Entry): Entry {
  if (entry.status === 'suspended') throw fail(problems.tenantSuspended);
  if (entry.status !== 'active') throw fail(problems.notFound);
  return entry;
}
