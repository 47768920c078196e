/** Rows about the calling user as Postgres returns them. */
import type { z } from 'zod';
import type { Plan } from '../config/plans.ts';
import type { Region } from '../config/regions.ts';
import type { Impersonation } from '../contract/context.ts';
import { formatId } from '../contract/ids.ts';
import type { TenantRole } from '../contract/roles.ts';
import type { TenantStatus } from '../tenancy/tenancy.rows.ts';
import type { membershipSchema, profileSchema } from './identity.contract.ts';

/** The caller's row of `app.users`. */
export type UserRow = {
  id: string;
  email: string;
  name: string;
  default_tenant_id: string | null;
  phone: string | null;
  phone_verified_at: Date | null;
  created_at: Date;
};

/** One membership with its tenant, as the directory functions return it. */
export type MembershipRow = {
  tenant_id: string;
  slug: string;
  name: string;
  plan: Plan;
  region: Region;
  status: TenantStatus;
  role: TenantRole;
  joined_at: Date;
  is_default: boolean;
};

/** A profile as the contract shows it. */
export function toProfile(row: UserRow): z.output<typeof profileSchema> {
  return {
    id: formatId('user', row.id),
    email: row.email,
    name: row.name,
    defaultTenantId: row.default_tenant_id === null ? null : formatId('tenant', row.default_tenant_id),
    phone: phoneOf(row),
    createdAt: row.created_at.toISOString(),
    impersonation: null,
  };
}

/** The same as support sees it while acting for them: of one tenant alone, and without their number. */
export function toShownProfile(
  row: UserRow,
  { id, staff: staffId, tenant: tenantId, reason, endsAt }: Impersonation,
): z.output<typeof profileSchema> {
  return {
    ...{ ...toProfile(row), defaultTenantId: tenantId, phone: null },
    impersonation: { ...{ id, staffId, tenantId, reason }, endsAt: endsAt.toISOString() },
  };
}

function phoneOf({ phone, phone_verified_at: at }: UserRow): z.output<typeof profileSchema>['phone'] {
  return phone === null || at === null ? null : { number: phone, verifiedAt: at.toISOString() };
}

/** A membership as the contracts show it. */
export function toMembership(row: MembershipRow): z.output<typeof membershipSchema> {
  const { slug, name, plan, region, status, role } = row;
  return {
    ...{ tenantId: formatId('tenant', row.tenant_id), slug, name, plan, region, status, role },
    joinedAt: row.joined_at.toISOString(),
    isDefault: row.is_default,
  };
}
