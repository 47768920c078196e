/**
 * The models that may be called, by the names that callers, prices and the ledger know them by. A model stands here
 * once for all providers that have it; what each calls it, and the order in which they are tried, stand with it.
 */

/** Classes that rules choose between (AI-4); a class stands for what its models are good for, not for who made them. */
export const modelClasses = ['haiku', 'sonnet', 'opus'] as const;

export type ModelClass = (typeof modelClasses)[number];

/** Who is called. Which of them are there in a deployment, its configuration says. */
export const providerNames = ['anthropic', 'openai', 'bedrock'] as const;

export type ModelProvider = (typeof providerNames)[number];

/** What a provider calls a model. */
export type Offer = { provider: ModelProvider; id: string };

/** What a model can beside answering texts with text, in one piece or in events. */
export const abilities = ['tools', 'images', 'prompt_cache'] as const;

export type Ability = (typeof abilities)[number];

export type CatalogueModel = {
  /** The class, or `embedding` for one that answers vectors. */
  class: ModelClass | 'embedding';
  /** First choice first; those after it are called when the ones before are down. */
  offers: readonly [Offer, ...Offer[]];
  /** Most tokens of a prompt and its answer together. */
  contextTokens: number;
  /** Most tokens of an answer; a call may ask for fewer. */
  maxOutputTokens: number;
  abilities: readonly Ability[];
  /** Another model to call when no provider of this one answers: of the same class, from somebody else. */
  substitute?: string;
};

/** Bedrock routes these profiles inside the geography of the region that calls. */
const geography = '<geography>';

const million = 1_000_000;

const ofClaude: readonly Ability[] = ['tools', 'images', 'prompt_cache'];
/** What it caches, it caches by itself: marks in a prompt change nothing. */
const ofGpt: readonly Ability[] = ['tools', 'images'];

/** All models, by name. Sources: the providers' model pages, read with the prices in `prices.ts`. */
export const models: Readonly<Record<string, CatalogueModel>> = {
  'claude-opus-5-5': claude('opus', 'claude-opus-5-5', `${geography}.anthropic.claude-opus-5-5`, {
    substitute: 'gpt-6.1-sol',
  }),
  'claude-sonnet-5-5': claude('sonnet', 'claude-sonnet-5-5', `${geography}.anthropic.claude-sonnet-5-5`, {
    substitute: 'gpt-6.1-sol',
  }),
  'claude-haiku-5-5': claude('haiku', 'claude-haiku-5-5', `${geography}.anthropic.claude-haiku-5-5`, {
    substitute: 'gpt-6-luna',
  }),
  'claude-opus-5': {
    class: 'opus',
    offers: [{ provider: 'anthropic', id: 'claude-opus-5' }],
    contextTokens: million,
    maxOutputTokens: 128_000,
    abilities: ofClaude,
    substitute: 'claude-opus-5-5',
  },
  'claude-haiku-4-5': {
    class: 'haiku',
    offers: [{ provider: 'anthropic', id: 'claude-haiku-4-5' }],
    contextTokens: 200_000,
    maxOutputTokens: 64_000,
    abilities: ofClaude,
    substitute: 'claude-haiku-5-5',
  },
  'gpt-6.1-sol': {
    class: 'sonnet',
    offers: [{ provider: 'openai', id: 'gpt-6.1-sol' }],
    contextTokens: million,
    maxOutputTokens: 128_000,
    abilities: ofGpt,
    substitute: 'claude-sonnet-5-5',
  },
  'gpt-6-luna': {
    class: 'haiku',
    offers: [{ provider: 'openai', id: 'gpt-6-luna' }],
    contextTokens: million,
    maxOutputTokens: 128_000,
    abilities: ofGpt,
    substitute: 'claude-haiku-5-5',
  },
  'text-embedding-3-small': {
    class: 'embedding',
    offers: [{ provider: 'openai', id: 'text-embedding-3-small' }],
    contextTokens: 8_191,
    maxOutputTokens: 0,
    abilities: [],
  },
  'titan-embed-text-v2': {
    class: 'embedding',
    offers: [{ provider: 'bedrock', id: 'amazon.titan-embed-text-v2:0' }],
    contextTokens: 8_192,
    maxOutputTokens: 0,
    abilities: [],
  },
};

/** The model that a class is served by where nobody wishes another one. */
export const modelOfClass: Readonly<Record<ModelClass, string>> = {
  haiku: 'claude-haiku-5-5',
  sonnet: 'claude-sonnet-5-5',
  opus: 'claude-opus-5-5',
};

/** A model of the catalogue; undefined for every other name. */
export function modelNamed(name: string): CatalogueModel | undefined {
  return Object.hasOwn(models, name) ? models[name] : undefined;
}

/** What a provider calls a model where it is called from. */
export function providerModelId({ id }: Offer, region: string): string {
  return id.replace(geography, region.split('-')[0] ?? 'us');
}

/** The inference profiles on Bedrock that models answer from; those for vectors are called by nobody yet. */
export function bedrockProfiles(region: string): string[] {
  return Object.values(models).flatMap(({ class: ofClass, offers }) =>
    offers
      .filter(({ provider }) => provider === 'bedrock' && ofClass !== 'embedding')
      .map((offer) => providerModelId(offer, region)),
  );
}

function claude(
  ofClass: ModelClass,
  id: string,
  onBedrock: string,
  more: Pick<CatalogueModel, 'substitute'>,
): CatalogueModel {
  return {
    class: ofClass,
    offers: [
      { provider: 'anthropic', id },
      { provider: 'bedrock', id: onBedrock },
    ],
    contextTokens: million,
    maxOutputTokens: 128_000,
    abilities: ofClaude,
    ...more,
  };
}
