/** One instance that calls models: a process that may be killed at any time. */
import type { Models } from '#shared/ai/accounting.ts';
import { completeGoverned, type GovernedCall, streamGoverned } from '#shared/ai/governed.ts';
import type { ModelAnswer, ModelEvent, ModelRequest, ProviderName } from '#shared/ai/model-call.ts';
import { ModelFailure } from '#shared/ai/model-failure.ts';
import { callModels } from '#shared/ai/providers/call-model.ts';
import { AttemptFailed, type Provider, type Sending } from '#shared/ai/providers/provider.ts';
import { Failure } from '#shared/contract/errors.ts';
import { formatId } from '#shared/contract/ids.ts';
import { pool } from '#shared/db/pool.ts';
import { transact } from '#shared/db/transaction.ts';
import type { Ask, Piece } from './upstream.ts';

/** What a worker is told to do: so many calls at once. */
export type Round = {
  tenantId: string;
  model: string;
  inputTokens: number;
  maxTokens: number;
  /** Ids of the requests; one call for each. */
  requestIds: string[];
  /** Share of the streams whose reader leaves. */
  leaving: number;
  /** Waits for its answers, however long they take. */
  patient?: boolean;
};

/** What it says of each call: an answer, a problem's code, or what the provider failed with. */
export type Said = { requestId: string; outcome: string };

const upstreamUrl = process.argv[2] ?? '';

const [hasty, patient] = [modelsWithin(400), modelsWithin(60_000)];

process.on('message', (round: Round) => {
  for (const [index, requestId] of round.requestIds.entries()) {
    void one(round, requestId, index).then((outcome) =>
      process.send?.({ requestId, outcome } satisfies Said),
    );
  }
});
process.on('disconnect', () => process.exit());

function modelsWithin(attemptTimeoutMs: number): Models {
  return callModels({
    providers: { anthropic: providerOf('anthropic'), openai: providerOf('openai') },
    ...{ region: 'us-east-1', attemptTimeoutMs },
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms / 10)),
  });
}

async function one(round: Round, requestId: string, index: number): Promise<string> {
  const models = round.patient === true ? patient : hasty;
  const request: ModelRequest = { model: round.model, maxTokens: round.maxTokens, messages: [] };
  // The messages are of no interest to this provider, so the bound of their tokens travels as one.
  request.messages = [{ role: 'user', content: String(round.inputTokens) }];
  const entry = { tenantId: round.tenantId, userId: null, requestId };
  const call: GovernedCall = {
    payer: { id: formatId('tenant', round.tenantId), plan: 'basic', timeZone: 'UTC' },
    ...{ feature: 'chat', rule: 'battery', requestId, inputTokens: round.inputTokens },
    deadlineMs: Date.now() + 40_000,
    transact: (work) => transact(pool(), entry, work),
    log: {
      info: () => undefined,
      warn: () => undefined,
      error: (line, fields) => console.error(line, fields),
    },
    now: () => new Date(),
  };
  try {
    if (index % 2 === 0) await completeGoverned(models, call, request);
    else await listen(models, call, request, Math.random() < round.leaving);
    return 'answered';
  } catch (error) {
    if (error instanceof Failure) {
      // Why it was refused is nothing that a caller learns; here it tells a slow table from a lost one.
      const why = error.cause instanceof Error ? `: ${error.cause.message}` : '';
      return `${error.problem.code}${why}`;
    }
    return error instanceof ModelFailure ? `model ${error.kind}` : String(error);
  }
}

async function listen(
  models: Models,
  call: GovernedCall,
  request: ModelRequest,
  leaves: boolean,
): Promise<void> {
  for await (const { type } of streamGoverned(models, call, request)) if (leaves && type === 'start') return;
}

/** The upstream as one of the providers. */
function providerOf(name: ProviderName): Provider {
  async function* pieces(request: ModelRequest, sending: Sending, stream: boolean): AsyncGenerator<Piece> {
    const inputTokens = Number(request.messages[0]?.content);
    const { model, maxTokens } = request;
    const ask: Ask = { model, maxTokens, inputTokens, stream, requestId: sending.requestId };
    const response = await fetch(upstreamUrl, {
      ...{ method: 'POST', body: JSON.stringify(ask), signal: sending.signal },
    });
    if (response.status !== 200) {
      throw new AttemptFailed(
        new ModelFailure(response.status === 429 ? 'rate_limited' : 'unavailable'),
        'nothing',
      );
    }
    let text = '';
    for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += part;
      for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n')) {
        yield JSON.parse(text.slice(0, end)) as Piece;
        text = text.slice(end + 1);
      }
    }
  }
  const head = (request: ModelRequest) => ({ id: 'msg', model: request.model });
  const ended = { stopReason: 'end_turn', stopSequence: null } as const;
  async function* stream(request: ModelRequest, sending: Sending): AsyncGenerator<ModelEvent> {
    let final = false;
    for await (const piece of pieces(request, sending, true)) {
      final = piece.final;
      yield final
        ? { type: 'stop', ...ended, usage: piece.usage }
        : { type: 'start', ...head(request), usage: piece.usage };
    }
    if (!final) throw new AttemptFailed(new ModelFailure('unavailable'), 'unknown');
  }
  return {
    name,
    stream,
    complete: async (request, sending): Promise<ModelAnswer> => {
      for await (const { usage } of pieces(request, sending, false)) {
        return { ...head(request), ...ended, content: [], usage };
      }
      throw new AttemptFailed(new ModelFailure('unavailable'), 'unknown');
    },
    embed: () => Promise.reject(new Error('no vectors here')),
  };
}
