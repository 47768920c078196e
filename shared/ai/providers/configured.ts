/**
 * The providers of this deployment. Their keys come from Secrets Manager at the first call and are read anew every
 * five minutes, so that a replaced key is in use without a deployment; on a laptop without keys the stand-in answers.
 */
import { settings } from '../../config/environment.ts';
import { awsClientOptions } from '../../config/aws-client.ts';
import type { Accounting, Models } from '../accounting.ts';
import { anthropic } from './anthropic.ts';
import { bedrock } from './bedrock.ts';
import { callModels, type CallerOptions } from './call-model.ts';
import { openai } from './openai.ts';

const keptMs = 5 * 60_000;

type Keys = { anthropic?: string; openai?: string };

let kept: { models: Promise<Models>; untilMs: number } | undefined;

/** Calls of models as this deployment is configured. */
export function configuredModels(onFailure?: CallerOptions['onFailure']): Models {
  const current = (): Promise<Models> => {
    if (kept === undefined || kept.untilMs <= Date.now()) {
      kept = { models: make(onFailure), untilMs: Date.now() + keptMs };
      // What failed is tried again by the next call.
      kept.models.catch(() => (kept = undefined));
    }
    return kept.models;
  };
  return {
    complete: async (request, call, accounting) => (await current()).complete(request, call, accounting),
    embed: async (request, call, accounting) => (await current()).embed(request, call, accounting),
    stream: async function* (request, call, accounting: Accounting) {
      yield* (await current()).stream(request, call, accounting);
    },
  };
}

async function make(onFailure: CallerOptions['onFailure']): Promise<Models> {
  const { keySecrets, bedrock: onBedrock, standIn } = settings.models();
  const region = settings.region();
  const told = onFailure === undefined ? {} : { onFailure };
  if (standIn !== undefined) {
    const providers = {
      anthropic: anthropic({ apiKey: 'local', baseUrl: standIn }),
      openai: openai({ apiKey: 'local', baseUrl: `${standIn}/v1` }),
      bedrock: bedrock({ region, baseUrl: standIn }),
    };
    return callModels({ providers, region, ...told });
  }
  const keys = await readKeys(keySecrets);
  const providers: CallerOptions['providers'] = {
    ...(keys.anthropic === undefined ? {} : { anthropic: anthropic({ apiKey: keys.anthropic }) }),
    ...(keys.openai === undefined ? {} : { openai: openai({ apiKey: keys.openai }) }),
    ...(onBedrock ? { bedrock: bedrock({ region }) } : {}),
  };
  return callModels({ providers, region, ...told });
}

async function readKeys(names: Keys): Promise<Keys> {
  const wanted = Object.entries(names);
  if (wanted.length === 0) return {};
  const { GetSecretValueCommand, SecretsManagerClient } = await import('../../config/aws/secrets-manager.ts');
  const secrets = new SecretsManagerClient(awsClientOptions());
  const found = await Promise.all(
    wanted.map(async ([provider, SecretId]) => {
      const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId }));
      return SecretString === undefined || SecretString === '' ? [] : [[provider, SecretString] as const];
    }),
  );
  return Object.fromEntries(found.flat());
}
