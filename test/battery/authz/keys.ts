/**
 * API keys as credentials: every key that is worth nothing, and keys of every role, scope and tenant, at every
 * endpoint. A key opens the tenant plane of its own tenant, as far as its role and scopes go, and nothing else.
 */
import { permissionsOfKey } from '#shared/access/roles.ts';
import { type ProblemType, problems } from '#shared/contract/errors.ts';
import { newId, type TenantId } from '#shared/contract/ids.ts';
import type { RegisteredEndpoint } from '#shared/contract/module.ts';
import { type TenantPermission, tenantPermissions } from '#shared/contract/permissions.ts';
import { roleNames, type TenantRole } from '#shared/contract/roles.ts';
import { exportProblems } from '#shared/exports/exports.contract.ts';
import { newKeySecret } from '#shared/tenancy/key-secret.ts';
import type { TenantStatus } from '#shared/tenancy/tenancy.rows.ts';
import type { KeyOptions } from '#test/support/stored-key.ts';
import { atMost } from '#test/support/at-most.ts';
import { acceptedInput } from '../support/inputs.ts';
import { requestOf } from '../support/request.ts';
import type { Tried } from '../support/site.ts';
import type { World } from '../support/world.ts';
import { requiredPermissions } from './flips.ts';
import { comparable, complaintOf, type Observation } from './judgement.ts';
import { type Expectation, expectedOfForgery, type Standing } from './table.ts';

/** Which permissions a key has, by what it was made with. */
export type HeldByKey = (key: Required<Pick<KeyOptions, 'role' | 'scopes'>>) => ReadonlySet<TenantPermission>;

/** A key and how it is shown. */
export type KeyCase = {
  name: string;
  /** Undefined: worth nothing. */
  good?: { standing: Standing['is'] | TenantStatus; rights: Required<Pick<KeyOptions, 'role' | 'scopes'>> };
  arrange: (world: World) => Promise<Shown>;
  /** Tried on endpoints that ask for this permission only: elsewhere it would show nothing new. */
  only?: TenantPermission;
};

type Shown = { tenant: TenantId; headers: Record<string, string> };

export type KeyObservation = Observation & { by: KeyCase };

/** Every key, good and bad. */
export function keyCases(statuses: readonly TenantStatus[]): KeyCase[] {
  return [...worthless(), ...ofRoles(), ...ofScopes(), ...ofTenants(statuses)];
}

/** A few of them, of every kind: enough to find a chain that forgets something about keys. */
export function fewKeyCases(statuses: readonly TenantStatus[]): KeyCase[] {
  const few = [
    'an expired key',
    'a revoked key',
    'a key for another address',
    'a key with a wrong checksum',
    'a key that nobody made',
    'a key of the role owner',
    'a key of the role viewer',
    'a key with no scope',
    'a key of a tenant that is suspended',
    'a key that names another tenant',
  ];
  const found = keyCases(statuses).filter(({ name, only }) => few.includes(name) || only !== undefined);
  if (found.length !== few.length + allPermissions.length)
    throw new Error('A key of the few has another name.');
  return found;
}

/** Every endpoint with every key. */
export async function tryKeys(
  { world, http }: Tried,
  endpoints: readonly RegisteredEndpoint[],
  cases: readonly KeyCase[],
): Promise<KeyObservation[]> {
  const observations: KeyObservation[] = [];
  const pairs = endpoints.flatMap((called) =>
    cases
      .filter(({ only }) => only === undefined || only === called.endpoint.permission)
      .map((by) => ({ called, by })),
  );
  await atMost(6, pairs, async ({ called, by }) => {
    const { tenant, headers } = await by.arrange(world);
    const actor = await world.member(tenant, 'owner');
    const input = await acceptedInput(called, { world, tenant, actor });
    const answer = await http.send(requestOf({ endpoint: called.endpoint, input, headers }));
    observations.push({ called, by, name: by.name, answer });
  });
  return observations;
}

