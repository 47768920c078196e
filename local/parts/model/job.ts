/** One call at the stand-in, whatever its words: what it costs, what is answered, and its line of the invoice. */
import { randomUUID } from 'node:crypto';
import type { Behaviour, Behaviours } from './behaviour.ts';
import { type Piece, piecesOf, sum } from './counting.ts';
import { charge, type Charged, type InvoiceLine, isSold } from './invoice.ts';
import type { PromptCache, PromptUsage } from './keeping.ts';
import { type Asked, write, type Written } from './writing.ts';

/** A request in one of the dialects, read. */
export type Order = {
  model: string;
  pieces: Piece[];
  asked: Asked;
  stream: boolean;
  /** Whose key it came with; caches are not shared. */
  owner: string;
  requestId: string;
};

export type Job = {
  id: string;
  order: Order;
  behaviour: Behaviour;
  prompt: PromptUsage;
  written: Written;
  /** Writes the line of the invoice, once: for all of the answer, or for what of it went out. */
  bill(outputTokens: number, ended: InvoiceLine['ended']): void;
};

/** An error as the provider answers it. */
export type Complaint = { status: number; type: string; message: string; retryAfterSeconds?: number };

export type Desk = { behaviours: Behaviours; cache: PromptCache; invoice: InvoiceLine[] };

const usualTypes: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
};

export const contextTokens = 1_000_000;

/** Takes an order, or says why not. */
export function take(desk: Desk, order: Order): Job | Complaint {
  const { model, pieces, asked, owner, requestId } = order;
  if (!isSold(model)) return { status: 404, type: 'not_found_error', message: `model: ${model}` };
  const promptText = pieces.map(({ text }) => text).join('\n');
  const behaviour = desk.behaviours.next(`${model}\n${promptText}`, asked.lastText);
  if (behaviour.status !== undefined) return complaintOf(behaviour.status, behaviour);
  const tokens = sum(pieces);
  if (tokens > contextTokens) {
    return complaintOf(400, { message: `prompt is too long: ${tokens} tokens > ${contextTokens} maximum` });
  }
  const prompt = desk.cache.take(`${owner} ${model}`, pieces);
  const id = `msg_${randomUUID().replaceAll('-', '')}`;
  let billed = false;
  return {
    ...{ id, order, behaviour, prompt },
    written: write(asked, behaviour),
    bill: (output, ended) => {
      if (billed) return;
      billed = true;
      const usage: Charged = { ...prompt, output };
      desk.invoice.push({ id, requestId, model, usage, picoDollars: charge(model, usage), ended });
    },
  };
}

export function isComplaint(taken: Job | Complaint): taken is Complaint {
  return 'status' in taken;
}

function complaintOf(status: number, { errorType, message, retryAfterSeconds }: Behaviour): Complaint {
  return {
    status,
    type: errorType ?? usualTypes[status] ?? 'api_error',
    message: message ?? usualTypes[status] ?? 'error',
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

type Body = Record<string, unknown>;

/** A body of the Messages API, read; a complaint when it is not one. */
export function readMessages(
  body: Body,
  more: { model: string; owner: string; requestId: string },
): Order | Complaint {
  const wrong = (message: string): Complaint => ({ status: 400, type: 'invalid_request_error', message });
  const messages = body.messages;
  const maxTokens = body.max_tokens;
  if (!Number.isInteger(maxTokens) || Number(maxTokens) < 1) return wrong('max_tokens: Field required');
  if (!Array.isArray(messages) || messages.length === 0)
    return wrong('messages: at least one message is required');
  const last = messages.at(-1) as Body;
  const blocks = Array.isArray(last.content) ? (last.content as Body[]) : [];
  const texts =
    typeof last.content === 'string'
      ? [last.content]
      : blocks.map(({ text }) => (typeof text === 'string' ? text : ''));
  const result = blocks.find(({ type }) => type === 'tool_result');
  const tools = (Array.isArray(body.tools) ? (body.tools as Body[]) : []).map(({ name }) => String(name));
  const choice = (body.tool_choice ?? {}) as Body;
  if (choice.type === 'tool' && !tools.includes(String(choice.name)))
    return wrong('tool_choice: no such tool');
  return {
    ...more,
    pieces: piecesOf(body),
    stream: body.stream === true,
    asked: {
      maxTokens: Number(maxTokens),
      lastText: texts.join('\n'),
      tools,
      mustUse: choice.type === 'any' ? true : choice.type === 'tool' ? String(choice.name) : undefined,
      toolResult: result === undefined ? undefined : JSON.stringify(result.content ?? ''),
    },
  };
}

/** A body of Chat Completions, as the order that says the same. */
export function readChat(
  body: Body,
  more: { model: string; owner: string; requestId: string },
): Order | Complaint {
  const given = Array.isArray(body.messages) ? (body.messages as Body[]) : [];
  const messages = given.map(({ role, content, tool_calls: calls, tool_call_id: callId }) => {
    const text = Array.isArray(content)
      ? (content as Body[]).map(partOf)
      : typeof content === 'string'
        ? content
        : '';
    if (role === 'tool')
      return { role: 'user', content: [{ type: 'tool_result', tool_use_id: callId, content: text }] };
    if (!Array.isArray(calls)) return { role, content: text };
    const uses = (calls as Body[]).map(({ id, function: called }) => ({
      type: 'tool_use',
      id,
      name: '',
      input: called,
    }));
    return { role, content: [{ type: 'text', text: JSON.stringify(text) }, ...uses] };
  });
  const tools = (Array.isArray(body.tools) ? (body.tools as Body[]) : []).map(
    (tool) => tool.function as Body,
  );
  const choice = body.tool_choice;
  const named =
    typeof choice === 'object' && choice !== null ? ((choice as Body).function as Body).name : undefined;
  const toolChoice =
    choice === 'required' ? { type: 'any' } : named === undefined ? undefined : { type: 'tool', name: named };
  const order = readMessages(
    {
      max_tokens: body.max_completion_tokens ?? body.max_tokens ?? 1_024,
      ...{ messages, tools, stream: body.stream },
      ...(toolChoice === undefined ? {} : { tool_choice: toolChoice }),
    },
    more,
  );
  if ('status' in order) return order;
  // Prompts are kept there without being asked to.
  const last = order.pieces.at(-1);
  return last === undefined
    ? order
    : { ...order, pieces: [...order.pieces.slice(0, -1), { ...last, keep: '5m' }] };
}

function partOf(part: Body): Body {
  return part.type === 'text' ? part : { type: 'image', source: part.image_url };
}
