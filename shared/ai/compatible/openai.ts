/** The Chat Completions of OpenAI in front of a model call: requests in, answers and chunks out. */
import type * as z from 'zod';
import { fail, problems } from '../../contract/errors.ts';
import type { ServerSentEvent } from '../../contract/stream.ts';
import type { ChatInput, chatOutput } from '../compatible.contract.ts';
import type {
  AnswerBlock,
  ContentBlock,
  ModelAnswer,
  ModelEvent,
  ModelMessage,
  ModelRequest,
  StopReason,
  TokenUsage,
  ToolChoice,
} from '../model-call.ts';

/** A request need not say how much may be answered; what is reserved for it must be bounded. */
const defaultMaxTokens = 4_096;

/**
 * The call that a request asks for.
 * @throws Failure `request.invalid` when the arguments of a tool's call are no JSON object
 */
export function fromChat(input: ChatInput): ModelRequest {
  const { stop, temperature, top_p: topP } = input;
  const system = input.messages.flatMap((message) =>
    message.role === 'system' || message.role === 'developer' ? [textOf(message.content)] : [],
  );
  return {
    model: input.model,
    maxTokens: input.max_completion_tokens ?? input.max_tokens ?? defaultMaxTokens,
    system: system.length === 0 ? undefined : system.join('\n\n'),
    messages: merged(input.messages.flatMap((message, index) => messageOf(message, index))),
    temperature: temperature ?? undefined,
    topP: topP ?? undefined,
    stopSequences: stop === null || stop === undefined ? undefined : [stop].flat(),
    tools: input.tools?.map(({ function: { name, description, parameters } }) => ({
      ...{ name, description },
      input_schema: parameters ?? { type: 'object', properties: {} },
    })),
    toolChoice: choiceOf(input),
  };
}

/** An answer in one piece. */
export function toChat(answer: ModelAnswer, now: Date): z.output<typeof chatOutput> {
  const calls = answer.content.flatMap((block) => (block.type === 'tool_use' ? [callOf(block)] : []));
  const texts = answer.content.flatMap((block) => (block.type === 'text' ? [block.text] : []));
  return {
    ...envelope(answer.id, answer.model, now),
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: texts.length === 0 ? null : texts.join(''),
          refusal: null,
          ...(calls.length === 0 ? {} : { tool_calls: calls }),
        },
        finish_reason: finishReasons[answer.stopReason],
        logprobs: null,
      },
    ],
    usage: usageOf(answer.usage),
  };
}

/** An answer in pieces; what was used is said in a last chunk where it was asked for. */
export async function* toChatChunks(
  events: AsyncIterable<ModelEvent>,
  now: Date,
  includeUsage: boolean,
): AsyncGenerator<ServerSentEvent> {
  let head = { ...envelope('', '', now), object: 'chat.completion.chunk' as const };
  const calls = new Map<number, number>();
  const chunk = (delta: object, finish: string | null = null): ServerSentEvent => ({
    data: {
      ...head,
      choices: [{ index: 0, delta, finish_reason: finish, logprobs: null }],
      ...(includeUsage ? { usage: null } : {}),
    },
  });
  for await (const event of events) {
    if (event.type === 'start') {
      head = { ...head, id: event.id, model: event.model };
      yield chunk({ role: 'assistant', content: '' });
    } else if (event.type === 'text') {
      yield chunk({ content: event.text });
    } else if (event.type === 'block_start' && event.block.type === 'tool_use') {
      const { id, name } = event.block;
      const index = calls.size;
      calls.set(event.index, index);
      const call = { index, id, type: 'function', function: { name, arguments: '' } };
      yield chunk({ tool_calls: [call] });
    } else if (event.type === 'json') {
      const index = calls.get(event.index) ?? 0;
      yield chunk({ tool_calls: [{ index, function: { arguments: event.json } }] });
    } else if (event.type === 'stop') {
      yield chunk({}, finishReasons[event.stopReason]);
      if (includeUsage) yield { data: { ...head, choices: [], usage: usageOf(event.usage) } };
    }
  }
  yield { data: '[DONE]' };
}

