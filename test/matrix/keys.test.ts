/**
 * API keys, by enumeration: every endpoint of the registry with keys that are worth nothing, and with keys of several
 * roles, scopes and tenants. `npm run battery authz` tries many more, on the whole stack.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { endpointsOf } from '#shared/contract/module.ts';
import { registry } from '#shared/registry.ts';
import { tenantStatusSchema } from '#shared/tenancy/tenancy.contract.ts';
import {
  fewKeyCases,
  judgedKeys,
  type KeyObservation,
  tellingKeys,
  tryKeys,
  wrongTables,
} from '#test/battery/authz/keys.ts';
import { type Deployment, startDeployment } from './deployment.ts';

const endpoints = endpointsOf(Object.values(registry));
const keys = fewKeyCases(tenantStatusSchema.options);

let deployment: Deployment;
let observed: KeyObservation[];

beforeAll(async () => {
  deployment = await startDeployment();
  observed = await tryKeys(deployment, endpoints, keys);
}, 120_000);
afterAll(() => deployment?.stop());

describe('every endpoint of the registry', () => {
  test('[IDN-8] [ACC-4] serves a key as far as its role, its scopes and its tenant go, and no further', () => {
    expect(observed.length).toBeGreaterThan(endpoints.length * 10);
    expect(judgedKeys(observed)).toEqual([]);
  });

  test('[IDN-8] refuses keys in the same words, whatever they once were', () => {
    expect(tellingKeys(observed)).toEqual([]);
  });
});

test('[IDN-8] the matrix notices a table that is wrong about one role and one permission', () => {
  const wrong = wrongTables(['owner', 'viewer']);
  const unnoticed = wrong.filter(({ held }) => judgedKeys(observed, held).length === 0);
  expect(wrong.length).toBeGreaterThan(0);
  expect(unnoticed.map(({ name }) => name)).toEqual([]);
});
