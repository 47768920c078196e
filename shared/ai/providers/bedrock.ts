/** Models on Amazon Bedrock: Anthropic's in the words of the Messages API, Titan's vectors. Paid by the role. */
import type { BedrockRuntimeClient, ResponseStream } from '@aws-sdk/client-bedrock-runtime';
import type * as clientFile from './bedrock-client.ts';
import type { ModelRequest } from '../model-call.ts';
import { refusedBy, unreachable } from './errors.ts';
import {
  fromMessage,
  fromMessageEvents,
  toMessages,
  type WireEvent,
  type WireMessage,
} from './messages-format.ts';
import { AttemptFailed, type Provider, type Sending } from './provider.ts';

/** In which region; `baseUrl` is for a stand-in. */
export type BedrockOptions = { region: string; baseUrl?: string | undefined };

const version = 'bedrock-2023-05-31';

export function bedrock(options: BedrockOptions): Provider {
  let made: Promise<Connected> | undefined;
  const connected = (): Promise<Connected> => (made ??= connect(options));

  const invoke = async (modelId: string, body: unknown, { signal }: Sending): Promise<unknown> => {
    const { client, InvokeModelCommand } = await connected();
    try {
      const command = new InvokeModelCommand({ ...json, modelId, body: JSON.stringify(body) });
      const answer = await client.send(command, { abortSignal: signal });
      return JSON.parse(answer.body.transformToString());
    } catch (error) {
      throw explain(error);
    }
  };

  return {
    name: 'bedrock',
    complete: async (request, sending) =>
      fromMessage((await invoke(request.model, bodyOf(request), sending)) as WireMessage, request),
    stream: async function* (request, { signal }) {
      const { client, InvokeModelWithResponseStreamCommand } = await connected();
      try {
        const command = new InvokeModelWithResponseStreamCommand({
          ...json,
          modelId: request.model,
          body: JSON.stringify(bodyOf(request)),
        });
        const { body } = await client.send(command, { abortSignal: signal });
        yield* fromMessageEvents(body === undefined ? nothing() : pieces(body), request);
      } catch (error) {
        throw explain(error);
      }
    },
    embed: async ({ model, input }, sending) => {
      // It takes one text at a time.
      const vectors: number[][] = [];
      let tokens = 0;
      for (const inputText of input) {
        const answer = (await invoke(model, { inputText }, sending).catch((error: unknown) => {
          // Those before it are charged.
          throw error instanceof AttemptFailed && tokens > 0
            ? new AttemptFailed(error.failure, 'unknown')
            : error;
        })) as { embedding: number[]; inputTextTokenCount: number };
        vectors.push(answer.embedding);
        tokens += answer.inputTextTokenCount;
      }
      const usage = { input: tokens, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
      return { model, vectors, usage };
    },
  };
}

const json = { contentType: 'application/json', accept: 'application/json' };

function bodyOf(request: ModelRequest): Record<string, unknown> {
  return { anthropic_version: version, ...toMessages(request) };
}

async function* pieces(body: AsyncIterable<ResponseStream>): AsyncGenerator<WireEvent> {
  const decoder = new TextDecoder();
  for await (const event of body) {
    if (event.chunk?.bytes !== undefined) yield JSON.parse(decoder.decode(event.chunk.bytes)) as WireEvent;
    const broken =
      event.internalServerException ??
      event.modelStreamErrorException ??
      event.modelTimeoutException ??
      event.serviceUnavailableException ??
      event.throttlingException ??
      event.validationException;
    if (broken !== undefined) throw broken;
  }
}

async function* nothing(): AsyncGenerator<WireEvent> {
  // An answer without a body has no events.
}

type Client = typeof clientFile;
type Connected = Pick<Client, 'InvokeModelCommand' | 'InvokeModelWithResponseStreamCommand'> & {
  client: BedrockRuntimeClient;
};

async function connect({ region, baseUrl }: BedrockOptions): Promise<Connected> {
  const { BedrockRuntimeClient: Runtime, NodeHttpHandler, ...commands } = await import('./bedrock-client.ts');
  const client = new Runtime({
    region,
    // Whoever counts the money decides about another try.
    maxAttempts: 1,
    // Its default keeps HTTP/2 sessions open, which do not survive that Lambda puts a process to sleep.
    requestHandler: new NodeHttpHandler({ connectionTimeout: 2_000 }),
    ...(baseUrl === undefined ? {} : { endpoint: baseUrl }),
  });
  return { client, ...commands };
}

function explain(error: unknown): AttemptFailed {
  if (error instanceof AttemptFailed) return error;
  if (!(error instanceof Error) || !('$metadata' in error)) return unreachable(error);
  const { httpStatusCode, requestId } = error.$metadata as { httpStatusCode?: number; requestId?: string };
  // The SDK marks errors of the connection as its own; they have no answer.
  if (httpStatusCode === undefined && !('$fault' in error)) return unreachable(error);
  return refusedBy({
    status: httpStatusCode,
    type: error.name,
    message: error.message,
    header: (name) => (name === 'x-amzn-requestid' ? requestId : undefined),
  });
}
