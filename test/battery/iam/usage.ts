/** Holds what was granted against what was used: the report of grants that nothing needs. */
import type { Decision } from '#local/front/front.ts';
import { judge } from '#local/iam/judge.ts';
import { wildcard } from '#local/iam/wildcard.ts';
import { type Grant, inWords } from './grants.ts';

/** Why grants that fit exist although nothing here uses them. */
export type Explanation = {
  role?: RegExp;
  action: RegExp;
  resource?: RegExp;
  /** One sentence. */
  why: string;
};

export type Usage = {
  exercised: Grant[];
  explained: Grant[];
  unexplained: Grant[];
  /** Explanations that explain nothing any more, or what is used. */
  stale: string[];
  /** Calls that were refused. */
  denied: string[];
  /** Grants that are used and whose removal would not have refused a single call. */
  notMissed: Grant[];
};

/**
 * Compares.
 * @param decisions everything that the front and the database's logins were asked
 */
export function usageOf(
  grants: readonly Grant[],
  decisions: readonly Decision[],
  explanations: readonly Explanation[],
): Usage {
  const uses = new Map<Grant, Decision[]>();
  for (const decision of decisions) {
    // Only the first that allows it: a second one that says the same is superfluous.
    const grant = decision.allowed ? grants.find((one) => allows(one, decision)) : undefined;
    if (grant !== undefined) uses.set(grant, [...(uses.get(grant) ?? []), decision]);
  }
  const unused = grants.filter((grant) => !uses.has(grant));
  const explained = unused.filter((grant) => explanations.some((one) => fits(one, grant)));
  return {
    exercised: [...uses.keys()],
    explained,
    unexplained: unused.filter((grant) => !explained.includes(grant)),
    stale: explanations.flatMap((one) => staleness(one, grants, uses)),
    denied: [...new Set(decisions.filter(({ allowed }) => !allowed).map(refusal))],
    notMissed: [...uses].filter(([grant, calls]) => !isMissed(grant, grants, calls)).map(([grant]) => grant),
  };
}

/** Whether the statement that decided is this grant's, and this action and resource are what it was about. */
function allows(grant: Grant, { role, statement, action, resource }: Decision): boolean {
  return (
    grant.role === role &&
    grant.policy === statement?.policy &&
    grant.statement === statement.statement &&
    wildcard(grant.action, true)(action) &&
    wildcard(grant.resource)(resource)
  );
}

function fits({ role = /^/, action, resource = /^/ }: Explanation, grant: Grant): boolean {
  return role.test(grant.role) && action.test(grant.action) && resource.test(grant.resource);
}

function staleness(
  explanation: Explanation,
  grants: readonly Grant[],
  uses: ReadonlyMap<Grant, unknown>,
): string[] {
  const meant = grants.filter((grant) => fits(explanation, grant));
  if (meant.length === 0) return [`nothing is granted any more that this explains: ${explanation.why}`];
  return meant
    .filter((grant) => uses.has(grant))
    .map((grant) => `${inWords(grant)}, and uses it, although: ${explanation.why}`);
}

/** Judges the calls again by what remains of the role's grants without this one, at its most generous. */
function isMissed(grant: Grant, grants: readonly Grant[], calls: readonly Decision[]): boolean {
  const rest = grants.filter((one) => one.role === grant.role && one !== grant);
  const Statement = rest.map(({ action, resource }) => ({
    Effect: 'Allow',
    Action: action,
    Resource: resource,
  }));
  return calls.some(
    ({ action, resource }) => !judge({ policies: [{ Statement }], action, resource }).allowed,
  );
}

function refusal({ role, action, resource }: Decision): string {
  return `${role} may not ${action} on ${resource}`;
}
