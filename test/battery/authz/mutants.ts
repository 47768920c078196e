/** What could be wrong with a deployment's access control, as breakages that the battery must find. */
import { permissionsOf } from '#shared/access/roles.ts';
import type { EndpointFacts } from '#shared/contract/endpoint.ts';
import type { RegisteredEndpoint } from '#shared/contract/module.ts';
import type { Permission } from '#shared/contract/permissions.ts';
import { platformRoleNames, roleNames } from '#shared/contract/roles.ts';
import { type Breakage, whileBroken } from '../support/broken.ts';
import type { BatterySite } from '../support/site.ts';
import { judged, tryForgeries, tryPrincipals } from './exam.ts';
import type { Forgery } from './forgeries.ts';
import type { Case } from './principals.ts';

export type Mutant = Breakage & {
  /** What shows it. */
  endpoints: readonly RegisteredEndpoint[];
  exam: 'tokens' | 'principals';
};

/** One for each permission that an endpoint asks for, and one for each check of tokens and tenants. */
export function mutants(endpoints: readonly RegisteredEndpoint[]): Mutant[] {
  const ofTenant = endpoints.filter(({ endpoint }) => endpoint.plane === 'tenant').slice(0, 1);
  const [sample] = ofTenant;
  if (sample === undefined) throw new Error('No endpoint is on the tenant plane.');
  const checks: [name: string, from: RegExp, to: string, exam: Mutant['exam']][] = [
    ['the token’s use is not checked', /tokenUse:"access"/g, 'tokenUse:null', 'tokens'],
    ['the token’s client is not checked', /clientId:\w+(?=,tokenUse:"access")/g, 'clientId:null', 'tokens'],
    ['the token’s expiry is not checked', /(?<=tokenUse:"access")/g, ',graceSeconds:1e12', 'tokens'],
    ['a suspended tenant is let in', /(?<=\.status===)"suspended"/g, '"never"', 'principals'],
    ['a deleted tenant is let in', /(?<=\.status!==)"active"/g, '"deleted"', 'principals'],
  ];
  return [
    ...endpoints.flatMap((called) => weakened(called)),
    ...checks.map(([name, from, to, exam]) => ({
      name,
      from,
      to,
      exam,
      module: sample.module,
      endpoints: ofTenant,
    })),
  ];
}

/** The endpoint asks for a permission that everybody has instead of its own, or for one that fewer have. */
function weakened(called: RegisteredEndpoint): Mutant[] {
  const { permission, path, method } = called.endpoint;
  const other = wrongPermissionOf(called.endpoint);
  if (other === undefined) return [];
  // The declaration names path and method before the permission.
  const start = `method:"${method}",path:"${path.replaceAll(/[{}$]/g, '\\$&')}"`;
  return [
    {
      name: `${called.operationId} asks for ${other} instead of ${permission}`,
      module: called.module,
      endpoints: [called],
      from: new RegExp(`(?<=${start}(?:(?!path:")[^])*?permission:)"${permission}"`),
      to: `"${other}"`,
      exam: 'principals',
    },
  ];
}

/** A permission that more or fewer roles have than the one that an endpoint asks for; none where it asks for none. */
export function wrongPermissionOf({ permission, plane }: EndpointFacts): Permission | undefined {
  if (permission === undefined) return undefined;
  const roles = plane === 'platform' ? platformRoleNames : roleNames;
  const holders = (one: Permission) => roles.filter((role) => permissionsOf(role).has(one)).length;
  const catalogue = [...new Set(roles.flatMap((role) => [...permissionsOf(role)]))].sort(
    (a, b) => holders(b) - holders(a),
  );
  const [most, least] = [catalogue[0], catalogue.at(-1)];
  return holders(permission) === roles.length ? least : most;
}

/** The mutants that the exam did not notice. */
export async function survivors(
  site: BatterySite,
  broken: readonly Mutant[],
  forgeries: readonly Forgery[],
  everybody: readonly Case[],
): Promise<string[]> {
  const alive: string[] = [];
  for (const mutant of broken) {
    const observed = await whileBroken(site, mutant, () =>
      mutant.exam === 'tokens'
        ? tryForgeries(site, mutant.endpoints, forgeries)
        : tryPrincipals(site, mutant.endpoints, everybody),
    );
    // A bundle that does not even run is noticed by anybody.
    const ran = observed.filter(({ answer }) => answer.status < 500);
    if (judged(ran).length === 0) alive.push(mutant.name);
  }
  return alive;
}
