/**
 * Who answers calls of models on this machine: a stand-in that costs nothing, or the providers themselves where
 * somebody gave their keys. Either way functions read the keys from the secrets that the template makes for them.
 */
/** Keys by provider: none for the stand-in. */
export type ModelKeys = Readonly<Record<string, string>>;

/** The variables of a function, resolved. */
type Environment = Readonly<Record<string, string>>;

/** The keys in the environment: `PLINTH_MODEL_KEY_ANTHROPIC` and the like; never the names that other tools use. */
export function modelKeysIn(environment: Readonly<Record<string, string | undefined>>): ModelKeys {
  const named = Object.entries(environment).flatMap(([name, value = '']) => {
    const [, provider] = /^PLINTH_MODEL_KEY_([A-Z]+)$/.exec(name) ?? [];
    return provider === undefined || value === '' ? [] : [[provider.toLowerCase(), value] as const];
  });
  return Object.fromEntries(named);
}

/** Whether something stands in for providers. */
export function needsStandIn(keys: ModelKeys): boolean {
  return Object.keys(keys).length === 0;
}

/** What the secrets that functions name are filled with; a provider whose key was not given has an empty one. */
export function modelKeySecrets(
  environments: readonly Environment[],
  keys: ModelKeys,
): { SecretId: string; SecretString: string }[] {
  const named = environments.flatMap((environment) => Object.entries(secretsIn(environment)));
  const missing = needsStandIn(keys) ? 'stand-in' : '';
  return [...new Map(named)].map(([provider, SecretId]) => ({
    SecretId,
    SecretString: keys[provider] ?? missing,
  }));
}

/** What a function that calls models is told beside: where the stand-in is. */
export function standInFor(environment: Environment, url: string | undefined): Record<string, string> {
  return 'MODEL_KEY_SECRETS' in environment && url !== undefined ? { MODEL_STAND_IN_URL: url } : {};
}

function secretsIn({ MODEL_KEY_SECRETS: names = '{}' }: Environment) {
  return JSON.parse(names) as Record<string, string>;
}
