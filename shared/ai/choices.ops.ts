/** What a caller may choose from, and what a call would cost. */
import { type CatalogueModel, models } from '../config/models.ts';
import type { Rates } from '../config/prices.ts';
import { classesOfPlan, modelMeant } from '../config/routing.ts';
import type { TenantContext } from '../contract/context.ts';
import type { Ops } from '../contract/module.ts';
import { askedOf } from './asked.ts';
import type { choicesContract, ModelView, PriceView } from './choices.contract.ts';
import { estimate, pricedOffers } from './estimate.ts';
import { toDollars } from './pricing/pico.ts';
import { type Priced, rowAt } from './pricing/price-row.ts';
import { chooseModel, chooseRoute } from './routing/choose.ts';
import { weighed } from './routing/weigh.ts';

export const choicesOps: Ops<typeof choicesContract> = {
  models: async (ctx) => ({ items: modelsFor(ctx) }),

  countCost: async (ctx, input) => {
    const asked = await weighed(ctx, await askedOf((work) => work(ctx.tx), input));
    const { model, rule } = chooseModel(ctx, asked);
    const { fromPico, toPico, worstPico, ...tokens } = await estimate(ctx.tx, asked, {
      ...{ model, now: ctx.now() },
    });
    return {
      ...{ model, rule, ...tokens },
      cost: { from: toDollars(fromPico), to: toDollars(toPico), worst: toDollars(worstPico) },
    };
  },
};

/** Models that a call may name, and those that a rule of the platform may send it to; none without a price. */
function modelsFor({ tenant: { plan }, routing, now }: TenantContext): ModelView[] {
  const sent = [...routing.exceptions, ...routing.administrator]
    .filter(({ when }) => when.plan?.includes(plan) ?? true)
    .map(({ use }) => modelMeant(use)?.model);
  const plain = { plan, task: 'generate', iteration: 1, promptTokens: 0 };
  const { model: byDefault } = chooseRoute(plain, routing);
  return Object.entries(models).flatMap(([name, model]) => {
    const { class: ofClass } = model;
    if (ofClass === 'embedding') return [];
    const mayBeNamed = classesOfPlan[plan].includes(ofClass);
    const offers = mayBeNamed || sent.includes(name) ? pricedOffers(name, now()) : [];
    if (offers.length === 0) return [];
    return [
      {
        ...{ name, class: ofClass, ...factsOf(model), mayBeNamed, byDefault: name === byDefault },
        prices: offers.map((offer) => priceView(offer, now())),
      },
    ];
  });
}

function factsOf({ abilities, contextTokens, maxOutputTokens }: CatalogueModel) {
  return { abilities: [...abilities], contextTokens, maxOutputTokens };
}

function priceView(priced: Priced, at: Date): PriceView {
  const { provider, rates, longContext, from, source } = rowAt(priced, at);
  return {
    ...{ provider, ...ratesView(rates), since: from, source },
    longContext:
      longContext === undefined ? null : { aboveTokens: longContext.above, ...ratesView(longContext.rates) },
  };
}

const million = 1_000_000n;

/** Of a million tokens, as price lists write them. */
function ratesView({ input, output, cacheRead, cacheWrite5m, cacheWrite1h }: Rates) {
  return {
    input: toDollars(input * million),
    output: toDollars(output * million),
    cacheRead: toDollars(cacheRead * million),
    cacheWrite5m: toDollars(cacheWrite5m * million),
    cacheWrite1h: toDollars(cacheWrite1h * million),
  };
}
