/** What could be wrong with a deployment's access control, as breakages that the battery must find. */
import { permissionsOf } from '#shared/access/roles.ts';
import type { EndpointFacts } from '#shared/contract/endpoint.ts';
import type { RegisteredEndpoint } from '#shared/contract/module.ts';
import type { Permission } from '#shared/contract/permissions.ts';
import { platformRoleNames, roleNames } from '#shared/contract/roles.ts';
import { kindOf } from '../idempotency/trial.ts';
import { type Breakage, whileBroken } from '../support/broken.ts';
import type { BatterySite } from '../support/site.ts';
import { judged, tryForgeries, tryPrincipals } from './exam.ts';
import type { Forgery } from './forgeries.ts';
import type { Observation } from './judgement.ts';
import { judgedKeys, type KeyCase, tryKeys } from './keys.ts';
import type { Case } from './principals.ts';

export type Mutant = Breakage & {
  /** What shows it. */
  endpoints: readonly RegisteredEndpoint[];
  exam: 'tokens' | 'principals' | 'keys';
};

/** One for each permission that an endpoint asks for, and one for each check of tokens and tenants. */
export function mutants(endpoints: readonly RegisteredEndpoint[]): Mutant[] {
  const ofTenant = endpoints.filter(({ endpoint }) => endpoint.plane === 'tenant').slice(0, 1);
  const [sample] = ofTenant;
  if (sample === undefined) throw new Error('No endpoint is on the tenant plane.');
  const checks: [name: string, from: RegExp, to: string, exam: Mutant['exam']][] = [
    ['the token’s use is not checked', /tokenUse:"access"/g, 'tokenUse:null', 'tokens'],
    [
      'the token’s client is not checked',
      /clientId:[\w$]+(?=,tokenUse:"access")/g,
      'clientId:null',
      'tokens',
    ],
    ['the token’s expiry is not checked', /(?<=tokenUse:"access")/g, ',graceSeconds:1e12', 'tokens'],
    ['a suspended tenant is let in', /(?<=\.status===)"suspended"/g, '"never"', 'principals'],
    ['a revoked key is let in', /"DISABLED"/g, '"VALID"', 'keys'],
    ['an expired key is let in', /"EXPIRED"/g, '"VALID"', 'keys'],
    ['a key is let in from anywhere', /"FORBIDDEN"/g, '"VALID"', 'keys'],
    [
      'the scopes of a key do not count',
      /(?<=scopes:([\w$]+)\}\)\{let [\w$]+=[\w$]+\[[\w$]+\];return )\1===null/g,
      '!0',
      'keys',
    ],
    [
      'a key may name another tenant',
      /(?<=\{tenant:[\w$]+,role:[\w$]+\},[\w$]+\)\{return )/g,
      '!0||',
      'keys',
    ],
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

/** Where the chain takes the permission from the contract. */
const asksFor = /(let\{permission:([\w$]+),plane:[\w$]+\}=([\w$]+)\.called\.endpoint;)/g;

/** The endpoint asks for a permission that everybody has instead of its own, or for one that fewer have. */
function weakened(called: RegisteredEndpoint): Mutant[] {
  const { operationId, module } = called;
  const { permission } = called.endpoint;
  const other = wrongPermissionOf(called.endpoint);
  if (other === undefined) return [];
  return [
    {
      name: `${operationId} asks for ${other} instead of ${permission}`,
      ...{ module, kind: kindOf(called), endpoints: [called], exam: 'principals', from: asksFor },
      to: `$1$3.called.operationId==="${operationId}"&&($2="${other}");`,
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

/** With whom and with what mutants are tried. */
export type Examined = {
  forgeries: readonly Forgery[];
  everybody: readonly Case[];
  keys: readonly KeyCase[];
};

/** The mutants that the exam did not notice. */
export async function survivors(
  site: BatterySite,
  broken: readonly Mutant[],
  examined: Examined,
): Promise<string[]> {
  const alive: string[] = [];
  for (const mutant of broken) {
    const complaints = await whileBroken(site, mutant, () => complaintsAbout(site, mutant, examined));
    if (complaints.length === 0) alive.push(mutant.name);
  }
  return alive;
}

async function complaintsAbout(
  site: BatterySite,
  { exam, endpoints }: Mutant,
  { forgeries, everybody, keys }: Examined,
): Promise<string[]> {
  switch (exam) {
    case 'tokens':
      return judged((await tryForgeries(site, endpoints, forgeries)).filter(ran));
    case 'principals':
      return judged((await tryPrincipals(site, endpoints, everybody)).filter(ran));
    case 'keys':
      return judgedKeys((await tryKeys(site, endpoints, keys)).filter(ran));
  }
}

/** A bundle that does not even run is noticed by anybody. */
function ran({ answer }: Observation): boolean {
  return answer.status < 500;
}
