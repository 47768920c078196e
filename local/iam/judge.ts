/**
 * May this role do this? IAM's own order: an explicit denial wins, then any allowing statement, then no.
 */
import type { RequestContext } from './conditions.ts';
import { type CompiledStatement, type PolicyDocument, type StatementRef, compilePolicies } from './policy.ts';

export type Verdict = {
  allowed: boolean;
  reason: 'allowed' | 'explicit-deny' | 'no-statement';
  statement?: StatementRef;
  /** Whether a condition was looked at, so that the verdict holds for this request only. */
  conditional: boolean;
};

/** Judges one action on one resource; throws UnknownPolicyElement when a policy says what is not understood. */
export function judge(call: {
  policies: readonly PolicyDocument[];
  action: string;
  resource: string;
  context?: RequestContext;
}): Verdict {
  return judgeCompiled(compilePolicies(call.policies), call.action, call.resource, () => call.context ?? {});
}

/** The same for policies compiled before; the context is only asked for when a condition needs it. */
export function judgeCompiled(
  statements: readonly CompiledStatement[],
  action: string,
  resource: string,
  context: () => RequestContext,
): Verdict {
  let conditional = false;
  // Denials stand first in compiled policies, so the first statement that applies decides.
  for (const statement of statements) {
    if (!statement.matchesAction(action) || !statement.matchesResource(resource)) continue;
    if (statement.conditions.length > 0) {
      conditional = true;
      const facts = context();
      if (!statement.conditions.every((holds) => holds(facts))) continue;
    }
    return {
      allowed: statement.allow,
      reason: statement.allow ? 'allowed' : 'explicit-deny',
      statement: statement.ref,
      conditional,
    };
  }
  return { allowed: false, reason: 'no-statement', conditional };
}
