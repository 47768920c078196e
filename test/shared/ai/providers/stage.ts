/** The stand-in for model providers, the three adapters in front of it, and somebody who pays and takes notes. */
import type { Accounting, Attempt, Spent } from '#shared/ai/accounting.ts';
import type { CallOptions, ModelEvent, ModelRequest } from '#shared/ai/model-call.ts';
import { anthropic } from '#shared/ai/providers/anthropic.ts';
import { bedrock } from '#shared/ai/providers/bedrock.ts';
import { openai } from '#shared/ai/providers/openai.ts';

export function providersAt(url: string) {
  return {
    anthropic: anthropic({ apiKey: 'test', baseUrl: url }),
    openai: openai({ apiKey: 'test', baseUrl: `${url}/v1` }),
    bedrock: bedrock({ region: 'us-east-1', baseUrl: url }),
  };
}

/** Pays for everything up to a number of attempts, and remembers what it was told. */
export function payer(most = Number.POSITIVE_INFINITY) {
  const attempts: { attempt: Attempt; spent?: Spent }[] = [];
  const accounting: Accounting = {
    before: async (attempt) => {
      if (attempts.length >= most) throw new Error('there is no money for that');
      attempts.push({ attempt });
    },
    after: (attempt, spent) => {
      const open = attempts.find(
        (one) => one.attempt.provider === attempt.provider && one.spent === undefined,
      );
      if (open === undefined) throw new Error('accounted for twice');
      open.spent = spent;
    },
  };
  return { attempts, accounting };
}

export function asking(text: string, more: Partial<ModelRequest> = {}): ModelRequest {
  return { model: 'claude-haiku-5-5', maxTokens: 200, messages: [{ role: 'user', content: text }], ...more };
}

export function within(ms: number, more: Partial<CallOptions> = {}): CallOptions {
  return { signal: new AbortController().signal, deadlineMs: Date.now() + ms, requestId: 'r1', ...more };
}

export async function all(events: AsyncIterable<ModelEvent>): Promise<ModelEvent[]> {
  const seen: ModelEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}
