import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { type Endpoint, endpoint, pathParameters } from '#shared/contract/endpoint.ts';
import { job } from '#shared/contract/job.ts';
import { endpointsOf, module } from '#shared/contract/module.ts';

type Loose = (definition: Record<string, unknown>) => Endpoint;

// Declarations that the types refuse may still reach the program, from plain JavaScript.
const declare = endpoint as unknown as Loose;
const sound = {
  plane: 'tenant',
  method: 'POST',
  path: '/v1/things/{thingId}/parts',
  summary: 'x',
  params: { thingId: z.string() },
  query: z.object({ verbose: z.string().optional() }),
  body: z.object({ size: z.number() }),
  output: z.object({}),
  permission: 'tenant:read',
  rate: 'standard',
  capability: 'tenancy',
  idempotency: 'required',
  requirements: ['TEN-1'],
};

describe('[API-1] a declaration', () => {
  test('that is sound is kept, frozen, with its defaults', () => {
    const declared = declare(sound);
    expect(declared).toMatchObject({ status: 200, audit: undefined, meter: undefined, errors: [] });
    expect(Object.isFrozen(declared)).toBe(true);
    expect(pathParameters(declared.path)).toEqual(['thingId']);
  });

  test.each([
    ['a path without a version', { path: '/things', params: {} }, 'a path is /v1 followed by'],
    ['a parameter that is part of a segment', { path: '/v1/things-{thingId}' }, 'a path is /v1 followed by'],
    ['an upper-case segment', { path: '/v1/Things/{thingId}' }, 'a path is /v1 followed by'],
    ['a trailing slash', { path: '/v1/things/{thingId}/' }, 'a path is /v1 followed by'],
    [
      'params that the path does not name',
      { params: { id: z.string() } },
      'exactly the parameters of the path',
    ],
    ['params that are missing', { params: undefined }, 'exactly the parameters of the path'],
    [
      'a name in two places',
      { body: z.object({ thingId: z.string() }) },
      'thingId is named twice in the input',
    ],
    ['a GET with a body', { method: 'GET' }, 'a GET has no body'],
    [
      'a secret that a repeated call would be told again',
      { output: z.object({ secret: z.string() }), shownOnce: ['secret'] },
      'secret is shown once, so the output must allow null for it',
    ],
    [
      'a secret that is no field of the output',
      { output: z.object({ other: z.string().nullable() }), shownOnce: ['secret'] },
      'secret is shown once, so the output must allow null for it',
    ],
    [
      'a tenant endpoint without permission',
      { permission: undefined },
      "needs a permission: write permission: '…' in the declaration, with one of tenantPermissions in",
    ],
    ['a user endpoint with permission', { plane: 'user' }, 'the user plane takes no permission'],
    ['a permission of the platform', { permission: 'platform:tenants:read' }, 'belongs to the other plane'],
    ['a permission of tenants', { plane: 'platform' }, 'belongs to the other plane'],
    ['no requirement', { requirements: [] }, "serves no requirement: write requirements: ['…'] in the decl"],
    ['requirements that are missing', { requirements: undefined }, 'serves no requirement'],
  ])('with %s is refused', (_what, change, message) => {
    expect(() => declare({ ...sound, ...change })).toThrow(TypeError);
    expect(() => declare({ ...sound, ...change })).toThrow(message);
    expect(() => declare({ ...sound, ...change })).toThrow(/^(POST|GET) \//);
  });

  test('[GOV-3] takes no field that it does not name', () => {
    const { body, query } = declare(sound);
    expect(body?.safeParse({ size: 1, admin: true }).success).toBe(false);
    expect(query.safeParse({ verbose: 'x', debug: '1' }).success).toBe(false);
    expect(body?.safeParse({ size: 1 }).success).toBe(true);
  });

  test('without a query takes none', () => {
    expect(declare({ ...sound, query: undefined }).query.safeParse({ x: '1' }).success).toBe(false);
  });
});

describe('[API-1] a module', () => {
  test('names its operations after itself', () => {
    const things = module({ name: 'things', summary: 'x', contract: { add: declare(sound) }, needs: {} });
    expect(endpointsOf([things]).map(({ operationId }) => operationId)).toEqual(['things.add']);
    expect(things).toMatchObject({ jobs: {}, events: {} });
  });

  test('names its jobs after itself', () => {
    const send = job({ name: 'others.send', summary: 'x', payload: z.object({}), requirements: ['TEN-1'] });
    const declaring = () => module({ name: 'things', summary: 'x', contract: {}, jobs: { send }, needs: {} });
    expect(declaring).toThrow('job others.send must be named things.<verb>');
  });
});
