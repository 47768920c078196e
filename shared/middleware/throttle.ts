/**
 * Counts the request against the caller's and the tenant's rate (LIM-1). The caller's comes first, before any
 * tenant is looked up: guessing tenants costs the guesser, and a refused caller never costs a tenant
 * or its neighbours (TEN-12).
 */
import { rateLimits } from '../config/plans.ts';
import { gateKeys } from '../limits/keys.ts';
import { type Counted, takeRate } from '../limits/rate.ts';
import { deadlineOf, type Exchange, known, type Link } from './exchange.ts';

/** Takes one request from the caller's rate; public endpoints are limited by address in WAF. */
export function throttleCaller(): Link {
  return {
    before: async ({ context: { exchange } }) => {
      if (exchange.called.endpoint.plane === 'public') return;
      // Every plan has the same rate for a person and for a key, and the tenant is not known yet.
      const { userPerMinute: perMinute } = rateLimits.basic;
      const { apiKey } = exchange;
      await count(
        exchange,
        apiKey === undefined
          ? { policy: 'user', key: gateKeys.user(known(exchange.caller, 'caller').id), perMinute }
          : { policy: 'key', key: gateKeys.apiKey(apiKey.id), perMinute },
      );
    },
  };
}

/** Takes one request from the rate of the tenant that was entered. */
export function throttleTenant(): Link {
  return {
    before: async ({ context: { exchange } }) => {
      const { tenant } = exchange;
      if (tenant === undefined) return;
      const { tenantPerMinute } = rateLimits[tenant.plan];
      await count(exchange, {
        policy: 'tenant',
        key: gateKeys.tenant(tenant.id),
        perMinute: tenantPerMinute,
      });
    },
  };
}

async function count(exchange: Exchange, party: Counted): Promise<void> {
  exchange.rates = [...exchange.rates, await takeRate(party, new Date(), deadlineOf(exchange))];
}
