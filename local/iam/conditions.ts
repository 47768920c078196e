/** The condition operators and keys that our templates use, with IAM's rules for missing and many-valued keys. */
import { UnknownPolicyElement, wildcard } from './wildcard.ts';

/** What is known about a call beyond action and resource; absent keys are absent in IAM's sense. */
export type RequestContext = Record<string, string | readonly string[] | boolean>;

export type Condition = (context: RequestContext) => boolean;

type Compare = (actual: string, wanted: string) => boolean;

const like: Compare = (actual, wanted) => wildcard(wanted)(actual);
const equals: Compare = (actual, wanted) => actual === wanted;
const caseless: Compare = (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase();

const OPERATORS: Record<string, { compare: Compare; negated: boolean }> = {
  StringEquals: { compare: equals, negated: false },
  StringNotEquals: { compare: equals, negated: true },
  StringEqualsIgnoreCase: { compare: caseless, negated: false },
  StringLike: { compare: like, negated: false },
  StringNotLike: { compare: like, negated: true },
  ArnEquals: { compare: like, negated: false },
  ArnLike: { compare: like, negated: false },
  ArnNotEquals: { compare: like, negated: true },
  ArnNotLike: { compare: like, negated: true },
  Bool: { compare: caseless, negated: false },
};

/** The keys that the front supplies; any other key would never be evaluated as it is on AWS. */
const KEYS = new Set([
  'aws:securetransport',
  'aws:requestedregion',
  'aws:principalaccount',
  'aws:principalarn',
  'aws:resourceaccount',
  'bedrock:inferenceprofilearn',
  'dynamodb:leadingkeys',
  'events:source',
  'events:detail-type',
  'ses:fromaddress',
  'ses:recipients',
  's3:prefix',
  's3:delimiter',
]);

/**
 * Compiles a `Condition` block. An operator or key that is unknown becomes a condition that throws when a call
 * reaches it: roles also carry statements for services that do not exist locally, and those must not stop the start.
 */
export function compileConditions(
  block: Record<string, Record<string, unknown>>,
  where: string,
): Condition[] {
  return Object.entries(block).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, wanted]) => compileOne(operator, key, wanted, where)),
  );
}

function compileOne(operator: string, key: string, wanted: unknown, where: string): Condition {
  const parts = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator);
  const known = parts?.[2] === undefined ? undefined : OPERATORS[parts[2]];
  if (known === undefined) return unknown(`Unknown condition operator ${operator} (${where})`);
  if (!KEYS.has(key.toLowerCase())) return unknown(`Unknown condition key ${key} (${where})`);

  const values = (Array.isArray(wanted) ? wanted : [wanted]).map(String);
  if (values.some((value) => value.includes('${')))
    return unknown(`Unknown condition value ${String(wanted)} (${where})`);
  const hit = (actual: string) => values.some((value) => known.compare(actual, value)) !== known.negated;
  const [, set, , ifExists] = parts ?? [];

  return (context) => {
    const actual = lookup(context, key);
    if (actual === undefined) {
      // IAM: an absent key satisfies ForAllValues, …IfExists and the negated operators, and nothing else.
      return set === 'ForAllValues' || ifExists !== undefined || (known.negated && set === undefined);
    }
    return set === 'ForAllValues' || (known.negated && set === undefined)
      ? actual.every(hit)
      : actual.some(hit);
  };
}

function lookup(context: RequestContext, key: string): string[] | undefined {
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
  if (found === undefined) return undefined;
  return Array.isArray(found) ? found.map(String) : [String(found)];
}

function unknown(message: string): Condition {
  return () => {
    throw new UnknownPolicyElement(message);
  };
}
