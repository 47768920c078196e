/** Whether an answer is the one that was expected: status, code, form, and nothing more than that. */
import { problemSchema } from '#shared/contract/errors.ts';
import type { RegisteredEndpoint } from '#shared/contract/module.ts';
import type { HttpAnswer } from '../support/http.ts';
import { factoriesFile } from '../support/inputs.ts';
import { isOutput } from '../support/output.ts';
import type { Expectation, Principal } from './table.ts';

/** One call that was made. `principal` is missing where the token was worth nothing. */
export type Observation = {
  called: RegisteredEndpoint;
  name: string;
  principal?: Principal;
  answer: HttpAnswer;
};

/** What is wrong with an answer; undefined when nothing is. */
export function complaintOf(
  { called, name, answer }: Observation,
  expectation: Expectation,
): string | undefined {
  const wrong = expectation === 'success' ? failure(called, answer) : admission(expectation, answer);
  return wrong === undefined ? undefined : `${called.operationId}, ${name}: ${wrong}`;
}

/** The body without the id of the request, which is all in which two refusals may differ. */
export function comparable({ status, body, text }: HttpAnswer): string {
  if (typeof body !== 'object' || body === null) return `${status} ${text}`;
  const { instance: _instance, ...rest } = body as Record<string, unknown>;
  return `${status} ${JSON.stringify(rest)}`;
}

function failure({ endpoint, operationId }: RegisteredEndpoint, answer: HttpAnswer): string | undefined {
  if (answer.status !== endpoint.status) {
    const help =
      answer.status < 500 && answer.status !== 401
        ? `; if the made-up input is to blame, give ${operationId} an input factory in ${factoriesFile}`
        : '';
    return `expected ${endpoint.status} for an allowed caller, got ${comparable(answer).slice(0, 300)}${help}`;
  }
  return isOutput(endpoint, answer)
    ? undefined
    : `the answer does not fit the contract: ${answer.text.slice(0, 300)}`;
}

const problem = problemSchema.strict();
/** The same answers are held against many tables. */
const read = new WeakMap<HttpAnswer, ReturnType<typeof problem.safeParse>>();

function problemIn(answer: HttpAnswer): ReturnType<typeof problem.safeParse> {
  const found = read.get(answer) ?? problem.safeParse(answer.body);
  read.set(answer, found);
  return found;
}

function admission(expectation: Exclude<Expectation, 'success'>, answer: HttpAnswer): string | undefined {
  const got = problemIn(answer);
  const wanted = `${expectation.status} ${expectation.code}`;
  if (!got.success) return `expected ${wanted}, got ${answer.status} ${answer.text.slice(0, 300)}`;
  const { status, code } = got.data;
  if (answer.status !== expectation.status || status !== expectation.status || code !== expectation.code) {
    return `expected ${wanted}, got ${answer.status} ${code}`;
  }
  if (answer.headers['content-type'] !== 'application/problem+json')
    return 'a refusal that is no problem+json';
  if (status === 401 && answer.headers['www-authenticate'] === undefined)
    return 'a 401 without WWW-Authenticate';
  return undefined;
}