type ChatMessage = ChatInput['messages'][number];

function textOf(content: string | readonly { text?: string }[] | null | undefined): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map(({ text = '' }) => text).join('');
}

function messageOf(message: ChatMessage, index: number): ModelMessage[] {
  switch (message.role) {
    case 'system':
    case 'developer':
      return [];
    case 'user': {
      const { content } = message;
      return [{ role: 'user', content: typeof content === 'string' ? content : content.map(partOf) }];
    }
    case 'assistant': {
      const text = textOf(message.content);
      const calls = (message.tool_calls ?? []).map(({ id, function: called }): ContentBlock => ({
        ...{ type: 'tool_use', id, name: called.name },
        input: argumentsOf(called.arguments, `body.messages.${index}.tool_calls`),
      }));
      const said: ContentBlock[] = text === '' ? [] : [{ type: 'text', text }];
      return said.length + calls.length === 0 ? [] : [{ role: 'assistant', content: [...said, ...calls] }];
    }
    case 'tool': {
      const { tool_call_id, content } = message;
      const result: ContentBlock = {
        type: 'tool_result',
        tool_use_id: tool_call_id,
        content: textOf(content),
      };
      return [{ role: 'user', content: [result] }];
    }
  }
}

/** Results of several tools are several messages there, and one here. */
function merged(messages: readonly ModelMessage[]): ModelMessage[] {
  return messages.reduce<ModelMessage[]>((done, message) => {
    const last = done.at(-1);
    if (last?.role !== message.role) return [...done, message];
    return [...done.slice(0, -1), { role: last.role, content: [...blocksOf(last), ...blocksOf(message)] }];
  }, []);
}

function blocksOf({ content }: ModelMessage): ContentBlock[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

type Part = Exclude<Extract<ChatMessage, { role: 'user' }>['content'], string>[number];

function partOf(part: Part): ContentBlock {
  if (part.type === 'text') return { type: 'text', text: part.text };
  const [, media_type = '', data = ''] = /^data:([^;]+);base64,(.*)$/s.exec(part.image_url.url) ?? [];
  return { type: 'image', source: { type: 'base64', media_type, data } };
}

function argumentsOf(text: string, path: string): Record<string, unknown> {
  const wrong = (cause?: unknown) =>
    fail(problems.invalidInput, {
      errors: [{ path, message: 'has arguments that are no JSON object' }],
      cause,
    });
  try {
    const value: unknown = text === '' ? {} : JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch (error) {
    throw wrong(error);
  }
  throw wrong();
}

function choiceOf({ tool_choice: choice, parallel_tool_calls: parallel }: ChatInput): ToolChoice | undefined {
  const alone = parallel === false ? { disable_parallel_tool_use: true } : {};
  if (choice === undefined) return parallel === false ? { type: 'auto', ...alone } : undefined;
  if (choice === 'none') return { type: 'none' };
  if (typeof choice === 'object') return { type: 'tool', name: choice.function.name, ...alone };
  return { type: choice === 'required' ? 'any' : 'auto', ...alone };
}

const finishReasons: Readonly<Record<StopReason, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
};

function callOf({ id, name, input }: Extract<AnswerBlock, { type: 'tool_use' }>) {
  return { id, type: 'function', function: { name, arguments: JSON.stringify(input) } };
}

function envelope(id: string, model: string, now: Date) {
  return { id, created: Math.floor(now.getTime() / 1_000), model };
}

/** Cached tokens are a part of the prompt's there. */
function usageOf({ input, output, cacheRead, cacheWrite5m, cacheWrite1h }: TokenUsage) {
  const prompt = input + cacheRead + cacheWrite5m + cacheWrite1h;
  return {
    prompt_tokens: prompt,
    completion_tokens: output,
    total_tokens: prompt + output,
    prompt_tokens_details: { cached_tokens: cacheRead },
  };
}
