/** Refuses calls to what the tenant's plan does not include (CAP-1). */
import { isEnabled } from '../capabilities/capabilities.ts';
import { fail, problems } from '../contract/errors.ts';
import type { Link } from './exchange.ts';

/** Requires the capability that the contract names. */
export function requireCapability(): Link {
  return {
    before: ({ context: { exchange } }) => {
      const { capability } = exchange.called.endpoint;
      if (isEnabled(capability, exchange.tenant?.plan)) return;
      throw fail(problems.capabilityOff, { detail: `The capability ${capability} is off.` });
    },
  };
}
