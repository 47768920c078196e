/** Bedrock, called with its real client: a model answers through the profile that was granted, and not beside it. */
import {
  BedrockRuntimeClient,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { PolicyStatement } from '#local/iam/policy.ts';
import { modelKeysIn, modelKeySecrets, needsStandIn, standInFor } from '#local/model-keys.ts';
import { type ModelPart, startModel } from '#local/parts/model/model.ts';
import { type Stack, startStack } from './stack.ts';

let models: ModelPart;
let stack: Stack;

beforeAll(async () => {
  models = await startModel();
  stack = await startStack(undefined, { modelsPort: Number(new URL(models.url).port) });
});
beforeEach(() => models.reset());
afterAll(async () => {
  await stack.stop();
  await models.stop();
});

const profile = 'arn:aws:bedrock:us-east-1:000000000000:inference-profile/us.anthropic.claude-haiku-5-5';
const model = 'arn:aws:bedrock:us-*::foundation-model/anthropic.claude-haiku-5-5';
const actions = ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'];
const through: PolicyStatement[] = [
  { Effect: 'Allow', Action: actions, Resource: profile },
  {
    ...{ Effect: 'Allow', Action: actions, Resource: model },
    Condition: { ArnEquals: { 'bedrock:InferenceProfileArn': profile } },
  },
];
const asked = (modelId: string) => ({
  ...{ modelId, contentType: 'application/json', accept: 'application/json' },
  body: JSON.stringify({
    ...{ anthropic_version: 'bedrock-2023-05-31', max_tokens: 20 },
    messages: [{ role: 'user', content: 'Hello' }],
  }),
});

function clientOf(statements: PolicyStatement[]): BedrockRuntimeClient {
  return new BedrockRuntimeClient({ ...stack.as(statements), requestHandler: new NodeHttpHandler() });
}

describe('[OPS-5] Bedrock', () => {
  test('answers from the profile that is granted, in one piece and in pieces', async () => {
    const client = clientOf(through);
    const { body } = await client.send(new InvokeModelCommand(asked('us.anthropic.claude-haiku-5-5')));
    expect(JSON.parse(body.transformToString())).toMatchObject({ type: 'message', role: 'assistant' });
    const stream = await client.send(
      new InvokeModelWithResponseStreamCommand(asked('us.anthropic.claude-haiku-5-5')),
    );
    const types: unknown[] = [];
    for await (const { chunk } of stream.body ?? []) {
      types.push((JSON.parse(new TextDecoder().decode(chunk?.bytes)) as { type: unknown }).type);
    }
    expect([types[0], types.at(-1)]).toEqual(['message_start', 'message_stop']);
    expect(models.invoice()).toHaveLength(2);
  });

  test.each([
    ['another model', 'us.anthropic.claude-opus-5-5', through],
    ['the model itself, past its profile', 'anthropic.claude-haiku-5-5', through],
    ['a profile whose model is not granted', 'us.anthropic.claude-haiku-5-5', through.slice(0, 1)],
    ['a model whose profile is not granted', 'us.anthropic.claude-haiku-5-5', through.slice(1)],
  ])('refuses %s, and asks no model', async (_what, modelId, statements) => {
    const refusal = await clientOf(statements)
      .send(new InvokeModelCommand(asked(modelId)))
      .catch((error: unknown) => error);
    expect(refusal).toMatchObject({ name: 'AccessDeniedException' });
    expect(String(refusal)).toMatch(/Caller.*bedrock:InvokeModel/);
    expect(models.invoice()).toEqual([]);
  });

  test('is not to be had where nothing stands in for it', async () => {
    const bare = await startStack();
    try {
      const client = new BedrockRuntimeClient({
        ...bare.as(through),
        requestHandler: new NodeHttpHandler(),
      });
      await expect(
        client.send(new InvokeModelCommand(asked('us.anthropic.claude-haiku-5-5'))),
      ).rejects.toMatchObject({ name: 'ServiceUnavailableException' });
    } finally {
      await bare.stop();
    }
  });
});

describe('[AI-1] keys of providers on a laptop', () => {
  test('come from variables that only Plinth reads', () => {
    const keys = modelKeysIn({
      ...{ PLINTH_MODEL_KEY_ANTHROPIC: 'a', PLINTH_MODEL_KEY_OPENAI: '' },
      ...{ ANTHROPIC_API_KEY: 'of another tool', OPENAI_API_KEY: 'of another tool' },
    });
    expect(keys).toEqual({ anthropic: 'a' });
    expect([needsStandIn(keys), needsStandIn({})]).toEqual([false, true]);
  });

  test('fill the secrets that functions name; without any the stand-in’s stands there', () => {
    const fn = { MODEL_KEY_SECRETS: JSON.stringify({ anthropic: 'arn:a', openai: 'arn:o' }) };
    const filled = (keys: Record<string, string>) =>
      modelKeySecrets([fn, {}, fn], keys).map(({ SecretId, SecretString }) => [SecretId, SecretString]);
    expect(filled({ anthropic: 'a' })).toEqual([
      ['arn:a', 'a'],
      ['arn:o', ''],
    ]);
    expect(filled({})).toEqual([
      ['arn:a', 'stand-in'],
      ['arn:o', 'stand-in'],
    ]);
  });

  test('a function that calls no model is told nothing of the stand-in', () => {
    expect(standInFor({}, 'http://x')).toEqual({});
    expect(standInFor({ MODEL_KEY_SECRETS: '{}' }, undefined)).toEqual({});
    expect(standInFor({ MODEL_KEY_SECRETS: '{}' }, 'http://x')).toEqual({ MODEL_STAND_IN_URL: 'http://x' });
  });
});
