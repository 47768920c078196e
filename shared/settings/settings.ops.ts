/** What a tenant sets for itself (TEN-10), and what is on for it (CAP-1, CAP-2). */
import { capabilities, capabilityNames, type KillSwitch, killSwitchNames } from '../config/capabilities.ts';
import { flagNames, flags } from '../config/flags.ts';
import { fail } from '../contract/errors.ts';
import type { Ops } from '../contract/module.ts';
import { sql } from '../db/sql.ts';
import { difference, merged } from '../tenancy/change.ts';
import { brandingOps } from './branding.ops.ts';
import {
  looksSecret,
  mostValues,
  type settingsContract,
  type TenantSettingsView,
  tooManyValues,
  unknownTimeZone,
} from './settings.contract.ts';

type Row = {
  time_zone: string;
  environment: Record<string, string>;
  flags: Record<string, boolean>;
  switched_off: KillSwitch[];
  updated_at: Date | null;
};

/** All but how pages look, which is large and read elsewhere. */
const columns = sql`time_zone, environment, flags, switched_off, updated_at`;

const unset: Row = { time_zone: 'UTC', environment: {}, flags: {}, switched_off: [], updated_at: null };

export const settingsOps: Ops<typeof settingsContract> = {
  ...brandingOps,

  get: async (ctx) =>
    toView((await ctx.tx.maybeOne<Row>(sql`select ${columns} from app.tenant_settings`)) ?? unset),

  update: async (ctx, change) => {
    assertTimeZone(change.timeZone);
    assertNoSecrets(change.environment ?? {});
    await ctx.tx.query(sql`
      insert into app.tenant_settings (tenant_id) values (app.tenant_id()) on conflict do nothing`);
    const before = await ctx.tx.one<Row>(sql`select ${columns} from app.tenant_settings for update`);
    const environment = merged(before.environment, change.environment);
    if (Object.keys(environment).length > mostValues) throw fail(tooManyValues);
    const switches = merged(toSwitches(before.switched_off), change.switchedOff);
    const switchedOff = killSwitchNames.filter((name) => switches[name]);
    const after = await ctx.tx.one<Row>(sql`
      update app.tenant_settings
      set time_zone = ${change.timeZone ?? before.time_zone}, environment = ${environment},
          flags = ${merged(before.flags, change.flags)}, switched_off = ${switchedOff}, updated_at = now()
      returning ${columns}`);
    ctx.audit({
      target: { type: 'settings', id: ctx.tenant.id },
      ...difference(valuesOf(before), valuesOf(after)),
    });
    ctx.reconfigure({ tenant: ctx.tenant.id });
    return toView(after);
  },

  features: async (ctx) => ({
    plan: ctx.tenant.plan,
    capabilities: capabilityNames.map((name) => ({
      ...{ name, summary: capabilities[name].summary },
      ...ctx.capability(name),
    })),
    flags: flagNames.map((name) => ({
      ...{ name, summary: flags[name].summary, mayBeSet: flags[name].tenantMaySet },
      ...ctx.flag(name),
    })),
  }),
};

function toView(row: Row): TenantSettingsView {
  return { ...valuesOf(row), updatedAt: row.updated_at?.toISOString() ?? null };
}

function valuesOf({ time_zone, environment, flags: set, switched_off }: Row) {
  return { timeZone: time_zone, environment, flags: set, switchedOff: toSwitches(switched_off) };
}

function toSwitches(off: readonly KillSwitch[]): Record<string, boolean> {
  return Object.fromEntries(killSwitchNames.map((name) => [name, off.includes(name)]));
}

function assertTimeZone(name: string | undefined): void {
  if (name === undefined) return;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch (error) {
    throw fail(unknownTimeZone, { detail: `${name} is not the name of a time zone.`, cause: error });
  }
}

const secretLooking = /SECRET|PASSWORD|PASSWD|TOKEN|CREDENTIAL|PRIVATE_?KEY|API_?KEY|ACCESS_?KEY/;

/** These values are read by everybody in the tenant and stand in its trail. */
function assertNoSecrets(values: Record<string, string | null>): void {
  const errors = Object.entries(values)
    .filter(([name, value]) => value !== null && secretLooking.test(name))
    .map(([name]) => ({ path: `body.environment.${name}`, message: 'looks like a secret' }));
  if (errors.length > 0) throw fail(looksSecret, { errors });
}
