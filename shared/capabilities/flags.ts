/**
 * The value of a feature flag, and who set it (CAP-2): what the platform decided for this tenant comes first, then
 * what the tenant chose where it may, then what the platform decided for all, then the default. What only the tenant
 * can turn on is not on because the platform decided so.
 */
import { type Flag, type FlagName, flags } from '../config/flags.ts';
import type { Situation } from './capabilities.ts';

const reasons = {
  override: 'is decided by the platform for this tenant',
  tenant: 'is chosen by the tenant',
  platform: 'is decided by the platform',
  default: 'is the default',
} as const;

export type FlagRule = keyof typeof reasons;

/** The flag's value in this situation, the rule that gave it, and the rest of a sentence that begins with the flag. */
export function flagIn(
  name: FlagName,
  situation: Pick<Situation, 'tenant' | 'platform'>,
): { on: boolean; rule: FlagRule; reason: string } {
  const { on, rule } = firstRule(name, situation);
  return { on, rule, reason: reasons[rule] };
}

function firstRule(
  name: FlagName,
  { tenant, platform }: Pick<Situation, 'tenant' | 'platform'>,
): { on: boolean; rule: FlagRule } {
  const flag: Flag = flags[name];
  const byPlatform = (on: boolean | undefined) =>
    on === true && flag.onlyTenantTurnsOn === true ? undefined : on;
  const decided = [
    { on: byPlatform(tenant?.overrides.flags[name]), rule: 'override' },
    // A value from the time when the tenant was allowed to choose does not count.
    { on: flag.tenantMaySet ? tenant?.flags[name] : undefined, rule: 'tenant' },
    { on: byPlatform(platform?.flags[name]), rule: 'platform' },
  ] as const;
  for (const { on, rule } of decided) if (on !== undefined) return { on, rule };
  return { on: flag.default, rule: 'default' };
}
