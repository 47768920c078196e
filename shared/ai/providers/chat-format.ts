/** Chat completions as they go over the line at OpenAI: requests out, answers and events in. */
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionContentPart,
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import type { CompletionUsage } from 'openai/resources/completions';
import type {
  AnswerBlock,
  ContentBlock,
  ModelAnswer,
  ModelEvent,
  ModelMessage,
  ModelRequest,
  StopReason,
  TokenUsage,
} from '../model-call.ts';
import { brokenOff, inexpressible } from './errors.ts';

/**
 * The body of a request. Marks for the cache have no counterpart: prompts are kept without them.
 * @throws AttemptFailed for what Chat Completions cannot say
 */
export function toChat(request: ModelRequest): ChatCompletionCreateParamsNonStreaming {
  const { system, messages, tools, toolChoice } = request;
  const instructions = typeof system === 'string' ? system : system?.map(({ text }) => text).join('\n\n');
  return {
    model: request.model,
    max_completion_tokens: request.maxTokens,
    // Nobody else keeps what was said.
    store: false,
    // At the price of the list, whatever the project's default.
    service_tier: 'default',
    messages: [
      ...(instructions === undefined ? [] : [{ role: 'system' as const, content: instructions }]),
      ...messages.flatMap(chatMessages),
    ],
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.topP === undefined ? {} : { top_p: request.topP }),
    ...(request.stopSequences === undefined ? {} : { stop: request.stopSequences }),
    ...(tools === undefined || tools.length === 0
      ? {}
      : {
          tools: tools.map(({ name, description, input_schema: parameters }) => ({
            type: 'function' as const,
            function: { name, parameters, ...(description === undefined ? {} : { description }) },
          })),
          ...(toolChoice === undefined ? {} : { tool_choice: chosen(toolChoice) }),
          ...(toolChoice !== undefined &&
          'disable_parallel_tool_use' in toolChoice &&
          toolChoice.disable_parallel_tool_use === true
            ? { parallel_tool_calls: false }
            : {}),
        }),
  };
}

/** An answer in one piece. */
export function fromChat(completion: ChatCompletion, request: ModelRequest): ModelAnswer {
  const choice = completion.choices[0];
  if (choice === undefined || completion.usage === undefined) throw brokenOff();
  const { content, refusal, tool_calls: calls = [] } = choice.message;
  const text = content ?? refusal ?? '';
  const blocks: AnswerBlock[] = text === '' ? [] : [{ type: 'text', text }];
  for (const call of calls) {
    if (call.type === 'function')
      blocks.push({
        type: 'tool_use',
        id: call.id,
        name: call.function.name,
        input: JSON.parse(call.function.arguments === '' ? '{}' : call.function.arguments) as Record<
          string,
          unknown
        >,
      });
  }
  return {
    id: completion.id,
    model: request.model,
    content: blocks,
    stopReason: refusal === null ? stopReasonOf(choice.finish_reason) : 'refusal',
    stopSequence: null,
    usage: usageOf(completion.usage),
  };
}

const nothingYet: TokenUsage = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };

/**
 * An answer in pieces; usage is told at its end only.
 * @throws AttemptFailed when it ends before it is complete
 */
