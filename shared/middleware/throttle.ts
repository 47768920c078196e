/** Counts the request against the user's and the tenant's rate (LIM-1). */
import { rateLimits } from '../config/plans.ts';
import { uuidOf } from '../contract/ids.ts';
import { type Counted, takeRate } from '../limits/rate.ts';
import { type Exchange, known, type Link } from './exchange.ts';

/** Takes one request from each rate that applies; public endpoints are limited by address in WAF. */
export function throttle(): Link {
  return {
    before: async ({ context: { exchange } }) => {
      if (exchange.called.endpoint.rate === 'public') return;
      exchange.rates = await takeRate(counted(exchange), new Date());
    },
  };
}

function counted(exchange: Exchange): Counted[] {
  const caller = known(exchange.caller, 'caller');
  const { tenant } = exchange;
  const limits = rateLimits[tenant?.plan ?? 'basic'];
  const user: Counted = { policy: 'user', key: `U#${uuidOf(caller.id)}`, perMinute: limits.userPerMinute };
  if (tenant === undefined) return [user];
  return [user, { policy: 'tenant', key: `T#${uuidOf(tenant.id)}`, perMinute: limits.tenantPerMinute }];
}
