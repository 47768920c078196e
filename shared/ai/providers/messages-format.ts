/**
 * The Messages API as it goes over the line, at Anthropic itself and at Bedrock: requests out, answers and events in.
 * What our calls have no words for, thoughts for instance, is left out of answers; its tokens are in the usage.
 */
import type {
  AnswerBlock,
  ModelAnswer,
  ModelEvent,
  ModelRequest,
  StopReason,
  TokenUsage,
} from '../model-call.ts';
import { brokenOff } from './errors.ts';

/** The body of a request, without model and stream. */
export function toMessages(request: ModelRequest): Record<string, unknown> {
  const { maxTokens, system, messages, temperature, topP, stopSequences, tools, toolChoice } = request;
  const body = {
    max_tokens: maxTokens,
    ...{ system, messages, temperature, tools },
    top_p: topP,
    stop_sequences: stopSequences,
    tool_choice: toolChoice,
  };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

/** Usage as it is told; of a stream's later events only what changed. */
export type WireUsage = {
  input_tokens?: number | null;
  output_tokens?: number | null;
  cache_read_input_tokens?: number | null;
  cache_creation_input_tokens?: number | null;
  cache_creation?: { ephemeral_5m_input_tokens?: number; ephemeral_1h_input_tokens?: number } | null;
};

export type WireBlock = { type: string; [field: string]: unknown };

export type WireMessage = {
  id: string;
  content: WireBlock[];
  stop_reason: string | null;
  stop_sequence: string | null;
  usage: WireUsage;
};

export type WireEvent =
  | { type: 'message_start'; message: WireMessage }
  | { type: 'content_block_start'; index: number; content_block: WireBlock }
  | {
      type: 'content_block_delta';
      index: number;
      delta: { type: string; text?: string; partial_json?: string };
    }
  | { type: 'content_block_stop'; index: number }
  | {
      type: 'message_delta';
      delta: { stop_reason: string | null; stop_sequence: string | null };
      usage: WireUsage;
    }
  | { type: 'message_stop' | 'ping' };

/** An answer in one piece. */
export function fromMessage(message: WireMessage, request: ModelRequest): ModelAnswer {
  return {
    id: message.id,
    model: request.model,
    content: message.content.flatMap((block) => answerBlock(block) ?? []),
    stopReason: stopReasonOf(message.stop_reason),
    stopSequence: message.stop_sequence,
    usage: usageOf(message.usage, undefined, request),
  };
}

/**
 * An answer in pieces.
 * @throws AttemptFailed when it ends before it is complete
 */
export async function* fromMessageEvents(
  wire: AsyncIterable<WireEvent>,
  request: ModelRequest,
): AsyncGenerator<ModelEvent> {
  let usage: TokenUsage | undefined;
  let stop: { stopReason: StopReason; stopSequence: string | null } | undefined;
  // Blocks that are left out must not leave holes in the numbering.
  const places = new Map<number, number>();
  for await (const event of wire) {
    switch (event.type) {
      case 'message_start':
        usage = usageOf(event.message.usage, usage, request);
        yield { type: 'start', id: event.message.id, model: request.model, usage };
        break;
      case 'content_block_start': {
        const block = answerBlock(event.content_block);
        if (block === undefined) break;
        const index = places.size;
        places.set(event.index, index);
        yield { type: 'block_start', index, block };
        break;
      }
      case 'content_block_delta': {
        const index = places.get(event.index);
        const { text, partial_json: json } = event.delta;
        if (index === undefined) break;
        if (text !== undefined) yield { type: 'text', index, text };
        if (json !== undefined) yield { type: 'json', index, json };
        break;
      }
      case 'content_block_stop': {
        const index = places.get(event.index);
        if (index !== undefined) yield { type: 'block_stop', index };
        break;
      }
      case 'message_delta':
        usage = usageOf(event.usage, usage, request);
        stop = {
          stopReason: stopReasonOf(event.delta.stop_reason),
          stopSequence: event.delta.stop_sequence ?? null,
        };
        break;
      case 'message_stop':
        if (usage === undefined || stop === undefined) throw brokenOff();
        yield { type: 'stop', ...stop, usage };
        return;
      case 'ping':
        break;
    }
  }
  throw brokenOff();
}

function usageOf(wire: WireUsage, before: TokenUsage | undefined, request: ModelRequest): TokenUsage {
  const written = wire.cache_creation_input_tokens;
  const parts = wire.cache_creation;
  const [w5m, w1h] =
    parts !== undefined && parts !== null
      ? [parts.ephemeral_5m_input_tokens ?? 0, parts.ephemeral_1h_input_tokens ?? 0]
      : written === undefined || written === null
        ? [before?.cacheWrite5m ?? 0, before?.cacheWrite1h ?? 0]
        : before !== undefined && before.cacheWrite5m + before.cacheWrite1h === written
          ? [before.cacheWrite5m, before.cacheWrite1h]
          : // Told as one number: the dearer kind, where the request has it.
            asksForAnHour(request)
            ? [0, written]
            : [written, 0];
  return {
    input: wire.input_tokens ?? before?.input ?? 0,
    output: wire.output_tokens ?? before?.output ?? 0,
    cacheRead: wire.cache_read_input_tokens ?? before?.cacheRead ?? 0,
    cacheWrite5m: w5m,
    cacheWrite1h: w1h,
  };
}

function asksForAnHour({ system, messages, tools }: ModelRequest): boolean {
  const marked = [
    ...(Array.isArray(system) ? system : []),
    ...messages.flatMap(({ content }) => (Array.isArray(content) ? content : [])),
    ...(tools ?? []),
  ];
  return marked.some(({ cache_control: mark }) => mark?.ttl === '1h');
}

function answerBlock(block: WireBlock): AnswerBlock | undefined {
  const { type, text, id, name, input } = block;
  if (type === 'text') return { type: 'text', text: String(text) };
  if (type !== 'tool_use') return undefined;
  return { type, id: String(id), name: String(name), input: (input ?? {}) as Record<string, unknown> };
}

const stopReasons: readonly string[] = [
  'end_turn',
  'max_tokens',
  'stop_sequence',
  'tool_use',
  'refusal',
] satisfies StopReason[];

/** A reason that is not known here ends a turn like any other. */
function stopReasonOf(reason: string | null): StopReason {
  if (reason === 'model_context_window_exceeded') return 'max_tokens';
  return reason !== null && stopReasons.includes(reason) ? (reason as StopReason) : 'end_turn';
}
