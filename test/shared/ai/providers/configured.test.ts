/** How a deployment comes to its providers: keys out of secrets, and what happens without them. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { ModelFailure, problemOf } from '#shared/ai/model-failure.ts';
import { configuredModels } from '#shared/ai/providers/configured.ts';
import { all, asking, payer, within } from './stage.ts';

const secrets = mockClient(SecretsManagerClient);
const secretOf = (provider: string) => `arn:aws:secretsmanager:us-east-1:000000000000:secret:${provider}`;
const gone = new ResourceNotFoundException({ message: `no value: ${secretOf('anthropic')}`, $metadata: {} });

let provider: Server;
/** The keys that calls came with, newest last. */
let shown: unknown[] = [];
/** How far the clock is ahead. */
let laterMs = 0;
let missing: unknown[] = [];

beforeAll(async () => {
  provider = createServer((request, response) => {
    shown.push(request.headers.authorization?.replace('Bearer ', ''));
    response.setHeader('content-type', 'application/json');
    response.end(request.url === '/v1/messages' ? JSON.stringify(message) : '{"error":{}}');
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    MODEL_STAND_IN_URL: `http://127.0.0.1:${(provider.address() as AddressInfo).port}`,
    MODEL_KEY_SECRETS: JSON.stringify({ anthropic: secretOf('anthropic'), openai: secretOf('openai') }),
  });
  const real = Date.now.bind(Date);
  jest.spyOn(Date, 'now').mockImplementation(() => real() + laterMs);
});
afterAll(() => {
  provider.closeAllConnections();
  provider.close();
  jest.restoreAllMocks();
});
beforeEach(() => {
  [shown, missing, laterMs] = [[], [], 0];
  holds('anthropic', 'sk-one');
  holds('openai', 'sk-other');
});
afterEach(() => void secrets.reset());

function holds(name: string, SecretString: string): void {
  secrets.on(GetSecretValueCommand, { SecretId: secretOf(name) }).resolves({ SecretString });
}

function fails(name: string, error: Error): void {
  secrets.on(GetSecretValueCommand, { SecretId: secretOf(name) }).rejects(error);
}

const models = () => configuredModels({ onMissingKey: (one) => missing.push(one) });
const call = (of: ReturnType<typeof models>, accounting = payer().accounting) =>
  of.complete(asking('Hello'), within(5_000), accounting);

describe('[AI-1] keys of providers', () => {
  test('are read once for many calls, and each is shown to its own provider', async () => {
    const of = models();
    await Promise.all([call(of), call(of)]);
    await call(of);
    expect(secrets.commandCalls(GetSecretValueCommand)).toHaveLength(2);
    expect(shown).toEqual(['sk-one', 'sk-one', 'sk-one']);
    expect(missing).toEqual([]);
  });

  test('that are replaced are in use after five minutes, without a deployment', async () => {
    const of = models();
    await call(of);
    holds('anthropic', 'sk-two\n');
    laterMs = 4 * 60_000;
    await call(of);
    laterMs = 5 * 60_000 + 1_000;
    await call(of);
    expect(shown).toEqual(['sk-one', 'sk-one', 'sk-two']);
  });

  test('that cannot be read for a while stay as they were; one that is taken away is gone', async () => {
    const of = models();
    await call(of);
    fails('anthropic', Object.assign(new Error('slow'), { name: 'TimeoutError' }));
    laterMs = 6 * 60_000;
    await call(of);
    expect(shown).toEqual(['sk-one', 'sk-one']);
    expect(missing).toEqual([{ provider: 'anthropic', error: 'TimeoutError' }]);
    fails('anthropic', gone);
    fails('openai', gone);
    laterMs += 20_000;
    await expect(call(of)).rejects.toBeInstanceOf(ModelFailure);
    expect(shown).toHaveLength(2);
  });
});

describe('[AI-1] without a key', () => {
  test.each([
    ['a secret that was never filled', () => fails('anthropic', gone)],
    ['an empty one', () => holds('anthropic', ' ')],
    ['one that the role may not read', () => fails('anthropic', named('AccessDeniedException'))],
  ])('nothing is sent and nothing is reserved: %s', async (_what, arrange) => {
    arrange();
    fails('openai', gone);
    const { accounting, attempts } = payer();
    for (const asked of [
      call(models(), accounting),
      all(models().stream(asking('Hello'), within(5_000), accounting)),
    ]) {
      const failure: unknown = await asked.catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(ModelFailure);
      const { problem, detail } = problemOf(failure as ModelFailure);
      expect(problem).toMatchObject({ status: 503, code: 'ai.unavailable' });
      expect(JSON.stringify([problem, detail, failure])).not.toMatch(/sk-|arn:|secret|anthropic/i);
    }
    expect([attempts, shown]).toEqual([[], []]);
    expect(missing).toContainEqual({ provider: 'openai', error: 'ResourceNotFoundException' });
    expect(missing).toHaveLength(4);
  });

  test('the other provider answers, and the key is looked for again soon', async () => {
    fails('anthropic', gone);
    const of = models();
    await expect(call(of)).rejects.toBeInstanceOf(ModelFailure);
    expect(new Set(shown)).toEqual(new Set(['sk-other']));
    holds('anthropic', 'sk-one');
    laterMs = 16_000;
    await call(of);
    expect(shown.at(-1)).toBe('sk-one');
  });
});

function named(name: string): Error {
  return Object.assign(new Error(`User is not authorized on ${secretOf('anthropic')}`), { name });
}

const message = {
  ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-haiku-5-5' },
  ...{ content: [{ type: 'text', text: 'Hello' }], stop_reason: 'end_turn', stop_sequence: null },
  usage: { input_tokens: 3, output_tokens: 1 },
};
