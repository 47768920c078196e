/** Anthropic, through its own client. */
import type Anthropic from '@anthropic-ai/sdk';
import type { MessageCreateParamsNonStreaming } from '@anthropic-ai/sdk/resources/messages';
import type { ModelRequest } from '../model-call.ts';
import { inexpressible, refusedBy, unreachable } from './errors.ts';
import { fetchLine } from './line.ts';
import {
  fromMessage,
  fromMessageEvents,
  toMessages,
  type WireEvent,
  type WireMessage,
} from './messages-format.ts';
import { AttemptFailed, type Provider, type Sending } from './provider.ts';

/** Where it is and with which key; `baseUrl` is for a stand-in. */
export type AnthropicOptions = { apiKey: string; baseUrl?: string | undefined };

export function anthropic(options: AnthropicOptions): Provider {
  const connected = once(() => connect(options));
  return {
    name: 'anthropic',
    complete: async (request, sending) => {
      const { client, explain } = await connected();
      try {
        const message = await client.messages.create(bodyOf(request), sendingOptions(sending));
        return fromMessage(message as unknown as WireMessage, request);
      } catch (error) {
        throw explain(error);
      }
    },
    stream: async function* (request, sending) {
      const { client, explain } = await connected();
      try {
        const body = { ...bodyOf(request), stream: true as const };
        const events = await client.messages.create(body, sendingOptions(sending));
        yield* fromMessageEvents(events as AsyncIterable<unknown> as AsyncIterable<WireEvent>, request);
      } catch (error) {
        throw explain(error);
      }
    },
    embed: () => Promise.reject(inexpressible()),
  };
}

/** Served at the price of the list: the account's priority tier has another one. */
function bodyOf(request: ModelRequest): MessageCreateParamsNonStreaming {
  return {
    ...toMessages(request),
    model: request.model,
    service_tier: 'standard_only',
  } as unknown as MessageCreateParamsNonStreaming;
}

function sendingOptions({ signal, timeoutMs, requestId }: Sending) {
  return { signal, timeout: timeoutMs, headers: { 'x-client-request-id': requestId } };
}

/** What the client tells of an error; its own type leaves these open. */
type Told = {
  status: number | undefined;
  type: string | null;
  errorCode: string | null;
  apiMessage: string | null;
  headers: Headers | undefined;
};

type Connected = { client: Anthropic; explain: (error: unknown) => AttemptFailed };

async function connect({ apiKey, baseUrl }: AnthropicOptions): Promise<Connected> {
  const { Anthropic: Client, APIError } = await import('@anthropic-ai/sdk');
  const client = new Client({
    apiKey,
    // Whoever counts the money decides about another try.
    maxRetries: 0,
    // Nothing of the environment may decide where prompts go, or log them.
    baseURL: baseUrl ?? 'https://api.anthropic.com',
    authToken: null,
    logLevel: 'off',
    fetch: fetchLine,
  });
  const explain = (error: unknown): AttemptFailed => {
    if (error instanceof AttemptFailed) return error;
    if (!(error instanceof APIError)) return unreachable(error);
    const { status, type, errorCode, apiMessage, headers } = error as Told;
    // An error in the middle of a stream has no status of its own.
    if (status === undefined && type === null) return unreachable(error);
    return refusedBy({
      status,
      type: errorCode ?? type ?? undefined,
      message: apiMessage ?? '',
      header: (name) => headers?.get(name) ?? undefined,
    });
  };
  return { client, explain };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
