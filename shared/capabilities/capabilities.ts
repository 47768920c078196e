/**
 * Whether a capability is on for a request, and which rule says so (CAP-1, CAP-3). A kill switch beats everything,
 * then the platform decides, then what it decided for this tenant, then the tenant's plan, then the default.
 */
import { capabilities, type Capability, type CapabilityName } from '../config/capabilities.ts';
import type { Plan } from '../config/plans.ts';
import type { TenantSettings } from '../tenancy/entry.ts';
import type { PlatformState } from '../tenancy/platform-state.ts';

/** What is known of a request; where it is outside any tenant, the platform and the defaults decide. */
export type Situation = {
  plan?: Plan | undefined;
  tenant?: Pick<TenantSettings, 'flags' | 'switchedOff' | 'overrides'> | undefined;
  platform?: Pick<PlatformState, 'capabilities' | 'flags' | 'switchedOff'> | undefined;
};

/** The rules, first to last, and how each of them puts it. */
const reasons = {
  planned: { on: '', off: 'is not available yet' },
  required: { on: 'cannot be turned off', off: '' },
  platform_switch: { on: '', off: 'is switched off by the platform' },
  tenant_switch: { on: '', off: 'is switched off for the tenant' },
  platform: { on: 'is turned on by the platform', off: 'is turned off by the platform' },
  override: { on: 'is granted to the tenant', off: 'is withheld from the tenant' },
  plan: { on: 'is part of the plan', off: 'is not part of the plan' },
  default: { on: 'is on by default', off: 'is off by default' },
} as const;

export type CapabilityRule = keyof typeof reasons;

export const capabilityRules = Object.keys(reasons) as [CapabilityRule, ...CapabilityRule[]];

/** The answer, the rule that gave it, and the rest of a sentence that begins with the capability. */
export type CapabilityDecision = { on: boolean; rule: CapabilityRule; reason: string };

/** Whether the capability is on. */
export function isEnabled(name: CapabilityName, situation: Situation): CapabilityDecision {
  const { on, rule } = firstRule(name, situation);
  return { on, rule, reason: reasons[rule][on ? 'on' : 'off'] };
}

function firstRule(name: CapabilityName, situation: Situation): { on: boolean; rule: CapabilityRule } {
  const capability: Capability = capabilities[name];
  const { plan, tenant, platform } = situation;
  if (capability.planned === true) return { on: false, rule: 'planned' };
  // On everywhere and not in production alone, so that what is tested is what runs.
  if (capability.requiredForProduction) return { on: true, rule: 'required' };
  if (isSwitchedOff(capability, platform)) return { on: false, rule: 'platform_switch' };
  if (isSwitchedOff(capability, tenant)) return { on: false, rule: 'tenant_switch' };
  const decided = [
    { on: platform?.capabilities[name], rule: 'platform' },
    { on: tenant?.overrides.capabilities[name], rule: 'override' },
    { on: plan === undefined ? undefined : capability.plans?.[plan], rule: 'plan' },
  ] as const;
  for (const { on, rule } of decided) if (on !== undefined) return { on, rule };
  return { on: capability.enabledByDefault, rule: 'default' };
}

function isSwitchedOff(capability: Capability, by: { switchedOff: readonly string[] } | undefined): boolean {
  return capability.switch !== undefined && by?.switchedOff.includes(capability.switch) === true;
}
