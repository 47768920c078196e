/** The Messages API of Anthropic in front of a model call: requests in, answers and events out. */
import type { ServerSentEvent } from '../../contract/stream.ts';
import type { MessagesInput, messagesOutput } from '../compatible.contract.ts';
import type { ModelAnswer, ModelEvent, ModelRequest, TokenUsage } from '../model-call.ts';
import type * as z from 'zod';

/** The call that a request asks for. */
export function fromMessages(input: MessagesInput): ModelRequest {
  return {
    model: input.model,
    maxTokens: input.max_tokens,
    system: input.system,
    messages: input.messages,
    temperature: input.temperature,
    topP: input.top_p,
    stopSequences: input.stop_sequences,
    tools: input.tools?.map(({ type: _custom, ...tool }) => tool),
    toolChoice: input.tool_choice,
  };
}

/** An answer in one piece. */
export function toMessage(answer: ModelAnswer): z.output<typeof messagesOutput> {
  return {
    ...envelope(answer.id, answer.model),
    content: answer.content,
    stop_reason: answer.stopReason,
    stop_sequence: answer.stopSequence,
    usage: usageOf(answer.usage),
  };
}

/** An answer in pieces. */
export async function* toMessageEvents(events: AsyncIterable<ModelEvent>): AsyncGenerator<ServerSentEvent> {
  for await (const event of events) {
    for (const data of inWords(event)) yield { event: data.type, data };
  }
}

type Data = { type: string } & Record<string, unknown>;

function inWords(event: ModelEvent): Data[] {
  switch (event.type) {
    case 'start': {
      const unfinished = { content: [], stop_reason: null, stop_sequence: null };
      const message = { ...envelope(event.id, event.model), ...unfinished, usage: usageOf(event.usage) };
      return [{ type: 'message_start', message }];
    }
    case 'block_start': {
      const { index, block } = event;
      return [{ type: 'content_block_start', index, content_block: block }];
    }
    case 'text': {
      const delta = { type: 'text_delta', text: event.text };
      return [{ type: 'content_block_delta', index: event.index, delta }];
    }
    case 'json': {
      const delta = { type: 'input_json_delta', partial_json: event.json };
      return [{ type: 'content_block_delta', index: event.index, delta }];
    }
    case 'block_stop':
      return [{ type: 'content_block_stop', index: event.index }];
    case 'stop': {
      const delta = { stop_reason: event.stopReason, stop_sequence: event.stopSequence };
      return [{ type: 'message_delta', delta, usage: usageOf(event.usage) }, { type: 'message_stop' }];
    }
  }
}

function envelope(id: string, model: string) {
  return { id, type: 'message', role: 'assistant', model } as const;
}

function usageOf({ input, output, cacheRead, cacheWrite5m, cacheWrite1h }: TokenUsage) {
  return {
    input_tokens: input,
    output_tokens: output,
    cache_read_input_tokens: cacheRead,
    cache_creation_input_tokens: cacheWrite5m + cacheWrite1h,
    cache_creation: { ephemeral_5m_input_tokens: cacheWrite5m, ephemeral_1h_input_tokens: cacheWrite1h },
  };
}
