/** Calls that are made again: the same, a changed one, by another, many at once. Each returns what was wrong. */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type * as z from 'zod';
import { problems } from '#shared/contract/errors.ts';
import type { RegisteredEndpoint } from '#shared/contract/module.ts';
import { arbitraryOf } from '../support/arbitrary.ts';
import type { Effects } from '../support/effects.ts';
import type { HttpAnswer } from '../support/http.ts';
import type { BatterySite } from '../support/site.ts';
import { codeOf, effectComplaint, isSuccess, newTrial, type Trial } from './trial.ts';

export type Check = (
  site: BatterySite,
  called: RegisteredEndpoint,
  one: Effects,
) => Promise<string | undefined>;

const atOnce = 50;

/** The same call twice: the same answer where there is a key, and one effect in any case. */
export const sameTwice: Check = async (site, called, one) => {
  const trial = await newTrial(site, called);
  const [first, second] = [await trial.send(), await trial.send()];
  return (
    (isSuccess(trial, first) ? repeatComplaint(trial, first, second) : codeOf(first)) ??
    effectComplaint(trial, one)
  );
};

/** The same key with something else: refused, and nothing more has happened. */
export const changedPayload: Check = async (site, called, one) => {
  const trial = await newTrial(site, called);
  await trial.send();
  const answer = await trial.send({ input: changed(trial) });
  return mismatchComplaint(answer) ?? effectComplaint(trial, one);
};

/** The same key at another endpoint. */
export function otherEndpoint(others: readonly RegisteredEndpoint[]): Check {
  return async (site, called, one) => {
    const other = others.find(
      ({ endpoint, operationId }) =>
        endpoint.plane === called.endpoint.plane &&
        endpoint.idempotency !== undefined &&
        operationId !== called.operationId,
    );
    if (other === undefined) return undefined;
    const trial = await newTrial(site, called);
    await trial.send();
    const { input } = await newTrial(site, other);
    const answer = await trial.send({ called: other, input });
    return mismatchComplaint(answer) ?? effectComplaint(trial, one);
  };
}

/** The same key of somebody else is another key. */
export const otherPerson: Check = async (site, called, one) => {
  const [mine, theirs] = [await newTrial(site, called), await newTrial(site, called)];
  const answers = [await mine.send(), await theirs.send({ key: mine.key })];
  const failed = answers.find((answer) => !isSuccess(mine, answer));
  if (failed !== undefined) return `one of two people with the same key got ${codeOf(failed)}`;
  return (await effectComplaint(mine, one)) ?? effectComplaint(theirs, one);
};

/** Fifty times at once: one does it, and whoever is told that it succeeded is told the same. */
export const manyAtOnce: Check = async (site, called, one) => {
  const trial = await newTrial(site, called);
  const answers = await Promise.all(Array.from({ length: atOnce }, () => trial.send()));
  const successes = answers.filter((answer) => isSuccess(trial, answer));
  const [first] = successes;
  if (first === undefined) return `none of ${atOnce} calls succeeded: ${codeOf(answers[0] as HttpAnswer)}`;
  const strange = answers.filter((answer) => !isSuccess(trial, answer) && !isFine(trial, answer));
  if (strange.length > 0)
    return `${strange.length} of ${atOnce} calls got ${codeOf(strange[0] as HttpAnswer)}`;
  if (
    trial.key !== undefined &&
    successes.some((one) => !isDeepStrictEqual(kept(trial, one), kept(trial, first)))
  ) {
    return 'calls with one key were told different things';
  }
  const secrets = successes.filter((one) => !isDeepStrictEqual(one.body, kept(trial, one)));
  if (secrets.length > 1) return `${secrets.length} calls were shown what is shown once`;
  return repeatComplaint(trial, first, await trial.send()) ?? effectComplaint(trial, one);
};

/** Where a key is required, nothing happens without one, nor with one that is too long. */
export const noKey: Check = async (site, called) => {
  const trial = await newTrial(site, called);
  const answers = {
    'no key': await trial.send({ key: '' }),
    'a key of 201 characters': await trial.send({ key: randomUUID().padEnd(201, 'x') }),
  };
  for (const [what, answer] of Object.entries(answers)) {
    if (answer.status !== 400) return `${what} got ${codeOf(answer)}`;
  }
  return effectComplaint(trial, {});
};

/** What is wrong with the answer to a repeated call. */
export function repeatComplaint(trial: Trial, first: HttpAnswer, second: HttpAnswer): string | undefined {
  // Without a key the second call finds what the first one did: nothing left to do, or the same to do.
  if (trial.key === undefined) {
    return isSuccess(trial, second) || isFine(trial, second)
      ? undefined
      : `repeating it got ${codeOf(second)}`;
  }
  if (trial.called.endpoint.streams) {
    // Such answers are not kept: who repeats the call learns that it was made.
    const { status, code } = problems.answerNotKept;
    return codeOf(second) === `${status} ${code}` ? undefined : `repeating it got ${codeOf(second)}`;
  }
  if (second.status !== first.status || !isRetold(trial, first, second)) {
    return `repeating it got ${codeOf(second)} ${second.text.slice(0, 200)} instead of ${first.text.slice(0, 200)}`;
  }
  return undefined;
}

/** Whether a second answer is the first one to the letter, but for what is shown once. */
function isRetold(trial: Trial, first: HttpAnswer, second: HttpAnswer): boolean {
  if (trial.called.endpoint.shownOnce.length === 0) return second.text === first.text;
  return isDeepStrictEqual(second.body, kept(trial, first));
}

/** What of an answer is kept for a repeated call. */
function kept({ called }: Trial, { body }: HttpAnswer): unknown {
  const { shownOnce } = called.endpoint;
  if (shownOnce.length === 0) return body;
  return { ...(body as object), ...Object.fromEntries(shownOnce.map((name) => [name, null])) };
}

/** Refusals that a repeated call may honestly get. */
export function isFine({ called, key }: Trial, answer: HttpAnswer): boolean {
  const honest =
    // Who has signed out everywhere cannot do it again.
    key === undefined
      ? [problems.notFound, problems.sessionEnded]
      : [
          ...[problems.inFlight, problems.unavailable, problems.rateLimited],
          ...(called.endpoint.streams ? [problems.answerNotKept] : []),
        ];
  return honest.some(({ status, code }) => codeOf(answer) === `${status} ${code}`);
}

function mismatchComplaint(answer: HttpAnswer): string | undefined {
  const { status, code } = problems.idempotencyMismatch;
  return codeOf(answer) === `${status} ${code}`
    ? undefined
    : `expected ${status} ${code}, got ${codeOf(answer)}`;
}

/** Another input that the contract accepts: one field of the body differs, or is there where none was. */
function changed({ called, input }: Trial): Record<string, unknown> {
  const shape = (called.endpoint.body?.shape ?? {}) as Record<string, z.ZodType>;
  const given = Object.keys(shape).filter((field) => field in input);
  const name = given.at(-1) ?? Object.keys(shape)[0];
  const schema = name === undefined ? undefined : shape[name];
  if (name === undefined || schema === undefined)
    throw new Error(`${called.operationId} has no body to change`);
  const [value] = fc.sample(
    arbitraryOf(schema, name).filter((other) => other !== input[name]),
    1,
  );
  return { ...input, [name]: value };
}