/** What is wrong with what was observed. */
export function judgedKeys(
  observations: readonly KeyObservation[],
  held: HeldByKey = permissionsOfKey,
): string[] {
  return observations.flatMap(
    (observation) => complaintOf(observation, expectedOfKey(observation.called, observation.by, held)) ?? [],
  );
}

/** Keys that are refused in different words: whoever finds one would learn what it was. */
export function tellingKeys(observations: readonly KeyObservation[]): string[] {
  const refused = observations.filter(
    ({ called, by }) => called.endpoint.plane === 'tenant' && by.good === undefined,
  );
  const groups = Map.groupBy(refused, ({ called }) => called.operationId);
  return [...groups].flatMap(([operationId, [first, ...others]]) =>
    others
      .filter(({ answer }) => first !== undefined && comparable(answer) !== comparable(first.answer))
      .map(({ name }) => `${operationId}: ${name} is answered differently from ${first?.name}`),
  );
}

/** Tables that are wrong in one place: a role or a scope that gives a permission more, or one less. */
export function wrongTables(roles: readonly TenantRole[] = roleNames): { name: string; held: HeldByKey }[] {
  return roles.flatMap((role) =>
    requiredPermissions.map((permission) => ({
      name: `a key of the role ${role}: ${permission} the other way round`,
      held: (key) => {
        const right = permissionsOfKey(key);
        if (key.role !== role) return right;
        return right.has(permission)
          ? new Set([...right].filter((one) => one !== permission))
          : new Set([...right, permission]);
      },
    })),
  );
}

const allPermissions = Object.keys(tenantPermissions) as TenantPermission[];

/** Endpoints that serve what others guard: of a report, whoever may not read its data is refused as well. */
const beyond: Readonly<Record<string, { permission: TenantPermission; refusal: ProblemType }>> = {
  'exports.create': { permission: 'audit:read', refusal: exportProblems.unknownReport },
  'exports.download': { permission: 'audit:read', refusal: problems.forbidden },
};

function expectedOfKey(
  { endpoint, operationId }: RegisteredEndpoint,
  { good }: KeyCase,
  held: HeldByKey,
): Expectation {
  // There, no key is a credential, and none is looked up.
  if (endpoint.plane !== 'tenant') return expectedOfForgery(endpoint);
  if (good === undefined) return problems.keyRefused;
  if (good.standing === 'suspended') return problems.tenantSuspended;
  if (good.standing !== 'active') return problems.notFound;
  const { permission } = endpoint;
  const isHeld = permission !== undefined && held(good.rights).has(permission as TenantPermission);
  if (!isHeld) return problems.forbidden;
  const guard = beyond[operationId];
  return guard === undefined || held(good.rights).has(guard.permission) ? 'success' : guard.refusal;
}

/** Where the batteries call from, and where the matrix does. */
const here = ['127.0.0.0/8', '::1', '203.0.113.0/24'];
const everything = { role: 'owner', scopes: null } as const;
const hourMs = 3_600_000;

/** All of them would be an owner's, were they believed. */
function worthless(): KeyCase[] {
  const stored: Record<string, KeyOptions> = {
    'an expired key': { expiresAt: new Date(Date.now() - 1_000) },
    'a key that expired long ago': { expiresAt: new Date(0) },
    'a revoked key': { revokedAt: new Date(Date.now() - 1_000) },
    'a revoked key that would not have expired': {
      revokedAt: new Date(),
      expiresAt: new Date(Date.now() + hourMs),
    },
    'a key for another address': { allowedAddresses: ['198.51.100.7'] },
    'a key for another network': { allowedAddresses: ['198.51.100.0/24', '2001:db8::/32'] },
  };
  const spoilt: Record<string, (text: string) => string> = {
    'the beginning of a key': () => 'plk_',
    'a key without a secret': () => 'plk_live_',
    'a key with a wrong checksum': (text) => `${text.slice(0, -1)}${text.endsWith('0') ? '1' : '0'}`,
    'a key with a wrong letter': (text) =>
      `${text.slice(0, 30)}${text[30] === 'a' ? 'b' : 'a'}${text.slice(31)}`,
    'a key of the other environment': (text) => text.replace('plk_live_', 'plk_test_'),
    'half a key': (text) => text.slice(0, 30),
    'a key with something after it': (text) => `${text}x`,
    'a key that is a word of SQL': () => "plk_live_' or true --".replaceAll(' ', '+'),
    'a very long key': (text) => text + 'a'.repeat(6_000),
    'a key that nobody made': () => newKeySecret('live').text,
    'a test key that nobody made': () => newKeySecret('test').text,
    'the prefix that is shown of a key': (text) => text.slice(0, 17),
  };
  return [
    ...Object.entries(stored).map(([name, options]) =>
      worth(name, undefined, (world) => shown(world, options)),
    ),
    ...Object.entries(spoilt).map(([name, spoil]) =>
      worth(name, undefined, (world) => shown(world, {}, { spoil })),
    ),
  ];
}

