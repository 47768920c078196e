/** OpenAI, through its own client. */
import type OpenAI from 'openai';
import { fromChat, fromChatChunks, toChat } from './chat-format.ts';
import { refusedBy, unreachable } from './errors.ts';
import { fetchLine } from './line.ts';
import { AttemptFailed, type Provider, type Sending } from './provider.ts';

/** With which key, and where; `baseUrl` is for a stand-in. */
export type OpenAiOptions = { apiKey: string; baseUrl?: string | undefined };

export function openai(options: OpenAiOptions): Provider {
  let made: Promise<Connected> | undefined;
  const connected = (): Promise<Connected> => (made ??= connect(options));
  return {
    name: 'openai',
    complete: async (request, sending) => {
      const { client, explain } = await connected();
      try {
        return fromChat(
          await client.chat.completions.create(toChat(request), sendingOptions(sending)),
          request,
        );
      } catch (error) {
        throw explain(error);
      }
    },
    stream: async function* (request, sending) {
      const { client, explain } = await connected();
      try {
        const body = {
          ...toChat(request),
          stream: true as const,
          stream_options: { include_usage: true },
        };
        yield* fromChatChunks(await client.chat.completions.create(body, sendingOptions(sending)), request);
      } catch (error) {
        throw explain(error);
      }
    },
    embed: async ({ model, input }, sending) => {
      const { client, explain } = await connected();
      try {
        const body = { model, input, encoding_format: 'float' as const };
        const { data, usage } = await client.embeddings.create(body, sendingOptions(sending));
        return {
          model,
          vectors: data.map(({ embedding }) => embedding),
          usage: { input: usage.prompt_tokens, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 },
        };
      } catch (error) {
        throw explain(error);
      }
    },
  };
}

function sendingOptions({ signal, timeoutMs, requestId }: Sending) {
  return { signal, timeout: timeoutMs, headers: { 'x-client-request-id': requestId } };
}

/** What the client tells of an error; its own type leaves these open. */
type Told = {
  status: number;
  code: string | null | undefined;
  type: string | undefined;
  message: string;
  headers: Headers | undefined;
};

type Connected = { client: OpenAI; explain: (error: unknown) => AttemptFailed };

async function connect({ apiKey, baseUrl }: OpenAiOptions): Promise<Connected> {
  const { OpenAI: Client, APIError } = await import('openai');
  const client = new Client({
    apiKey,
    // Whoever counts the money decides about another try.
    maxRetries: 0,
    // Nothing of the environment may decide where prompts go, or log them.
    baseURL: baseUrl ?? 'https://api.openai.com/v1',
    organization: null,
    project: null,
    logLevel: 'off',
    fetch: fetchLine,
  });
  const explain = (error: unknown): AttemptFailed => {
    if (error instanceof AttemptFailed) return error;
    if (!(error instanceof APIError) || error.status === undefined) return unreachable(error);
    const { status, code, type, message, headers } = error as Told;
    return refusedBy({
      status,
      type: code ?? type ?? undefined,
      message,
      header: (name) => headers?.get(name) ?? undefined,
    });
  };
  return { client, explain };
}
