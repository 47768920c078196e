import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { endpoint } from '#shared/contract/endpoint.ts';
import { event } from '#shared/contract/event.ts';
import { job } from '#shared/contract/job.ts';
import { endpointsOf, module } from '#shared/contract/module.ts';
import { workflow } from '#shared/contract/workflow.ts';
import { registry } from '#shared/registry.ts';
import { ambiguous, missingParts, unregistered } from './registry-rules.ts';
import { projectFiles } from './source.ts';

const modules = Object.values(registry);
const paths = projectFiles();

const get = (path: `/v1/${string}`, params: Record<string, z.ZodType> = {}) =>
  endpoint({
    plane: 'public',
    method: 'GET',
    path: path as '/v1/x',
    ...({ params } as object),
    summary: 'x',
    output: z.object({}),
    rate: 'public',
    capability: 'health',
    requirements: ['OPS-3'],
  });
const shipping = module({ name: 'shipping', summary: 'x', contract: { one: get('/v1/one') }, needs: {} });
const withJobs = module({
  name: 'shipping',
  summary: 'x',
  contract: {},
  jobs: {
    send: job({ name: 'shipping.send', summary: 'x', payload: z.object({}), requirements: ['OPS-3'] }),
  },
  needs: {},
});

const withWorkflows = module({
  name: 'shipping',
  summary: 'x',
  contract: {},
  workflows: {
    pack: workflow({
      ...{ name: 'shipping.pack', summary: 'x', input: z.object({}), requirements: ['OPS-3'] },
      ...{ steps: { pack: { timeoutSeconds: 1 } }, failed: { timeoutSeconds: 1 } },
    }),
  },
  needs: {},
});

describe('[ARC-1] the registry', () => {
  test('every module is complete: folder, entries', () => {
    expect(missingParts(modules, paths)).toEqual([]);
  });

  test('every module and entry file is registered', () => {
    expect(unregistered(modules, paths)).toEqual([]);
  });

  test('every module stands under its own name', () => {
    for (const [key, { name }] of Object.entries(registry)) expect(key).toBe(name);
  });

  test('[API-1] routes, operations and events can be told apart', () => {
    expect(ambiguous(modules)).toEqual([]);
  });

  test('[ARC-1] paths stay under 280 resources of the gateway', () => {
    const resources = new Set(
      endpointsOf(modules).flatMap(({ endpoint: { path } }) => {
        const segments = path.split('/').slice(1);
        return segments.map((_segment, index) => segments.slice(0, index + 1).join('/'));
      }),
    );
    expect(resources.size).toBeLessThan(280);
  });
});

describe('[ARC-1] what is missing is named, with what to add', () => {
  test('a module without its folder and entry', () => {
    expect(missingParts([shipping], [])).toEqual([
      'shared/shipping/module.ts is missing: declare the module shipping there',
      'functions/http/shipping.ts is missing: add: export const handler = serve(shipping, shippingOps)',
    ]);
  });

  test('a module with jobs and no worker', () => {
    const present = ['shared/shipping/module.ts', 'functions/http/shipping.ts'];
    expect(missingParts([withJobs], present)).toEqual([
      'functions/queue/shipping.ts is missing: add: export const handler = consume(shipping, shippingWorkers)',
    ]);
    expect(missingParts([withJobs], [...present, 'functions/queue/shipping.ts'])).toEqual([]);
  });

  test('a module with workflows and no steps, and steps of no workflow', () => {
    const present = ['shared/shipping/module.ts', 'functions/http/shipping.ts'];
    const entry = 'functions/workflow/shipping.ts';
    expect(missingParts([withWorkflows], present)).toEqual([
      `${entry} is missing: add: export const handler = work(shipping, shippingSteps)`,
    ]);
    expect(missingParts([withWorkflows], [...present, entry])).toEqual([]);
    expect(unregistered([withWorkflows], [entry])).toEqual([]);
    expect(unregistered([shipping], [entry])).toEqual([
      `${entry}: the module shipping has no workflows; declare them or remove the file`,
    ]);
  });

  test('a module, a route and a worker that nobody registered', () => {
    const stray = ['shared/shipping/module.ts', 'functions/http/shipping.ts', 'functions/queue/shipping.ts'];
    expect(unregistered([], stray)).toEqual([
      'shared/shipping/module.ts: add shipping to shared/registry.ts',
      'functions/http/shipping.ts: there is no module shipping; remove it',
      'functions/queue/shipping.ts: the module shipping has no jobs; declare them in its module.ts or remove the file',
    ]);
    expect(unregistered([withJobs], stray)).toEqual([]);
    expect(unregistered([shipping], ['functions/queue/outbox.ts'])).toEqual([]);
  });
});

describe('[API-1] what cannot be told apart is named', () => {
  const named = (name: string, contract: Record<string, ReturnType<typeof get>>) =>
    module({ name, summary: 'x', contract, needs: {} });

  test('one route twice', () => {
    const both = [named('a', { list: get('/v1/one') }), named('b', { all: get('/v1/one') })];
    expect(ambiguous(both)).toEqual(['a.list and b.all have the same route: GET /v1/one']);
  });

  test('one path under two parameter names', () => {
    const both = named('a', {
      one: get('/v1/one/{id}', { id: z.string() }),
      two: get('/v1/one/{key}', { key: z.string() }),
    });
    expect(ambiguous([both])).toEqual([
      'a.one and a.two name the same path differently: /v1/one/{id}, /v1/one/{key}; use one name',
    ]);
  });

  test('two modules, and so two operations, of one name', () => {
    const both = [named('a', { list: get('/v1/one') }), named('a', { list: get('/v1/two') })];
    expect(ambiguous(both)).toEqual([
      'two modules are named a: rename one',
      'two operations are named a.list',
    ]);
  });

  test('two events of one type', () => {
    const happened = event({ type: 'happened', summary: 'x', data: z.object({}), requirements: ['OPS-3'] });
    const owner = (name: string) =>
      module({ name, summary: 'x', contract: {}, events: { happened }, needs: {} });
    expect(ambiguous([owner('a'), owner('b')])).toEqual(['two events are named happened']);
  });
});
