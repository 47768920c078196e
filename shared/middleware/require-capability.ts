/** Refuses calls to what is off for the tenant, and says which rule turned it off (CAP-1, CAP-3). */
import { isEnabled, type Situation } from '../capabilities/capabilities.ts';
import { flagIn } from '../capabilities/flags.ts';
import type { CapabilityName } from '../config/capabilities.ts';
import type { TenantContext } from '../contract/context.ts';
import { fail, type Failure, problems } from '../contract/errors.ts';
import type { Exchange } from './exchange.ts';

/** Why the capability that the contract names is off here; undefined when it is on. */
export function capabilityDenial(exchange: Exchange): Failure | undefined {
  const { called, impersonation } = exchange;
  const situation = situationOf(exchange);
  const denial = whyOff(called.endpoint.capability, situation);
  if (denial !== undefined || impersonation === undefined) return denial;
  // What lets support act at all: it stops when that is switched off.
  return whyOff('impersonation', situation);
}

function whyOff(capability: CapabilityName, situation: Situation): Failure | undefined {
  const { on, rule, reason } = isEnabled(capability, situation);
  if (on) return undefined;
  const isSwitch = rule === 'platform_switch' || rule === 'tenant_switch';
  return fail(isSwitch ? problems.switchedOff : problems.capabilityOff, {
    detail: `The capability ${capability} ${reason}.`,
  });
}

/** How the operation of this request asks what is on. */
export function featuresOf(exchange: Exchange): Pick<TenantContext, 'capability' | 'flag'> {
  const situation = situationOf(exchange);
  return {
    capability: (name) => isEnabled(name, situation),
    flag: (name) => flagIn(name, situation),
  };
}

/** What decides for this request what is on. */
function situationOf({ tenant, platform }: Exchange): Situation {
  return { platform, plan: tenant?.plan, tenant: tenant?.settings };
}
