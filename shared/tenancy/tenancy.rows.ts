/** Rows of `app.tenants` as Postgres returns them. */
import type { Plan } from '../config/plans.ts';
import type { Region } from '../config/regions.ts';
import { formatId } from '../contract/ids.ts';
import type { Tenant } from './tenancy.contract.ts';

export type TenantStatus = Tenant['status'];

export type TenantRow = {
  id: string;
  slug: string;
  name: string;
  region: Region;
  plan: Plan;
  status: TenantStatus;
  isolation: 'pool' | 'silo';
  domain: string | null;
  domain_verified_at: Date | null;
  created_at: Date;
  updated_at: Date;
};

/** A tenant as the contracts show it. */
export function toTenant(row: TenantRow): Tenant {
  const { slug, name, region, plan, status, isolation, domain } = row;
  return {
    ...{ id: formatId('tenant', row.id), slug, name, region, plan, status, isolation, domain },
    domainVerifiedAt: row.domain_verified_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
