/** The capability registry as it is, and every way to break it. */
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import {
  capabilities,
  type Capability,
  type CapabilityName,
  killSwitches,
} from '#shared/config/capabilities.ts';
import {
  assertCapabilities,
  capabilityMistakes,
  type CapabilityRegistry,
} from '#shared/contract/capability-registry.ts';
import { endpoint } from '#shared/contract/endpoint.ts';
import { job } from '#shared/contract/job.ts';
import { module } from '#shared/contract/module.ts';
import { serve } from '#shared/middleware/serve.ts';
import { registry } from '#shared/registry.ts';

const modules = Object.values(registry);
const on: Capability = {
  summary: 'A thing',
  priority: 'P1',
  enabledByDefault: true,
  requiredForProduction: false,
};
const switches = Object.keys(killSwitches);
/** The registry with one more capability. */
const withThing = (thing: object): CapabilityRegistry => ({
  switches,
  capabilities: { ...capabilities, thing: { ...on, ...thing } },
});
/** A module whose only endpoint names that capability. */
const naming = (capability: string) =>
  module({
    name: 'things',
    summary: 'Things',
    contract: {
      get: endpoint({
        plane: 'public',
        method: 'GET',
        path: '/v1/things',
        summary: 'A thing',
        output: z.object({}),
        rate: 'public',
        capability: capability as CapabilityName,
        requirements: ['CAP-1'],
      }),
    },
    needs: {},
  });

describe('the registry', () => {
  test('[CAP-1] it is sound, with every endpoint there is', () => {
    expect(capabilityMistakes(modules)).toEqual([]);
    expect(() => assertCapabilities(modules)).not.toThrow();
  });

  test('[CAP-4] templates are for all, packs and marketplace from pro, the rest for enterprise', () => {
    const { templates, packs, marketplace, sso, rbac, audit_stream, db_per_tenant } = capabilities;
    const includes = (capability: Capability) =>
      (['basic', 'pro', 'enterprise'] as const).filter(
        (plan) => capability.plans?.[plan] ?? capability.enabledByDefault,
      );
    expect(includes(templates)).toEqual(['basic', 'pro', 'enterprise']);
    for (const each of [packs, marketplace]) expect(includes(each)).toEqual(['pro', 'enterprise']);
    for (const each of [sso, rbac, audit_stream, db_per_tenant]) {
      expect(includes(each)).toEqual(['enterprise']);
    }
  });

  test('[VAL-1] a P2 capability can be off for basic and on for pro', () => {
    expect(capabilities.social_posting).toMatchObject({
      ...{ priority: 'P2', enabledByDefault: false, plans: { pro: true } },
    });
  });

  test('[CAP-3] there are switches for messages, AI, exports and sync, and each stops something', () => {
    expect(switches.sort()).toEqual(['ai', 'exports', 'messaging', 'sync']);
    expect(capabilities.invitations.switch).toBe('messaging');
  });
});

describe('a broken registry', () => {
  test.each([
    ['an unknown plan', { plans: { platinum: true } }, 'there is no plan platinum'],
    ['an unknown switch', { switch: 'everything' }, 'there is no kill switch everything'],
    [
      'a required capability that is off by default',
      { requiredForProduction: true, enabledByDefault: false },
      'production requires it, and it is off by default or plan',
    ],
    [
      'a required capability that a plan leaves out',
      { requiredForProduction: true, plans: { basic: false } },
      'production requires it, and it is off by default or plan',
    ],
    [
      'a required capability with a kill switch',
      { requiredForProduction: true, switch: 'ai' },
      'production requires it, so no kill switch can stop it',
    ],
    [
      'a required capability that does not exist',
      { requiredForProduction: true, planned: true },
      'production requires it, and it does not exist',
    ],
  ])('[CAP-1] %s is a mistake', (_what, thing, mistake) => {
    expect(capabilityMistakes(modules, withThing(thing))).toEqual([`capability thing: ${mistake}`]);
  });

  test('[CAP-3] so is a switch that stops nothing', () => {
    const [mistake, ...rest] = capabilityMistakes(modules, { capabilities, switches: [...switches, 'idle'] });
    expect(mistake).toMatch(/^kill switch idle: stops nothing/);
    expect(rest).toEqual([]);
  });

  test('[CAP-1] so is an endpoint that names a capability that is planned or unknown', () => {
    expect(capabilityMistakes([naming('white_label')])).toEqual([
      'things.get: names white_label, which is planned; remove planned: true',
    ]);
    expect(capabilityMistakes([naming('toasters')])).toEqual([
      'things.get: names the unknown capability toasters',
    ]);
  });

  test('[CAP-1] so is a job that does', () => {
    const send = job({
      ...{ name: 'things.send', summary: 'Send', payload: z.object({}), requirements: ['CAP-1'] },
      capability: 'messaging',
    });
    const jobs = module({ name: 'things', summary: 'Things', contract: {}, jobs: { send }, needs: {} });
    expect(capabilityMistakes([jobs])).toEqual([
      'job things.send: names messaging, which is planned; remove planned: true',
    ]);
  });

  test('[CAP-1] a function does not start with one', () => {
    const ops = { get: async () => ({}) };
    expect(() => serve(naming('white_label'), ops)).toThrow(/names white_label, which is planned/);
    expect(() => serve(naming('health'), ops)).not.toThrow();
  });

  test('[CAP-1] whoever would run with one is stopped, and told every mistake', () => {
    const broken = withThing({ plans: { platinum: true }, switch: 'everything' });
    expect(() => assertCapabilities(modules, broken)).toThrow(/platinum[^]*everything/);
  });
});
