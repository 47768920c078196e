import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ModelPart, startModel } from '#local/parts/model/model.ts';
import type { ContentBlock, ModelRequest } from '#shared/ai/model-call.ts';
import { mostInputTokens } from '#shared/ai/tokens.ts';

let part: ModelPart;
beforeAll(async () => {
  part = await startModel();
});
afterAll(() => part.stop());

async function counted(request: ModelRequest): Promise<number> {
  const { model, system, messages, tools } = request;
  const response = await fetch(`${part.url}/v1/messages/count_tokens`, {
    method: 'POST',
    body: JSON.stringify({ model, system, messages, tools }),
  });
  return ((await response.json()) as { input_tokens: number }).input_tokens;
}

/** Any script, also characters that grow when they are normalised. */
const text = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom('ﷺ', '㍿', 'é', '𝔘', 'ﬃ', '👩‍👩‍👧', '\u0000', '1', ' '), maxLength: 60 }),
);
const json = fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
const block: fc.Arbitrary<ContentBlock> = fc.oneof(
  text.map((said) => ({ type: 'text' as const, text: said })),
  fc.constant({
    type: 'image' as const,
    source: { type: 'base64' as const, media_type: 'image/png', data: 'aGk=' },
  }),
  fc.tuple(text, json).map(([name, input]) => ({
    ...{ type: 'tool_use' as const, id: 'toolu_1', name },
    input: input,
  })),
  fc.tuple(text, text).map(([id, content]) => ({ type: 'tool_result' as const, tool_use_id: id, content })),
);
const request = fc.record({
  model: fc.constant('claude-haiku-5-5'),
  maxTokens: fc.constant(1),
  system: fc.option(text, { nil: undefined }),
  messages: fc.array(
    fc.record({
      role: fc.constantFrom('user' as const, 'assistant' as const),
      content: fc.oneof(text, fc.array(block, { maxLength: 4 })),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  tools: fc.option(
    fc.array(
      fc.record({
        name: text,
        description: text,
        input_schema: json,
      }),
      { maxLength: 3 },
    ),
    { nil: undefined },
  ),
});

describe('[AI-3] the upper bound of a prompt’s tokens', () => {
  test('is never below what the provider counts', async () => {
    await fc.assert(
      fc.asyncProperty(request, async (asked) => {
        expect(mostInputTokens(asked)).toBeGreaterThanOrEqual(await counted(asked));
      }),
      { numRuns: 200 },
    );
  });

  test('has a token for each byte, normalised or not: no tokenizer over bytes has more', () => {
    fc.assert(
      fc.property(text, (said) => {
        const bound = mostInputTokens({
          model: '',
          maxTokens: 1,
          messages: [{ role: 'user', content: said }],
        });
        expect(bound).toBeGreaterThanOrEqual(
          Math.max(Buffer.byteLength(said), Buffer.byteLength(said.normalize('NFKC'))),
        );
      }),
    );
  });

  test('would be too low by characters: the stand-in counts more than those', async () => {
    const said = 'ﷺ'.repeat(100);
    const asked: ModelRequest = { model: '', maxTokens: 1, messages: [{ role: 'user', content: said }] };
    expect(await counted(asked)).toBeGreaterThan(said.length * 10);
    expect(mostInputTokens(asked)).toBeGreaterThanOrEqual(await counted(asked));
  });
});
