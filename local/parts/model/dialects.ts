/** Answers of the stand-in in the words of Anthropic and of OpenAI, in one piece and in many. */
import type { Job } from './job.ts';

/** A piece that goes out, and the tokens of the answer that are out with it. */
export type Out = { event?: string; data: unknown; tokens: number };

export function message(job: Job): Record<string, unknown> {
  const { written } = job;
  return { ...envelope(job), content: contentOf(job), usage: usageOf(job, written.outputTokens) };
}

export function* messageEvents(job: Job): Generator<Out> {
  const { written } = job;
  const out = (data: { type: string } & Record<string, unknown>, tokens = 0): Out => ({
    ...{ event: data.type, data, tokens },
  });
  const begun = { ...envelope(job), content: [], stop_reason: null, stop_sequence: null };
  yield out({ type: 'message_start', message: { ...begun, usage: usageOf(job, 0) } });
  yield out({ type: 'ping' });
  if (written.pieces.length > 0) {
    const block = written.tool === undefined ? { type: 'text', text: '' } : { ...toolUse(job), input: {} };
    yield out({ type: 'content_block_start', index: 0, content_block: block });
    for (const { text, tokens } of written.pieces) {
      const delta =
        written.tool === undefined
          ? { type: 'text_delta', text }
          : { type: 'input_json_delta', partial_json: text };
      yield out({ type: 'content_block_delta', index: 0, delta }, tokens);
    }
    yield out({ type: 'content_block_stop', index: 0 });
  }
  const delta = { stop_reason: written.stopReason, stop_sequence: null };
  yield out({ type: 'message_delta', delta, usage: usageOf(job, written.outputTokens) });
  yield out({ type: 'message_stop' });
}

export function chatCompletion(job: Job): Record<string, unknown> {
  const { written } = job;
  const said = {
    role: 'assistant',
    content: written.tool === undefined && written.stopReason !== 'refusal' ? textOf(job) : null,
    refusal: written.stopReason === 'refusal' ? 'I cannot help with that.' : null,
    ...(written.tool === undefined
      ? {}
      : { tool_calls: [toolCall(job, JSON.stringify(written.tool.input))] }),
  };
  return {
    ...chatEnvelope(job, 'chat.completion'),
    choices: [{ index: 0, message: said, finish_reason: finishOf(job), logprobs: null }],
    usage: chatUsage(job),
  };
}

export function* chatChunks(job: Job): Generator<Out> {
  const { written } = job;
  const chunk = (delta: Record<string, unknown>, tokens = 0, finish: string | null = null): Out => ({
    data: {
      ...chatEnvelope(job, 'chat.completion.chunk'),
      choices: [{ index: 0, delta, finish_reason: finish, logprobs: null }],
    },
    tokens,
  });
  yield chunk({ role: 'assistant', content: written.tool === undefined ? '' : null });
  if (written.stopReason === 'refusal') yield chunk({ refusal: 'I cannot help with that.' });
  for (const [index, { text, tokens }] of written.pieces.entries()) {
    if (written.tool === undefined) yield chunk({ content: text }, tokens);
    else {
      const call = index === 0 ? toolCall(job, text) : { function: { arguments: text } };
      yield chunk({ tool_calls: [{ index: 0, ...call }] }, tokens);
    }
  }
  yield chunk({}, 0, finishOf(job));
  yield {
    data: { ...chatEnvelope(job, 'chat.completion.chunk'), choices: [], usage: chatUsage(job) },
    tokens: 0,
  };
  yield { data: '[DONE]', tokens: 0 };
}

function envelope({ id, order, written }: Job): Record<string, unknown> {
  return {
    ...{ id, type: 'message', role: 'assistant', model: order.model },
    ...{ stop_reason: written.stopReason, stop_sequence: null },
  };
}

function contentOf(job: Job): unknown[] {
  if (job.written.tool !== undefined) return [toolUse(job)];
  return job.written.pieces.length === 0 ? [] : [{ type: 'text', text: textOf(job) }];
}

function toolUse({ id, written }: Job): Record<string, unknown> {
  return { type: 'tool_use', id: id.replace('msg', 'toolu'), ...written.tool };
}

function toolCall({ id, written }: Job, json: string): Record<string, unknown> {
  return {
    ...{ id: id.replace('msg', 'call'), type: 'function' },
    function: { name: written.tool?.name, arguments: json },
  };
}

function textOf({ written }: Job): string {
  return written.pieces.map(({ text }) => text).join('');
}

function usageOf({ prompt }: Job, output: number): Record<string, unknown> {
  return {
    input_tokens: prompt.input,
    cache_read_input_tokens: prompt.cacheRead,
    cache_creation_input_tokens: prompt.cacheWrite5m + prompt.cacheWrite1h,
    cache_creation: {
      ephemeral_5m_input_tokens: prompt.cacheWrite5m,
      ephemeral_1h_input_tokens: prompt.cacheWrite1h,
    },
    output_tokens: output,
    service_tier: 'standard',
  };
}

function chatUsage({ prompt, written }: Job): Record<string, unknown> {
  const promptTokens = prompt.input + prompt.cacheRead + prompt.cacheWrite5m;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: written.outputTokens,
    total_tokens: promptTokens + written.outputTokens,
    prompt_tokens_details: { cached_tokens: prompt.cacheRead, cache_write_tokens: prompt.cacheWrite5m },
  };
}

function chatEnvelope({ id, order }: Job, object: string): Record<string, unknown> {
  return {
    id: id.replace('msg', 'chatcmpl'),
    object,
    created: 0,
    model: order.model,
    service_tier: 'default',
  };
}

function finishOf({ written }: Job): string {
  if (written.tool !== undefined) return 'tool_calls';
  return written.stopReason === 'max_tokens' ? 'length' : 'stop';
}
