/** What each role is for, in a sentence; the exact permissions stand in the documentation. */
import { roleNames, type TenantRole } from '#shared/contract/roles.ts';
import { capital } from '../../parts/status.tsx';

export const purposes: Readonly<Record<TenantRole, string>> = {
  owner: 'Everything, including who has which role',
  admin: 'Members, keys, settings and AI; not roles',
  operator: 'Works with what the tenant has, administers nothing',
  auditor: 'Reads everything that auditors need, changes nothing',
  viewer: 'Sees the tenant and its members',
};

/** Roles that somebody in this role may give, least first. */
export function rolesFor(own: TenantRole): { value: TenantRole; label: string }[] {
  return roleNames
    .filter((role) => role !== 'owner' || own === 'owner')
    .toReversed()
    .map((value) => ({ value, label: capital(value) }));
}
