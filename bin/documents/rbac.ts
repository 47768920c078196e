/** The RBAC matrix (ACC-1, ACC-2): which role holds which permission, and who may call which endpoint. */
import { permissionsForSupport, permissionsOf, permissionsOfKey } from '#shared/access/roles.ts';
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
    ...tenantGrid(),
    '',
    'A key holds what its role holds, and no more than it was made for; a permission without a yes under *keys* is for people only. Support that a tenant lets act for a member holds what the member’s role holds, and of that what has a yes under *support* ([why](../decisions/impersonation.md)). Outside of tenants it may call, for the member: ' +
      `${endpointsOf(modules)
        .filter(({ endpoint }) => endpoint.plane === 'user' && endpoint.whileImpersonating)
        .map(({ endpoint: { method, path } }) => `\`${method} ${path}\``)
        .join(', ')}.`,
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

/** The roles of a tenant, and in whose name else what they hold is done. */
function tenantGrid(): string[] {
  const keys = permissionsOfKey({ role: 'owner', scopes: null });
  const support = permissionsForSupport('owner');
  return grid(tenantPermissions, roleNames, { keys, support });
}

function grid(
  permissions: Readonly<Record<string, string>>,
  roles: readonly (TenantRole | PlatformRole)[],
  others: Readonly<Record<string, ReadonlySet<Permission>>> = {},
): string[] {
  const holders = [...roles.map((role) => permissionsOf(role)), ...Object.values(others)];
  const names = [...roles, ...Object.keys(others).map((name) => `*${name}*`)];
  return [
    `| permission | | ${names.join(' | ')} |`,
    `|---|---|${names.map(() => ':-:|').join('')}`,
    ...Object.entries(permissions).map(([name, meaning]) => {
      const held = holders.map((holder) => (holder.has(name as Permission) ? 'yes' : ''));
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
