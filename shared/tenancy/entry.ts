/** Which tenant a request means, whether the caller belongs to it, and what holds there (TEN-4, TEN-10). */
import type { Pool } from 'pg';
import type { ModelClass } from '../config/models.ts';
import type { MessageLimits, Plan, RateLimits, UsageLimits } from '../config/plans.ts';
import type { Region } from '../config/regions.ts';
import type { RouteRule, Routing } from '../config/routing.ts';
import { formatId, type TenantId, type UserId, uuidOf } from '../contract/ids.ts';
import type { TenantRole } from '../contract/roles.ts';
import { sql } from '../db/sql.ts';
import { readOnce, transact } from '../db/transaction.ts';
import type { TenantStatus } from './tenancy.rows.ts';

/** What one tenant has set for itself, and what the platform has set for it beyond its plan. */
export type TenantSettings = {
  /** IANA name; days and months of its limits begin there. */
  timeZone: string;
  environment: Readonly<Record<string, string>>;
  flags: Readonly<Record<string, boolean>>;
  /** Kill switches that are off for this tenant, its own and the platform's. */
  switchedOff: readonly string[];
  overrides: {
    rates: Partial<RateLimits & MessageLimits>;
    usage: Partial<UsageLimits>;
    capabilities: Readonly<Record<string, boolean>>;
    flags: Readonly<Record<string, boolean>>;
  };
};

/** A tenant as a request enters it, whatever its status; all of it read under one version. */
export type TenantFacts = {
  id: TenantId;
  slug: string;
  plan: Plan;
  region: Region;
  status: TenantStatus;
  /** Grows with every change of what stands here. */
  version: number;
  settings: TenantSettings;
  /** How a model is chosen here; what the platform has decided for all stands with the platform's state. */
  routing: Omit<Routing, 'administrator'>;
};

/** A tenant that the caller belongs to, with the caller's role in it. */
export type Entry = TenantFacts & { role: TenantRole };

/** Columns that every function returns which tells what holds in a tenant. */
export type TenantFactsRow = {
  tenant_id: string;
  slug: string;
  plan: Plan;
  region: Region;
  status: TenantStatus;
  version: string;
  time_zone: string;
  environment: Record<string, string>;
  flags: Record<string, boolean>;
  switched_off: string[];
  rate_overrides: Partial<RateLimits & MessageLimits>;
  usage_overrides: Partial<UsageLimits>;
  capability_overrides: Record<string, boolean>;
  flag_overrides: Record<string, boolean>;
  ai_routes: RouteRule[];
  ai_exceptions: RouteRule[];
  ai_own_class: ModelClass | null;
  ai_tenant_class: ModelClass | null;
};

/** The facts of such a row. */
export function toTenantFacts(row: TenantFactsRow): TenantFacts {
  const { slug, plan, region, status } = row;
  return {
    ...{ id: formatId('tenant', row.tenant_id), slug, plan, region, status, version: Number(row.version) },
    settings: {
      timeZone: row.time_zone,
      environment: row.environment,
      flags: row.flags,
      switchedOff: row.switched_off,
      overrides: {
        rates: row.rate_overrides,
        usage: row.usage_overrides,
        capabilities: row.capability_overrides,
        flags: row.flag_overrides,
      },
    },
    routing: {
      ...{ exceptions: row.ai_exceptions, tenant: row.ai_routes },
      preferred: { own: row.ai_own_class, tenant: row.ai_tenant_class },
    },
  };
}

/**
 * The wanted tenant, else the one whose proven domain the request came in by, else the caller's default or only
 * one; undefined when the caller belongs to no such tenant, which cannot be told from one that does not exist.
 */
export async function findEntry(
  pool: Pool,
  { user, deadlineMs }: { user: UserId; deadlineMs: number },
  wanted: TenantId | undefined,
  host?: string,
): Promise<Entry | undefined> {
  const named = wanted === undefined ? null : uuidOf(wanted);
  const [row] = await readOnce<TenantFactsRow & { role: TenantRole }>(
    pool,
    { tenantId: null, userId: uuidOf(user), requestId: 'tenant-entry', deadlineMs },
    sql`select * from app.membership(coalesce(${named}::uuid, app.tenant_of_domain(${host ?? null})))`,
  );
  return row === undefined ? undefined : { ...toTenantFacts(row), role: row.role };
}

/** The tenant's version once no change of it is under way. */
export function settledVersion(pool: Pool, tenant: TenantId, deadlineMs: number): Promise<number> {
  const entry = { tenantId: uuidOf(tenant), userId: null, requestId: 'tenant-version', deadlineMs };
  return transact(pool, entry, async (tx) => {
    const { version } = await tx.one<{ version: string | null }>(
      sql`select app.settled_version() as version`,
    );
    return Number(version ?? 0);
  });
}
