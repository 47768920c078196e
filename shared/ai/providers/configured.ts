/**
 * The providers of this deployment. Their keys come from Secrets Manager at the first call and are read anew every
 * five minutes, so that a replaced key is in use without a deployment. A provider without a key is not called, and
 * with none that can be called every call is refused before anything is reserved; whoever runs the deployment is told.
 */
import { settings } from '../../config/environment.ts';
import { awsClientOptions } from '../../config/aws-client.ts';
import type { Models } from '../accounting.ts';
import { callModels, type CallerOptions } from './call-model.ts';

/** A provider that takes a key; Bedrock takes the role's signature. */
type Keyed = 'anthropic' | 'openai';

/** What whoever runs the deployment wants to know: names and numbers only. */
export type Watch = {
  onFailure?: CallerOptions['onFailure'];
  /** A configured provider has no key that could be read; `error` is the name of what stood in the way. */
  onMissingKey?: (missing: { provider: Keyed; error: string }) => void;
};

/** Calls of models as this deployment is configured. */
export function configuredModels(watch: Watch = {}): Models {
  let keys: Keys = new Map();
  let kept: { models: Promise<Models>; untilMs: number } | undefined;
  const read = async (): Promise<Models> => {
    const found = await readKeys(keys, watch);
    keys = found.keys;
    if (kept !== undefined) kept.untilMs = Date.now() + (found.complete ? keptMs : againMs);
    const { onFailure } = watch;
    const told = onFailure === undefined ? {} : { onFailure };
    return callModels({ ...told, region: settings.region(), providers: await providersWith(keys) });
  };
  const current = (): Promise<Models> => {
    if (kept === undefined || kept.untilMs <= Date.now()) {
      kept = { models: read(), untilMs: Infinity };
      // What failed is tried again by the next call.
      kept.models.catch(() => (kept = undefined));
    }
    return kept.models;
  };
  return {
    complete: async (request, call, accounting) => (await current()).complete(request, call, accounting),
    embed: async (request, call, accounting) => (await current()).embed(request, call, accounting),
    stream: async function* (request, call, accounting) {
      yield* (await current()).stream(request, call, accounting);
    },
  };
}

const keptMs = 5 * 60_000;
/** A key that was not there is looked for again sooner. */
const againMs = 15_000;

type Keys = ReadonlyMap<Keyed, string>;

/**
 * On a laptop something stands in for providers; Bedrock is called where AWS is, which is the laptop as well. Whose
 * words a deployment never speaks it never loads.
 */
async function providersWith(keys: Keys): Promise<CallerOptions['providers']> {
  const { bedrock: onBedrock, standIn } = settings.models();
  const providers: CallerOptions['providers'] = {};
  const [forAnthropic, forOpenai] = [keys.get('anthropic'), keys.get('openai')];
  if (forAnthropic !== undefined) {
    const { anthropic } = await import('./anthropic.ts');
    providers.anthropic = anthropic({ apiKey: forAnthropic, baseUrl: standIn });
  }
  if (forOpenai !== undefined) {
    const { openai } = await import('./openai.ts');
    const baseUrl = standIn === undefined ? undefined : `${standIn}/v1`;
    providers.openai = openai({ apiKey: forOpenai, baseUrl });
  }
  if (onBedrock) {
    const { bedrock } = await import('./bedrock.ts');
    providers.bedrock = bedrock({ region: settings.region() });
  }
  return providers;
}

/** The keys as they stand in their secrets now; one that cannot be read at the moment stays as it was. */
async function readKeys(before: Keys, { onMissingKey }: Watch): Promise<{ keys: Keys; complete: boolean }> {
  const { keySecrets } = settings.models();
  const wanted = Object.entries(keySecrets) as [Keyed, string][];
  if (wanted.length === 0) return { keys: before, complete: true };
  const { GetSecretValueCommand, SecretsManagerClient } = await import('../../config/aws/secrets-manager.ts');
  const secrets = new SecretsManagerClient(awsClientOptions());
  const found = await Promise.all(
    wanted.map(async ([provider, SecretId]) => {
      try {
        const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId }));
        const key = SecretString.trim();
        if (key === '') throw Object.assign(new Error('The secret is empty.'), { name: missing });
        return { provider, key };
      } catch (error) {
        const name = error instanceof Error ? error.name : typeof error;
        onMissingKey?.({ provider, error: name });
        // Whoever took a key away means it; a store that does not answer means nothing.
        return { provider, key: name === missing ? undefined : before.get(provider), failed: true };
      }
    }),
  );
  const keys = found.flatMap(({ provider, key }) => (key === undefined ? [] : [[provider, key] as const]));
  return { keys: new Map(keys), complete: found.every(({ failed }) => failed !== true) };
}

/** Also what AWS says of a secret that was made and never filled. */
const missing = 'ResourceNotFoundException';
