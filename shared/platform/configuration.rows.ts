/** Rows of `app.platform_settings`, `app.tenant_overrides` and `app.platform_audit_events`. */
import { type KillSwitch, killSwitchNames } from '../config/capabilities.ts';
import type { RouteRule } from '../config/routing.ts';
import { formatId } from '../contract/ids.ts';
import type { PlatformAuditEvent, PlatformSettings, TenantOverrides } from './configuration.contract.ts';

type Decided = Record<string, boolean>;

export type PlatformSettingsRow = {
  capabilities: Decided;
  flags: Decided;
  switched_off: KillSwitch[];
  updated_at: Date;
};

/** In `usage`, null stands for no limit at all. */
export type OverridesRow = Omit<PlatformSettingsRow, 'updated_at'> & {
  rates: Record<string, number>;
  usage: Record<string, Record<string, number | null>>;
  ai_routes: RouteRule[];
  updated_at: Date | null;
};

/** Of a tenant that nothing was decided about. */
export const noOverrides: OverridesRow = {
  ...{ rates: {}, usage: {}, capabilities: {}, flags: {}, switched_off: [], ai_routes: [], updated_at: null },
};

/** Platform settings as the contract shows them. */
export function toSettings({
  capabilities,
  flags,
  switched_off,
  updated_at,
}: PlatformSettingsRow): PlatformSettings {
  return {
    ...{ capabilities, flags },
    switchedOff: toSwitches(switched_off),
    updatedAt: updated_at.toISOString(),
  };
}

/** Overrides as the contract shows them. */
export function toOverrides(row: OverridesRow): TenantOverrides {
  const { rates, capabilities, flags } = row;
  const usage = Object.entries(row.usage).map(([meter, windows]) => [meter, shownWindows(windows)] as const);
  return {
    ...{ rates, capabilities, flags },
    usage: Object.fromEntries(usage),
    switchedOff: toSwitches(row.switched_off),
    updatedAt: row.updated_at?.toISOString() ?? null,
  };
}

/** The limits of a meter as the contract shows them. */
export function shownWindows(windows: Record<string, number | null>): Record<string, number | 'unlimited'> {
  const shown = Object.entries(windows).map(([name, limit]) => [name, limit ?? 'unlimited'] as const);
  return Object.fromEntries(shown);
}

/** Every kill switch, and whether it stops what it stands for. */
export function toSwitches(off: readonly KillSwitch[]): Record<KillSwitch, boolean> {
  const all = killSwitchNames.map((name) => [name, off.includes(name)]);
  return Object.fromEntries(all) as Record<KillSwitch, boolean>;
}

export type PlatformAuditRow = {
  id: string;
  occurred_at: Date;
  exact_at: string;
  actor_id: string;
  action: string;
  target_type: string | null;
  target_id: string | null;
  ip: string | null;
  user_agent: string | null;
  request_id: string;
  reason: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
};

/** An event of the platform's own trail as the contract shows it. */
export function toPlatformAuditEvent(row: PlatformAuditRow): PlatformAuditEvent {
  const { action, reason, before, after, target_type: type, target_id: id } = row;
  return {
    id: formatId('auditEvent', row.id),
    occurredAt: row.occurred_at.toISOString(),
    actorId: formatId('user', row.actor_id),
    target: type === null || id === null ? null : { type, id },
    context: { ip: row.ip, userAgent: row.user_agent, requestId: row.request_id },
    ...{ action, reason, before, after },
  };
}
