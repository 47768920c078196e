/**
 * Keeps what was asked and answered, for tenants that turned it on and no others (AI-1). It stands around the engine,
 * so no words of a caller get past it. A call does not fail because its transcript could not be kept: its answer is
 * paid for.
 */
import { transcriptDays } from '../../config/ai-limits.ts';
import type { LongContext } from '../../contract/context.ts';
import { uuidOf } from '../../contract/ids.ts';
import { sql } from '../../db/sql.ts';
import type { AnswerStream, Asked, Engine } from '../engine.ts';
import type { AnswerBlock, ContentBlock, ModelEvent, ModelMessage } from '../model-call.ts';
import type { KeptAnswer, KeptPrompt } from '../transcripts.contract.ts';

/** The engine, whose calls are kept where their tenant wants it. */
export function keeping(engine: Engine): Engine {
  return {
    complete: async (ctx, asked) => {
      const answered = await engine.complete(ctx, asked);
      if (isKept(ctx)) {
        const { callId, answer } = answered;
        const { model, content, stopReason } = answer;
        await keep(ctx, asked, { callId, model, answer: { content, stopReason } });
      }
      return answered;
    },
    stream: (ctx, asked) => {
      const stream = engine.stream(ctx, asked);
      if (!isKept(ctx)) return stream;
      return { outcome: stream.outcome, [Symbol.asyncIterator]: () => kept(ctx, asked, stream) };
    },
  };
}

type Transcript = { callId: string; model: string; answer: KeptAnswer };

function isKept(ctx: LongContext): boolean {
  return ctx.flag('ai_transcripts').on;
}

async function* kept(ctx: LongContext, asked: Asked, stream: AnswerStream): AsyncGenerator<ModelEvent> {
  const blocks = new Map<number, AnswerBlock>();
  const json = new Map<number, string>();
  let [model, stopReason]: [string | undefined, KeptAnswer['stopReason']] = [undefined, null];
  try {
    for await (const event of stream) {
      if (event.type === 'start') model = event.model;
      else if (event.type === 'block_start') blocks.set(event.index, { ...event.block });
      else if (event.type === 'text') append(blocks.get(event.index), event.text);
      else if (event.type === 'json') json.set(event.index, (json.get(event.index) ?? '') + event.json);
      else if (event.type === 'stop') stopReason = event.stopReason;
      yield event;
    }
  } finally {
    // Without its beginning there is nothing that a model said.
    if (model !== undefined) {
      const content = [...blocks].map(([index, block]) => withInput(block, json.get(index)));
      await keep(ctx, asked, { callId: stream.outcome().callId, model, answer: { content, stopReason } });
    }
  }
}

function append(block: AnswerBlock | undefined, text: string): void {
  if (block?.type === 'text') block.text += text;
}

/** A tool's input, as far as it came. */
function withInput(block: AnswerBlock, json: string | undefined): AnswerBlock {
  if (block.type !== 'tool_use' || json === undefined) return block;
  try {
    return { ...block, input: JSON.parse(json) as Record<string, unknown> };
  } catch {
    return { ...block, input: { unfinished: json } };
  }
}

async function keep(ctx: LongContext, asked: Asked, { callId, model, answer }: Transcript): Promise<void> {
  const { actor, transact, log } = ctx;
  const { system, messages, tools } = asked.request;
  const prompt: KeptPrompt = {
    system: typeof system === 'object' ? system.map(({ text }) => text).join('\n\n') : (system ?? null),
    messages: messages.map(withoutImages),
    tools: (tools ?? []).map(({ name }) => name),
  };
  const now = ctx.now();
  try {
    await transact((tx) =>
      tx.last(sql`
        insert into app.ai_transcripts (tenant_id, call_id, asked_at, user_id, api_key_id, feature, model, prompt,
          answer, complete, kept_until)
        values (app.tenant_id(), ${callId}, ${now}, ${actor.type === 'person' ? uuidOf(actor.id) : null},
          ${actor.type === 'person' ? null : uuidOf(actor.id)}, ${asked.feature}, ${model},
          ${JSON.stringify(prompt)}, ${JSON.stringify(answer)}, ${answer.stopReason !== null},
          ${new Date(now.getTime() + transcriptDays * dayMs)})`),
    );
  } catch (error) {
    const name = error instanceof Error ? error.name : typeof error;
    log.error('a transcript was not kept', { callId, error: name });
  }
}

const dayMs = 86_400_000;

/** Of an image it says that there was one: they are large, and nobody reads them as text. */
function withoutImages({ role, content }: ModelMessage): KeptPrompt['messages'][number] {
  if (typeof content === 'string') return { role, content: [{ type: 'text', text: content }] };
  return { role, content: content.map(withoutImage) };
}

function withoutImage(block: ContentBlock): Record<string, unknown> & { type: string } {
  const { cache_control: _mark, ...rest } = block;
  if (rest.type === 'image') return { type: 'image', mediaType: rest.source.media_type };
  if (rest.type !== 'tool_result' || typeof rest.content !== 'object') return rest;
  return { ...rest, content: rest.content.map(withoutImage) };
}
