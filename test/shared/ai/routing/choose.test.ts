import { describe, expect, test } from '@jest/globals';
import { chooseRoute, type RouteFacts } from '#shared/ai/routing/choose.ts';
import { priceOf } from '#shared/ai/pricing/price-of.ts';
import { modelNamed, modelOfClass, models } from '#shared/config/models.ts';
import { priceBook } from '#shared/config/prices.ts';
import type { RouteCondition, RouteRule, Routing } from '#shared/config/routing.ts';

const call = (more: Partial<RouteFacts>): RouteFacts => ({
  ...{ plan: 'pro', task: 'generate', iteration: 1, promptTokens: 100 },
  ...more,
});
const classOf = (name: string) => modelNamed(name)?.class;

describe('[AI-4] the rules that choose a model', () => {
  test.each([
    [{ plan: 'basic' }, 'haiku', 'plan-basic'],
    [{ plan: 'pro' }, 'sonnet', 'plan-pro'],
    [{ plan: 'enterprise' }, 'sonnet', 'plan-enterprise'],
    [{ task: 'qa', iteration: 1 }, 'sonnet', 'plan-pro'],
    [{ task: 'qa', iteration: 2 }, 'haiku', 'qa-again'],
    [{ task: 'generate', iteration: 2 }, 'sonnet', 'plan-pro'],
    [{ budgetLeftPercent: 5 }, 'haiku', 'budget-low'],
    [{ budgetLeftPercent: 6 }, 'sonnet', 'plan-pro'],
  ] as const)('%j goes to the %s class, by the rule %s', (facts, ofClass, rule) => {
    const route = chooseRoute(call(facts));
    expect([classOf(route.model), route.rule]).toEqual([ofClass, rule]);
  });

  test('a wish is granted within the plan, by name or class, and refused beyond it', () => {
    expect(chooseRoute(call({ plan: 'enterprise', wish: 'opus' }))).toEqual({
      model: modelOfClass.opus,
      rule: 'wish',
    });
    expect(chooseRoute(call({ wish: 'claude-haiku-4-5' })).model).toBe('claude-haiku-4-5');
    for (const wish of ['opus', 'claude-opus-5-5', 'nobody', 'toString', 'text-embedding-3-small'])
      expect(() => chooseRoute(call({ wish }))).toThrow('ai.unknown_model');
    expect(() => chooseRoute(call({ plan: 'basic', wish: 'sonnet' }))).toThrow('ai.unknown_model');
  });

  const rule = (name: string, use: string, more: Partial<RouteRule> = {}): RouteRule => ({
    ...{ name, use, when: {} },
    ...more,
  });
  /** Everything that says something of a call on pro, strongest first, and the rule that it decides by. */
  const sayings: readonly [
    rule: string,
    says: { facts?: Partial<RouteFacts>; routing?: Partial<Routing> },
  ][] = [
    ['exception:one', { routing: { exceptions: [rule('one', 'gpt-6-luna')] } }],
    ['administrator:all', { routing: { administrator: [rule('all', 'opus')] } }],
    ['tenant:firm', { routing: { tenant: [rule('firm', 'haiku', { firm: true })] } }],
    ['wish', { facts: { wish: 'gpt-6.1-sol' } }],
    ['tenant:soft', { routing: { tenant: [rule('soft', 'claude-haiku-4-5')] } }],
    ['qa-again', { facts: { task: 'qa', iteration: 2 } }],
    ['budget-low', { facts: { budgetLeftPercent: 3 } }],
    ['own-preference', { routing: { preferred: { own: 'sonnet', tenant: null } } }],
    ['tenant-preference', { routing: { preferred: { own: null, tenant: 'haiku' } } }],
    ['plan-pro', {}],
  ];

  test.each(sayings.map(([name], index) => [name, index] as const))(
    '[AI-5] %s decides where nothing before it says anything, whatever comes after',
    (name, index) => {
      const said = sayings.slice(index).map(([, says]) => says);
      const facts = call(Object.assign({}, ...said.map(({ facts = {} }) => facts)) as Partial<RouteFacts>);
      const routings = said.map(({ routing = {} }) => routing);
      const routing: Partial<Routing> = {
        ...(Object.assign({}, ...routings) as Partial<Routing>),
        tenant: routings.flatMap(({ tenant = [] }) => tenant),
        preferred: {
          own: routings.find(({ preferred }) => preferred?.own)?.preferred?.own ?? null,
          tenant: routings.find(({ preferred }) => preferred?.tenant)?.preferred?.tenant ?? null,
        },
      };
      expect(chooseRoute(facts, routing).rule).toBe(name);
    },
  );

  test('only the platform goes beyond a plan: a tenant’s rule, a wish and a preference do not', () => {
    const basic = call({ plan: 'basic' });
    expect(chooseRoute(basic, { administrator: [rule('lift', 'opus')] }).model).toBe(modelOfClass.opus);
    const tenant = [rule('lift', 'opus', { firm: true }), rule('lift-more', 'claude-sonnet-5-5')];
    const preferred = { own: 'opus', tenant: 'sonnet' } as const;
    expect(chooseRoute(basic, { tenant, preferred })).toEqual({
      model: modelOfClass.haiku,
      rule: 'plan-basic',
    });
    // What the caller may not have does not stand before what the tenant prefers.
    expect(chooseRoute(call({}), { preferred: { own: 'opus', tenant: 'haiku' } }).rule).toBe(
      'tenant-preference',
    );
  });

  test.each<[RouteCondition, Partial<RouteFacts>, Partial<RouteFacts>]>([
    [{ plan: ['enterprise'] }, { plan: 'enterprise' }, { plan: 'pro' }],
    [{ task: ['extract', 'qa'] }, { task: 'extract' }, { task: 'summarise' }],
    [{ feature: ['chat'] }, { feature: 'chat' }, { feature: 'api' }],
    [{ feature: ['chat'] }, { feature: 'chat' }, {}],
    [{ iterationFrom: 3 }, { iteration: 3 }, { iteration: 2 }],
    [{ promptTokensFrom: 1_000 }, { promptTokens: 1_000 }, { promptTokens: 999 }],
    [{ budgetLeftPercentUpTo: 50 }, { budgetLeftPercent: 50 }, { budgetLeftPercent: 51 }],
    [{ budgetLeftPercentUpTo: 100 }, { budgetLeftPercent: 100 }, {}],
    [
      { task: ['qa'], iterationFrom: 2 },
      { task: 'qa', iteration: 2 },
      { task: 'qa', iteration: 1 },
    ],
  ])('a rule with the condition %j fits %j and does not fit %j', (when, fitting, other) => {
    const routing = { administrator: [rule('given', 'claude-opus-5', { when })] };
    expect(chooseRoute(call(fitting), routing).rule).toBe('administrator:given');
    expect(chooseRoute(call(other), routing).rule).not.toBe('administrator:given');
  });

  test('the first rule that fits decides; one whose model is gone is passed over', () => {
    const rules = [rule('gone', 'claude-of-yesterday'), rule('first', 'haiku'), rule('second', 'opus')];
    expect(chooseRoute(call({}), { administrator: rules })).toEqual({
      model: modelOfClass.haiku,
      rule: 'administrator:first',
    });
    expect(chooseRoute(call({}), { administrator: [...rules].reverse() }).rule).toBe('administrator:second');
  });

  test('[AI-2] whatever may be chosen, and whoever stands in for it, has a price', () => {
    const unpriced = Object.entries(models).flatMap(([model, { offers, substitute }]) => {
      expect(substitute === undefined || modelNamed(substitute) !== undefined).toBe(true);
      return offers.filter(
        ({ provider }) => !priceBook.some((row) => row.provider === provider && row.model === model),
      );
    });
    expect(unpriced).toEqual([]);
    const usage = { input: 1, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
    expect(priceOf({ provider: 'anthropic', model: modelOfClass.haiku }, usage, new Date())).toBe(100_000n);
  });
});
