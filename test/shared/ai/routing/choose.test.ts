import { describe, expect, test } from '@jest/globals';
import { chooseRoute, type RouteFacts } from '#shared/ai/routing/choose.ts';
import { priceOf } from '#shared/ai/pricing/price-of.ts';
import { modelNamed, modelOfClass, models } from '#shared/config/models.ts';
import { priceBook } from '#shared/config/prices.ts';

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

  test('administrators overrule everything, tenants only what their plan has', () => {
    const opus = { name: 'long', when: { promptTokensFrom: 1_000 }, use: 'opus' as const };
    const long = call({ promptTokens: 1_000, wish: 'haiku' });
    expect(chooseRoute(long, { administrator: [opus] })).toEqual({
      model: modelOfClass.opus,
      rule: 'administrator:long',
    });
    expect(chooseRoute(call({ promptTokens: 999 }), { administrator: [opus] }).rule).toBe('plan-pro');
    const tenant = [opus, { ...opus, name: 'cheap', use: 'haiku' as const }];
    expect(chooseRoute(call({ promptTokens: 1_000 }), { tenant }).rule).toBe('tenant:cheap');
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
