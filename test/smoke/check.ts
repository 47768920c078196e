/** The few checks of the smoke story; each failure says what was expected and what came. */
import { isDeepStrictEqual } from 'node:util';
import { ApiError } from '#shared/contract/client.ts';

/** Requires equal values. */
export function same(actual: unknown, expected: unknown, what: string): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new Error(`${what}: expected ${show(expected)}, got ${show(actual)}`);
}

/** Requires a condition. */
export function holds(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

/** A refusal as the caller sees it. The request's id, `instance`, differs between any two calls. */
export type Refusal = { status: number; code: string; body: Record<string, unknown> };

/** The refusal that a call must end in; given a status or code, that very one. */
export async function refused(
  call: Promise<unknown>,
  expected: { status?: number; code?: string } = {},
): Promise<Refusal> {
  const answer = await call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('value' in answer) throw new Error(`expected a refusal, got ${show(answer.value)}`);
  if (!(answer.error instanceof ApiError) || answer.error.problem === undefined) throw answer.error;
  const { instance: _instance, ...body } = answer.error.problem;
  const refusal = { status: answer.error.status, code: body.code, body };
  same({ ...pick(refusal), ...expected }, pick(refusal), 'the refusal');
  return refusal;
}

function pick({ status, code }: Refusal) {
  return { status, code };
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
