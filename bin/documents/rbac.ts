/** The RBAC matrix (ACC-1, ACC-2): which role holds which permission, and who may call which endpoint. */
import { permissionsOf } from '#shared/access/roles.ts';
import { endpointsOf, type Module, type RegisteredEndpoint } from '#shared/contract/module.ts';
import {
  catalogueVersion,
  type Permission,
  platformPermissions,
  tenantPermissions,
} from '#shared/contract/permissions.ts';
import { platformRoleNames, type PlatformRole, roleNames, type TenantRole } from '#shared/contract/roles.ts';

/** The matrix as Markdown. */
export function rbacMarkdown(modules: readonly Module[]): string {
  return [
    '# Roles and permissions',
    '',
    `Version ${catalogueVersion} of the permission catalogue. Written by \`npm run generate\` from \`shared/contract/permissions.ts\`, \`shared/access/roles.ts\` and the contracts; a test fails while it is stale.`,
    '',
    'The two planes never mix: a role of a tenant holds permissions of tenants only, a role of the staff those of the platform only.',
    '',
    '## Inside a tenant',
    '',
    ...grid(tenantPermissions, roleNames),
    '',
    '## The platform’s staff',
    '',
    ...grid(platformPermissions, platformRoleNames),
    '',
    '## Endpoints',
    '',
    '| endpoint | plane | permission | who may call |',
    '|---|---|---|---|',
    ...endpointsOf(modules).map(endpointRow),
    '',
    'Rules over rows stand in the operations, beside the permission: only an owner invites or removes an owner, and the last owner stays.',
    '',
  ].join('\n');
}

function grid(
  permissions: Readonly<Record<string, string>>,
  roles: readonly (TenantRole | PlatformRole)[],
): string[] {
  return [
    `| permission | | ${roles.join(' | ')} |`,
    `|---|---|${roles.map(() => ':-:|').join('')}`,
    ...Object.entries(permissions).map(([name, meaning]) => {
      const held = roles.map((role) => (permissionsOf(role).has(name as Permission) ? 'yes' : ''));
      return `| \`${name}\` | ${meaning} | ${held.join(' | ')} |`;
    }),
  ];
}

function endpointRow({ endpoint }: RegisteredEndpoint): string {
  const { method, path, plane, permission } = endpoint;
  const named = permission === undefined ? '' : `\`${permission}\``;
  return `| \`${method} ${path}\` | ${plane} | ${named} | ${callersOf({ plane, permission })} |`;
}

function callersOf({
  plane,
  permission,
}: Pick<RegisteredEndpoint['endpoint'], 'plane' | 'permission'>): string {
  if (plane === 'public') return 'anybody';
  if (permission === undefined) return 'any signed-in person, about themselves';
  const roles = plane === 'tenant' ? roleNames : platformRoleNames;
  return roles.filter((role) => permissionsOf(role).has(permission)).join(', ');
}
