/** Whether a capability is on for a plan: the registry's default, unless the plan says otherwise (CAP-1). */
import { capabilities, type Capability, type CapabilityName } from '../config/capabilities.ts';
import type { Plan } from '../config/plans.ts';

/** Whether the capability is available to a caller of this plan; without a plan, the default counts. */
export function isEnabled(name: CapabilityName, plan: Plan | undefined): boolean {
  const capability: Capability = capabilities[name];
  const ofPlan = plan === undefined ? undefined : capability.plans?.[plan];
  return ofPlan ?? capability.enabledByDefault;
}
