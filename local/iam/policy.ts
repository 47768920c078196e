/**
 * Policy documents as CDK synthesizes them, compiled once so that judging a call is a few string comparisons.
 * What this evaluator does not know is an error that names it: a silent allow locally would be a surprise on AWS.
 */
import { type Condition, compileConditions } from './conditions.ts';
import { UnknownPolicyElement, wildcard } from './wildcard.ts';

/** An identity policy whose intrinsics are already resolved to plain strings. */
export type PolicyDocument = {
  Version?: string;
  Id?: string;
  Statement: PolicyStatement | PolicyStatement[];
};

export type PolicyStatement = {
  Sid?: string;
  Effect: string;
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
  Condition?: Record<string, Record<string, unknown>>;
};

/** Where a decision came from: the policy's index in the role and the statement's Sid, or its index. */
export type StatementRef = { policy: number; statement: string | number };

export type CompiledStatement = {
  ref: StatementRef;
  allow: boolean;
  matchesAction: (action: string) => boolean;
  matchesResource: (resource: string) => boolean;
  conditions: Condition[];
};

const KNOWN_ELEMENTS = new Set([
  'Sid',
  'Effect',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

/** Compiles a role's policies, denials first, so that the first match decides. */
export function compilePolicies(policies: readonly PolicyDocument[]): CompiledStatement[] {
  const statements = policies.flatMap((document, policy) =>
    list(document.Statement).map((statement, index) => compileStatement(statement, policy, index)),
  );
  return [...statements.filter((one) => !one.allow), ...statements.filter((one) => one.allow)];
}

function compileStatement(statement: PolicyStatement, policy: number, index: number): CompiledStatement {
  const ref: StatementRef = { policy, statement: statement.Sid ?? index };
  const where = `policy ${policy}, statement ${ref.statement}`;
  for (const element of Object.keys(statement)) {
    if (!KNOWN_ELEMENTS.has(element))
      throw new UnknownPolicyElement(`Unknown policy element ${element} (${where})`);
  }
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') {
    throw new UnknownPolicyElement(`Unknown Effect ${String(statement.Effect)} (${where})`);
  }
  return {
    ref,
    allow: statement.Effect === 'Allow',
    matchesAction: scope(statement.Action, statement.NotAction, 'Action', where),
    matchesResource: scope(statement.Resource, statement.NotResource, 'Resource', where),
    conditions: compileConditions(statement.Condition ?? {}, where),
  };
}

/** `Action`/`NotAction` and `Resource`/`NotResource` are the same idea: exactly one of the two, one or many patterns. */
function scope(
  only: string | string[] | undefined,
  except: string | string[] | undefined,
  element: 'Action' | 'Resource',
  where: string,
): (value: string) => boolean {
  if ((only === undefined) === (except === undefined)) {
    throw new UnknownPolicyElement(
      `A statement needs exactly one of ${element} and Not${element} (${where})`,
    );
  }
  const patterns = list(only ?? except ?? []).map((pattern) => {
    if (typeof pattern !== 'string' || pattern.includes('${')) {
      throw new UnknownPolicyElement(`Unknown ${element} pattern ${JSON.stringify(pattern)} (${where})`);
    }
    // Action names compare without case on AWS; resources compare exactly.
    return wildcard(pattern, element === 'Action');
  });
  const any = (value: string) => patterns.some((matches) => matches(value));
  return except === undefined ? any : (value) => !any(value);
}

function list<T>(value: T | T[]): T[] {
  return Array.isArray(value) ? value : [value];
}
