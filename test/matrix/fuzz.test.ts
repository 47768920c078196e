/**
 * Whatever is sent, the answer is one that the contract declares: a few inputs of each kind to every endpoint, and
 * a part of the hostile requests. `npm run battery fuzz` sends the rest.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { problems } from '#shared/contract/errors.ts';
import { endpointsOf } from '#shared/contract/module.ts';
import { registry } from '#shared/registry.ts';
import { fuzzInputs, fuzzTransports } from '#test/battery/fuzz/fuzzing.ts';
import { inGoodOrder, takeBack } from '#test/battery/fuzz/platform-wide.ts';
import type { Tried } from '#test/battery/support/site.ts';
import { type Deployment, startDeployment } from './deployment.ts';

// What takes a cookie refuses everything that is no page of the console: test/shared/sessions has pages.
const open = endpointsOf(Object.values(registry)).filter(({ endpoint }) => endpoint.cookie === undefined);
const endpoints = inGoodOrder(open);
const inputsOfEach = 5;
const oneHostileOf = 8;
// The same inputs in every run: here a failure must be one of the change, and the battery looks for new ones.
const seed = 20_261_121;

let deployment: Deployment;

beforeAll(async () => {
  deployment = await startDeployment();
}, 60_000);
afterAll(() => deployment?.stop());

describe('every endpoint of the registry', () => {
  test('[API-1] answers valid inputs as its contract declares', async () => {
    const outcome = await fuzzInputs(deployment, endpoints, { kind: 'valid', count: inputsOfEach, seed });
    await takeBack(deployment);
    expect(outcome.tried).toBe(endpoints.length * inputsOfEach);
    expect(outcome.complaints).toEqual([]);
  }, 60_000);

  test('[TEN-11] answers inputs that are wrong in one place as its contract declares, and tells nothing', async () => {
    const outcome = await fuzzInputs(deployment, endpoints, { kind: 'mutated', count: inputsOfEach, seed });
    await takeBack(deployment);
    expect(outcome.tried).toBe(endpoints.length * inputsOfEach);
    expect(outcome.complaints).toEqual([]);
  }, 60_000);

  test('[TEN-11] survives requests that are hostile as such, and tells nothing', async () => {
    const { tried, complaints } = await fuzzTransports(deployment, endpoints, oneHostileOf);
    expect(tried).toBeGreaterThan(endpoints.length);
    expect(complaints).toEqual([]);
  }, 60_000);
});

describe('the matrix notices', () => {
  const called = endpoints.slice(0, 1);

  test.each([
    ['a failure of ours', 500, { code: 'internal' }],
    ['a problem that the contract does not declare', 418, { type: 'x', title: 'x', status: 418, code: 'x' }],
    ['SQL in an answer', problems.forbidden.status, { detail: 'select id from app.tenants where true' }],
  ])('[TEN-11] a deployment that answers with %s', async (_what, status, body) => {
    const wrong = answering(deployment, status, body);
    const outcome = await fuzzInputs(wrong, called, { kind: 'mutated', count: inputsOfEach, seed });
    expect(outcome.complaints).toHaveLength(inputsOfEach);
  });

  test('[TEN-11] a deployment that shows a stranger’s address', async () => {
    const address = `somebody.else@${deployment.world.mailDomain}`;
    const leaking: Tried = {
      ...deployment,
      http: {
        ...deployment.http,
        send: async (request) => {
          const answer = await deployment.http.send(request);
          return { ...answer, text: `${answer.text} ${address}` };
        },
      },
    };
    const outcome = await fuzzInputs(leaking, called, { kind: 'valid', count: 1, seed });
    expect(outcome.complaints).toEqual([expect.stringContaining(address)]);
  });
});

function answering({ world, http }: Tried, status: number, body: object): Tried {
  const headers = { 'content-type': 'application/problem+json' };
  const send = async () => ({ status, headers, body, text: JSON.stringify(body) });
  return { world, http: { ...http, send } };
}