function ofRoles(): KeyCase[] {
  return roleNames.flatMap((role) => [
    worth(`a key of the role ${role}`, { standing: 'active', rights: { role, scopes: null } }, (world) =>
      shown(world, { role }),
    ),
    worth(`a test key of the role ${role}`, { standing: 'active', rights: { role, scopes: null } }, (world) =>
      shown(world, { role, environment: 'test' }),
    ),
  ]);
}

function ofScopes(): KeyCase[] {
  const scoped = (name: string, role: TenantRole, scopes: readonly TenantPermission[]): KeyCase =>
    worth(`a key with ${name}`, { standing: 'active', rights: { role, scopes } }, (world) =>
      shown(world, { role, scopes }),
    );
  return [
    scoped('no scope', 'owner', []),
    // A scope gives nothing that the role does not hold.
    scoped('every scope, of a viewer', 'viewer', allPermissions),
    ...allPermissions.flatMap((permission) => {
      const others = allPermissions.filter((one) => one !== permission);
      return [
        scoped(`the scope ${permission} alone`, 'owner', [permission]),
        { ...scoped(`every scope but ${permission}`, 'owner', others), only: permission },
      ];
    }),
  ];
}

function ofTenants(statuses: readonly TenantStatus[]): KeyCase[] {
  const good = (standing: TenantStatus | 'outsider') => ({ standing, rights: everything });
  const naming: Record<string, (world: World) => Promise<string>> = {
    'another tenant': (world) => world.tenant(),
    'a tenant that does not exist': async () => newId('tenant'),
    'another kind of id': async () => newId('apiKey'),
    'a word': async () => 'default',
  };
  return [
    ...statuses
      .filter((status) => status !== 'active')
      .map((status) =>
        worth(`a key of a tenant that is ${status}`, good(status), (world) => shown(world, {}, { status })),
      ),
    ...Object.entries(naming).map(([name, named]) =>
      worth(`a key that names ${name}`, good('outsider'), (world) => shown(world, {}, { named })),
    ),
    worth('a key that names its own tenant', good('active'), (world) =>
      shown(world, {}, { named: async (_world, tenant) => tenant }),
    ),
    worth('a key that works from here', good('active'), (world) =>
      shown(world, { allowedAddresses: here, expiresAt: new Date(Date.now() + hourMs) }),
    ),
  ];
}

function worth(name: string, good: KeyCase['good'], arrange: KeyCase['arrange']): KeyCase {
  return { name, arrange, ...(good === undefined ? {} : { good }) };
}

type Ways = {
  status?: TenantStatus;
  spoil?: (text: string) => string;
  named?: (world: World, own: TenantId) => Promise<string>;
};

async function shown(world: World, options: KeyOptions, ways: Ways = {}): Promise<Shown> {
  const { status = 'active', spoil = (text) => text, named } = ways;
  const tenant = await world.tenant(status);
  const { text } = await world.apiKey(tenant, options);
  const headers = {
    authorization: `Bearer ${spoil(text)}`,
    ...(named === undefined ? {} : { 'x-tenant-id': await named(world, tenant) }),
  };
  return { tenant, headers };
}