export async function* fromChatChunks(
  chunks: AsyncIterable<ChatCompletionChunk>,
  request: ModelRequest,
): AsyncGenerator<ModelEvent> {
  let usage: TokenUsage | undefined;
  let stopReason: StopReason | undefined;
  let refused = false;
  let [started, index] = [false, -1];
  let open: string | undefined;
  for await (const chunk of chunks) {
    if (!started) yield { type: 'start', id: chunk.id, model: request.model, usage: nothingYet };
    started = true;
    if (chunk.usage !== undefined && chunk.usage !== null) usage = usageOf(chunk.usage);
    const choice = chunk.choices[0];
    if (choice === undefined) continue;
    const text = choice.delta.content ?? choice.delta.refusal;
    refused ||= typeof choice.delta.refusal === 'string';
    if (typeof text === 'string' && text !== '') {
      if (open !== 'text') {
        if (open !== undefined) yield { type: 'block_stop', index };
        [open, index] = ['text', index + 1];
        yield { type: 'block_start', index, block: { type: 'text', text: '' } };
      }
      yield { type: 'text', index, text };
    }
    for (const call of choice.delta.tool_calls ?? []) {
      const place = `tool ${call.index}`;
      if (open !== place) {
        if (open !== undefined) yield { type: 'block_stop', index };
        [open, index] = [place, index + 1];
        const block = { id: call.id ?? place, name: call.function?.name ?? '', input: {} };
        yield { type: 'block_start', index, block: { type: 'tool_use', ...block } };
      }
      const json = call.function?.arguments ?? '';
      if (json !== '') yield { type: 'json', index, json };
    }
    if (choice.finish_reason !== null) stopReason = stopReasonOf(choice.finish_reason);
  }
  if (usage === undefined || stopReason === undefined) throw brokenOff();
  if (open !== undefined) yield { type: 'block_stop', index };
  yield { type: 'stop', stopReason: refused ? 'refusal' : stopReason, stopSequence: null, usage };
}

/** Cached and written tokens are part of the prompt's there; here they stand beside each other. */
export function usageOf(usage: CompletionUsage): TokenUsage {
  const cacheRead = usage.prompt_tokens_details?.cached_tokens ?? 0;
  const cacheWrite5m = usage.prompt_tokens_details?.cache_write_tokens ?? 0;
  return {
    input: Math.max(0, usage.prompt_tokens - cacheRead - cacheWrite5m),
    output: usage.completion_tokens,
    ...{ cacheRead, cacheWrite5m, cacheWrite1h: 0 },
  };
}

/** Results of tools are messages of their own there, before what else the person says. */
function chatMessages({ role, content }: ModelMessage): ChatCompletionMessageParam[] {
  if (typeof content === 'string') return [{ role, content }];
  if (role === 'assistant') {
    const text = content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('');
    const calls = content.flatMap((block) =>
      block.type === 'tool_use'
        ? [
            {
              type: 'function' as const,
              id: block.id,
              function: { name: block.name, arguments: JSON.stringify(block.input) },
            },
          ]
        : [],
    );
    return [{ role, content: text, ...(calls.length === 0 ? {} : { tool_calls: calls }) }];
  }
  const results = content.flatMap((block): ChatCompletionMessageParam[] =>
    block.type === 'tool_result'
      ? [{ role: 'tool', tool_call_id: block.tool_use_id, content: plainText(block.content) }]
      : [],
  );
  const rest = content.filter((block) => block.type !== 'tool_result').map(partOf);
  return rest.length === 0 ? results : [...results, { role, content: rest }];
}

function partOf(block: ContentBlock): ChatCompletionContentPart {
  if (block.type === 'text') return { type: 'text', text: block.text };
  if (block.type !== 'image') throw inexpressible();
  const { media_type: type, data } = block.source;
  // Not beyond what an image's tokens are bounded for.
  return { type: 'image_url', image_url: { url: `data:${type};base64,${data}`, detail: 'high' } };
}

function plainText(content: string | readonly ContentBlock[] | undefined): string {
  if (content === undefined || typeof content === 'string') return content ?? '';
  return content
    .map((block) => {
      if (block.type !== 'text') throw inexpressible();
      return block.text;
    })
    .join('\n');
}

function chosen(choice: NonNullable<ModelRequest['toolChoice']>) {
  switch (choice.type) {
    case 'tool':
      return { type: 'function' as const, function: { name: choice.name } };
    case 'any':
      return 'required' as const;
    case 'auto':
    case 'none':
      return choice.type;
  }
}

function stopReasonOf(reason: string): StopReason {
  if (reason === 'length') return 'max_tokens';
  if (reason === 'tool_calls' || reason === 'function_call') return 'tool_use';
  return reason === 'content_filter' ? 'refusal' : 'end_turn';
}
