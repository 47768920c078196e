/**
 * Who may do what, by enumeration: every endpoint of the registry with every token that is worth nothing, and as
 * every principal. What is right comes from the permission catalogue; `npm run battery authz` tries the same on
 * the whole stack, and more.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { endpointsOf } from '#shared/contract/module.ts';
import { registry } from '#shared/registry.ts';
import { tenantStatusSchema } from '#shared/tenancy/tenancy.contract.ts';
import { judged, telling, tryForeignIds, tryForgeries, tryPrincipals } from '#test/battery/authz/exam.ts';
import { flips } from '#test/battery/authz/flips.ts';
import { type Forge, startForge } from '#test/battery/authz/forgeries.ts';
import type { Observation } from '#test/battery/authz/judgement.ts';
import { wrongPermissionOf } from '#test/battery/authz/mutants.ts';
import { principals } from '#test/battery/authz/principals.ts';
import { idleFactories } from '#test/battery/support/inputs.ts';
import { type Deployment, startDeployment } from './deployment.ts';

const endpoints = endpointsOf(Object.values(registry));
const everybody = principals(tenantStatusSchema.options);

let deployment: Deployment;
let forge: Forge;
let forged: Observation[];
let genuine: Observation[];

beforeAll(async () => {
  deployment = await startDeployment();
  forge = await startForge(deployment.pool);
  forged = await tryForgeries(deployment, endpoints, forge.forgeries);
  genuine = await tryPrincipals(deployment, endpoints, everybody);
}, 240_000);
afterAll(async () => {
  await forge?.stop();
  await deployment?.stop();
});

describe('every endpoint of the registry', () => {
  test('[IDN-2] refuses every token that is not a current one of this pool and client', () => {
    expect(forged).toHaveLength(endpoints.length * forge.forgeries.length);
    expect(judged(forged)).toEqual([]);
    expect(forge.keyRequests()).toBe(0);
  });

  test('[ACC-4] [TEN-4] [IDN-11] serves those whom the permission catalogue allows, and nobody else', () => {
    expect(genuine).toHaveLength(endpoints.length * everybody.length);
    expect(judged(genuine)).toEqual([]);
  });

  test('[TEN-5] answers an id of another tenant like one that nobody has', async () => {
    const { tried, complaints } = await tryForeignIds(deployment, endpoints);
    expect(tried).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
  }, 60_000);

  test('[IDN-2] [TEN-5] refuses strangers in the same words, whatever they tried', () => {
    expect(telling([...forged, ...genuine])).toEqual([]);
  });

  test('[ACC-4] is tried with inputs that are still in use', () => {
    expect(idleFactories(endpoints)).toEqual([]);
  });
});

describe('the matrix notices', () => {
  test('[ACC-4] a table that is wrong about one role and one permission', () => {
    const wrong = flips();
    const unnoticed = wrong.filter(({ held }) => judged(genuine, held).length === 0);
    expect(wrong.length).toBeGreaterThan(0);
    expect(unnoticed.map(({ name }) => name)).toEqual([]);
  });

  test.each(['tenant', 'platform'] as const)(
    '[ACC-4] an endpoint of the %s plane that is deployed with another permission',
    async (plane) => {
      const called = endpoints.find(({ endpoint }) => endpoint.plane === plane);
      const is = called === undefined ? undefined : wrongPermissionOf(called.endpoint);
      if (called === undefined || is === undefined) throw new Error(`No endpoint is on the ${plane} plane.`);
      const { module, name: endpoint } = called;
      const observed = await deployment.whileWrong({ module, permission: { endpoint, is } }, () =>
        tryPrincipals(deployment, [called], everybody),
      );
      expect(judged(observed.filter(({ answer }) => answer.status < 500))).not.toEqual([]);
    },
    60_000,
  );

  test('[IDN-2] a deployment that takes the tokens of another client', async () => {
    const called = endpoints.filter(({ endpoint }) => endpoint.plane === 'tenant').slice(0, 1);
    const { module = '' } = called[0] ?? {};
    const observed = await deployment.whileWrong({ module, otherClient: 'another-client' }, () =>
      tryForgeries(deployment, called, forge.forgeries),
    );
    expect(judged(observed.filter(({ answer }) => answer.status < 500))).toEqual([
      expect.stringContaining('wrong client'),
    ]);
  }, 60_000);
});
