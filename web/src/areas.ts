/**
 * What the console consists of. An area is one folder and one line here: where it stands, who sees it, and the page,
 * which is loaded when somebody goes there.
 */
import type { ComponentType } from 'react';
import type { PlatformPermission, TenantPermission } from '#shared/contract/permissions.ts';
import {
  IconActivity,
  IconAdjustments,
  IconBuilding,
  IconChartPie,
  IconCoin,
  IconDatabaseExport,
  IconDatabaseHeart,
  IconFileText,
  IconGauge,
  IconHistory,
  IconInbox,
  IconKey,
  IconLayoutDashboard,
  IconLifebuoy,
  IconListSearch,
  IconMessageBolt,
  IconPigMoney,
  IconRoute,
  IconSettings,
  IconShieldCheck,
  IconUsers,
  IconUserShield,
  IconWorld,
} from './icons.ts';

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
  ...group<TenantPermission>('Tenant', [
    ['', 'Overview', IconLayoutDashboard, 'tenant:read', () => import('./areas/overview/page.tsx')],
    ['members', 'Members', IconUsers, 'members:read', () => import('./areas/members/page.tsx')],
    ['keys', 'API keys', IconKey, 'keys:read', () => import('./areas/keys/page.tsx')],
    ['usage', 'Limits and usage', IconGauge, 'tenant:read', () => import('./areas/usage/page.tsx')],
    ['metrics', 'Metrics', IconActivity, 'metrics:read', () => import('./areas/metrics/page.tsx')],
    ['settings', 'Settings', IconSettings, 'settings:read', () => import('./areas/settings/page.tsx')],
  ]),
  ...group<TenantPermission>('AI', [
    ['spend', 'AI spend', IconCoin, 'ai:read', () => import('./areas/spend/page.tsx')],
    ['budgets', 'Budgets', IconPigMoney, 'ai:read', () => import('./areas/budgets/page.tsx')],
    ['playground', 'Playground', IconMessageBolt, 'ai:use', () => import('./areas/playground/page.tsx')],
    ['prompts', 'Prompts', IconFileText, 'ai:use', () => import('./areas/prompts/page.tsx')],
    ['routing', 'Routing', IconRoute, 'ai:read', () => import('./areas/routing/page.tsx')],
  ]),
  ...group<TenantPermission>('Trust', [
    ['audit', 'Audit trail', IconHistory, 'audit:read', () => import('./areas/audit/page.tsx')],
    [
      'security-events',
      'Security events',
      IconShieldCheck,
      'audit:read',
      () => import('./areas/security-events/page.tsx'),
    ],
    ['requests', 'Find a request', IconListSearch, 'audit:read', () => import('./areas/requests/page.tsx')],
    ['exports', 'Exports', IconDatabaseExport, 'exports:read', () => import('./areas/exports/page.tsx')],
    ['backups', 'Backups', IconDatabaseHeart, 'backups:read', () => import('./areas/backups/page.tsx')],
    ['support', 'Support access', IconLifebuoy, 'support:read', () => import('./areas/support/page.tsx')],
  ]),
];

/** Pages of the platform’s staff, below `/platform`. */
export const platformAreas: readonly Area<PlatformPermission>[] = [
  ...group<PlatformPermission>('Platform', [
    ['', 'Tenants', IconBuilding, 'platform:tenants:read', () => import('./areas/platform-tenants/page.tsx')],
    ['users', 'Users', IconUsers, 'platform:users:read', () => import('./areas/platform-users/page.tsx')],
    ['fleet', 'Fleet', IconWorld, 'platform:fleet:read', () => import('./areas/platform-fleet/page.tsx')],
    [
      'settings',
      'Switches and features',
      IconAdjustments,
      'platform:settings:read',
      () => import('./areas/platform-settings/page.tsx'),
    ],
    [
      'routing',
      'AI routing',
      IconRoute,
      'platform:settings:read',
      () => import('./areas/platform-routing/page.tsx'),
    ],
    [
      'margins',
      'AI margins',
      IconChartPie,
      'platform:ai:read',
      () => import('./areas/platform-margins/page.tsx'),
    ],
  ]),
  ...group<PlatformPermission>('Trust', [
    [
      'support',
      'Acting for members',
      IconUserShield,
      'platform:impersonate',
      () => import('./areas/platform-support/page.tsx'),
    ],
    [
      'audit',
      'Platform audit',
      IconHistory,
      'platform:audit:read',
      () => import('./areas/platform-audit/page.tsx'),
    ],
    [
      'security-events',
      'Security events',
      IconShieldCheck,
      'platform:security:read',
      () => import('./areas/platform-security/page.tsx'),
    ],
    [
      'requests',
      'Find a request',
      IconListSearch,
      'platform:requests:read',
      () => import('./areas/platform-requests/page.tsx'),
    ],
    [
      'dead-letters',
      'Dead letters',
      IconInbox,
      'platform:dead_letters:read',
      () => import('./areas/platform-dead-letters/page.tsx'),
    ],
  ]),
];

type Line<Permission> = readonly [
  path: string,
  label: string,
  icon: typeof IconKey,
  needs: Permission,
  load: () => Promise<{ default: ComponentType }>,
];

function group<Permission>(name: string, lines: readonly Line<Permission>[]): Area<Permission>[] {
  return lines.map(([path, label, icon, needs, load]) => ({ group: name, path, label, icon, needs, load }));
}
