/**
 * What the console consists of. An area is one folder and one line here: where it stands, who sees it, and the page,
 * which is loaded when somebody goes there.
 */
import type { ComponentType } from 'react';
import type { PlatformPermission, TenantPermission } from '#shared/contract/permissions.ts';
import { IconKey, IconLayoutDashboard, IconUsers } from './icons.ts';

export type Area<Permission> = {
  /** Below the room’s own address; empty for the page one enters by. */
  path: string;
  label: string;
  group: string;
  icon: typeof IconKey;
  /** Who does not hold it does not see the area. */
  needs: Permission;
  load: () => Promise<{ default: ComponentType }>;
};

/** Pages about one tenant, below `/t/<slug>`. */
export const tenantAreas: readonly Area<TenantPermission>[] = [
  {
    path: '',
    label: 'Overview',
    group: 'Tenant',
    icon: IconLayoutDashboard,
    needs: 'tenant:read',
    load: () => import('./areas/overview/page.tsx'),
  },
  {
    path: 'members',
    label: 'Members',
    group: 'Tenant',
    icon: IconUsers,
    needs: 'members:read',
    load: () => import('./areas/members/page.tsx'),
  },
  {
    path: 'keys',
    label: 'API keys',
    group: 'Tenant',
    icon: IconKey,
    needs: 'keys:read',
    load: () => import('./areas/keys/page.tsx'),
  },
];

/** Pages of the platform’s staff, below `/platform`. */
export const platformAreas: readonly Area<PlatformPermission>[] = [];
