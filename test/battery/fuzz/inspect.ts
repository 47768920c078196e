/** What no answer may show, whatever was sent, and what every answer must look like. */
import { problemSchema } from '#shared/contract/errors.ts';
import type { EndpointFacts } from '#shared/contract/endpoint.ts';
import { possibleProblems } from '#shared/contract/openapi.ts';
import type { TenantId } from '#shared/contract/ids.ts';
import type { HttpAnswer } from '../support/http.ts';
import { isOutput } from '../support/output.ts';
import type { Person, World } from '../support/world.ts';

/** Traces of what happens inside; an answer with one of them says more than it should. */
const internals: readonly (readonly [RegExp, string])[] = [
  [/^\s*at .+:\d+:\d+/m, 'a stack trace'],
  [/\.(m?js|ts):\d+|node_modules|file:\/\/|\/(var|tmp|opt|usr|etc|proc)\/[\w.-]/, 'a file'],
  [/\b(select|insert into|update|delete from)\b.+\b(from|values|set|where)\b/i, 'SQL'],
  [/\bapp\.[a-z_]+\b|\bpg_\w+|relation "|syntax error at|violates|duplicate key/, 'the database'],
  [/\bE(CONN|TIMEDOUT|PIPE|NOTFOUND)\w*|127\.0\.0\.1|\blocalhost\b|arn:aws|amazonaws/, 'the infrastructure'],
  [
    /\b(Type|Range|Syntax|Reference|Zod|Aggregate)Error\b|is not a function|undefined \(reading/,
    'an exception',
  ],
];

/** What is wrong with a refusal's text. `sent` is what the caller said, which may be said back to them. */
export function internalsIn(text: string, sent: string): string | undefined {
  const found = internals.find(([pattern]) => {
    const match = pattern.exec(text);
    return match !== null && !sent.includes(match[0]);
  });
  return found === undefined ? undefined : `shows ${found[1]}: ${text.slice(0, 300)}`;
}

/** People of other tenants whose address stands in an answer. */
export function strangersIn(
  text: string,
  world: World,
  caller: { actor: Person; tenant: TenantId },
): string[] {
  const addresses = text.match(new RegExp(`[\\w.-]+@${world.mailDomain.replaceAll('.', '\\.')}`, 'g')) ?? [];
  return addresses.filter(
    (address) => address !== caller.actor.email && !world.belongs(address, caller.tenant),
  );
}

/**
 * What is wrong with an answer as such: a failure of ours, a status or code that is not declared, a body that
 * fits no schema.
 */
export function malformed(endpoint: EndpointFacts, answer: HttpAnswer): string | undefined {
  const { status, body, text, headers } = answer;
  if (status >= 500) return `answered ${status}: ${text.slice(0, 300)}`;
  if (status === endpoint.status) {
    if (isOutput(endpoint, answer)) return undefined;
    return `the answer does not fit the contract: ${text.slice(0, 300)}`;
  }
  const problem = problemSchema.strict().safeParse(body);
  if (!problem.success) return `answered ${status} without a problem: ${text.slice(0, 300)}`;
  if (problem.data.status !== status) return `answered ${status} with a problem of ${problem.data.status}`;
  if (headers['content-type'] !== 'application/problem+json') return 'a problem that is not problem+json';
  const declared = possibleProblems(endpoint).some(
    (known) => known.status === status && known.code === problem.data.code,
  );
  return declared ? undefined : `answered ${status} ${problem.data.code}, which is not declared`;
}
