/** The tenant that a page is about, and what the person may do in it. */
import { createContext, use } from 'react';
import { permissionsForSupport, permissionsOf } from '#shared/access/roles.ts';
import type { TenantPermission } from '#shared/contract/permissions.ts';
import type { CallingAs, Thing } from '../api/client.ts';

export type TenantView = {
  tenantId: string;
  slug: string;
  name: string;
  role: Thing<'Membership'>['role'];
  plan: Thing<'Membership'>['plan'];
  region: string;
  status: Thing<'Membership'>['status'];
  /** Where its pages stand. */
  base: string;
  /** In whose name its pages call. */
  as: CallingAs;
  /** Support that looks on for a member may less than the member. */
  isSupport: boolean;
};

export const TenantContext = createContext<TenantView | undefined>(undefined);

/** Inside the pages of a tenant. */
export function useTenant(): TenantView & { may: (permission: TenantPermission) => boolean } {
  const found = use(TenantContext);
  if (found === undefined) throw new Error('There is no tenant here.');
  return { ...found, may: (permission) => mayInTenant(found, permission) };
}

/** Whether somebody in that place holds a permission. */
export function mayInTenant(
  { role, isSupport }: Pick<TenantView, 'role' | 'isSupport'>,
  permission: TenantPermission,
): boolean {
  return (isSupport ? permissionsForSupport(role) : permissionsOf(role)).has(permission);
}
