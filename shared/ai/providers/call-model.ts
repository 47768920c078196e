/**
 * Calls of models, whoever answers: each attempt within 30 seconds and the call's own deadline, tries again where the
 * provider is busy or down, and then whoever else has the model, or one of its class. Every attempt is announced to
 * the one who pays, who may refuse it, and told what it cost.
 */
import { setTimeout as sleepFor } from 'node:timers/promises';
import { modelNamed, type Offer, providerModelId } from '../../config/models.ts';
import type { Accounting, Models, Spent } from '../accounting.ts';
import type { CallOptions, ModelEvent, ProviderName, TokenUsage } from '../model-call.ts';
import { type FailureFacts, type FailureKind, ModelFailure } from '../model-failure.ts';
import { AttemptFailed, type Provider, type Sending } from './provider.ts';

export type CallerOptions = {
  /** Those that are configured. */
  providers: Partial<Record<ProviderName, Provider>>;
  /** Where calls are made from. */
  region: string;
  /** Told of each attempt that failed: numbers and names only. */
  onFailure?: (failed: { provider: ProviderName; kind: FailureKind } & FailureFacts) => void;
  /** For tests. */
  attemptTimeoutMs?: number;
  random?: () => number;
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
};

const attemptTimeoutMs = 30_000;
/** At one provider, the first included. */
const mostTries = 3;
const firstPauseMs = 250;
const longestPauseMs = 4_000;
/** Somebody else is called rather than waiting for longer than this. */
const patienceMs = 2_000;
/** An attempt with less time than this is not worth its money. */
const leastTimeMs = 1_000;

/** One provider of a call's models, under which name there, and which model that is here. */
type Candidate = { provider: Provider; model: string; offer: Offer };

type Tried<Result> = { result: Result } | { failed: AttemptFailed };

/** How models are called with these providers. */
export function callModels(options: CallerOptions): Models {
  const ask = <Request extends { model: string }, Answer extends { model: string; usage: TokenUsage }>(
    request: Request,
    call: CallOptions,
    accounting: Accounting,
    send: (provider: Provider, request: Request, sending: Sending) => Promise<Answer>,
  ): Promise<Answer> =>
    firstToAnswer(request.model, call, options, async ({ provider, model, offer }) => {
      await accounting.before({ provider: provider.name, model });
      const attempt = startAttempt(call, options);
      let spent: Spent = 'unknown';
      try {
        const answer = await send(provider, { ...request, model: idOf(offer, options) }, attempt.sending);
        spent = { usage: answer.usage, final: true };
        return { result: { ...answer, model } };
      } catch (error) {
        const failed = attempt.judge(error);
        spent = failed.spent;
        return { failed };
      } finally {
        attempt.end();
        accounting.after({ provider: provider.name, model }, spent);
      }
    });

  return {
    complete: (request, call, accounting) =>
      ask(request, call, accounting, (provider, sent, sending) => provider.complete(sent, sending)),
    embed: (request, call, accounting) =>
      ask(request, call, accounting, (provider, sent, sending) => provider.embed(sent, sending)),
    stream: (request, call, accounting) => streamed(request, call, accounting, options),
  };
}

/** The first event decides whether somebody else is asked; after it the answer is this provider's, to its end. */
async function* streamed(
  request: Parameters<Models['stream']>[0],
  call: CallOptions,
  accounting: Accounting,
  options: CallerOptions,
): AsyncGenerator<ModelEvent> {
  const open = await firstToAnswer(request.model, call, options, async ({ provider, model, offer }) => {
    const announced = { provider: provider.name, model };
    await accounting.before(announced);
    const attempt = startAttempt(call, options);
    const sent = { ...request, model: idOf(offer, options) };
    const events = provider.stream(sent, attempt.sending)[Symbol.asyncIterator]();
    let usage: TokenUsage | undefined;
    let final = false;
    const next = async (): Promise<ModelEvent | undefined> => {
      attempt.restart();
      const step = await events.next();
      if (step.done === true) return undefined;
      const { value } = step;
      if ('usage' in value) usage = value.usage;
      final = value.type === 'stop';
      return value.type === 'start' ? { ...value, model } : value;
    };
    const end = (spent: Spent): void => {
      attempt.end();
      accounting.after(announced, usage === undefined ? spent : { usage, final });
    };
    try {
      return { result: { first: await next(), next, end, attempt, name: provider.name, events } };
    } catch (error) {
      const failed = attempt.judge(error);
      end(failed.spent);
      return { failed };
    }
  });

  let spent: Spent = 'unknown';
  try {
    for (let event = open.first; event !== undefined; event = await open.next()) yield event;
  } catch (error) {
    const failed = open.attempt.judge(error);
    spent = failed.spent;
    report(options, open.name, failed.failure);
    throw failed.failure;
  } finally {
    open.end(spent);
    // A reader who left: the connection goes, what was seen is accounted for.
    await open.events.return?.(undefined);
  }
}

async function firstToAnswer<Result>(
  model: string,
  call: CallOptions,
  options: CallerOptions,
  attempt: (candidate: Candidate) => Promise<Tried<Result>>,
): Promise<Result> {
  let last: ModelFailure | undefined;
  const candidates = candidatesFor(model, call.provider, options.providers);
  for (const [place, candidate] of candidates.entries()) {
    const others = place < candidates.length - 1;
    for (let tries = 1; tries <= mostTries; tries += 1) {
      if (last !== undefined && timeLeft(call) < leastTimeMs) throw last;
      const tried = await attempt(candidate).catch((error: unknown) => {
        // There is no money, or no price, for another attempt: what stopped the one before is the reason.
        throw last ?? error;
      });
      if ('result' in tried) return tried.result;
      last = tried.failed.failure;
      report(options, candidate.provider.name, last);
      if (call.signal.aborted || !passes(last)) throw last;
      const pauseMs = pauseBefore(tries, last, others, call, options);
      if (pauseMs === undefined) break;
      await (options.sleep ?? pause)(pauseMs, call.signal);
      if (call.signal.aborted) throw last;
    }
  }
  throw last ?? new ModelFailure('unavailable', { facts: { type: 'no_provider' } });
}

/** Providers of the model in the order of the catalogue, a wished one first, then those of its substitute. */
function candidatesFor(
  name: string,
  wished: ProviderName | undefined,
  providers: CallerOptions['providers'],
): Candidate[] {
  const model = modelNamed(name);
  if (model === undefined) throw new ModelFailure('invalid', { facts: { type: 'unknown_model' } });
  const of = (one: string): Candidate[] =>
    (modelNamed(one)?.offers ?? []).flatMap((offer) => {
      const provider = providers[offer.provider];
      return provider === undefined ? [] : [{ provider, model: one, offer }];
    });
  const own = of(name);
  const first = own.filter(({ provider }) => provider.name === wished);
  const rest = own.filter(({ provider }) => provider.name !== wished);
  return [...first, ...rest, ...(model.substitute === undefined ? [] : of(model.substitute))];
}

/** Whether it may go better next time, or elsewhere. */
function passes({ kind }: ModelFailure): boolean {
  return kind === 'rate_limited' || kind === 'unavailable' || kind === 'timeout';
}

/** How long to wait before the same provider is tried again; undefined for not at all. */
function pauseBefore(
  tries: number,
  { kind, retryAfterMs }: ModelFailure,
  others: boolean,
  call: CallOptions,
  { random = Math.random }: CallerOptions,
): number | undefined {
  if (tries >= mostTries || kind === 'timeout') return undefined;
  const backoff = Math.min(longestPauseMs, firstPauseMs * 2 ** (tries - 1));
  // Never earlier than told, and not all at the same moment.
  const ms = retryAfterMs === undefined ? backoff * (0.5 + random() / 2) : retryAfterMs + random() * backoff;
  if (others && ms > patienceMs) return undefined;
  return ms + leastTimeMs > timeLeft(call) ? undefined : ms;
}

type Attempt = {
  sending: Sending;
  /** Gives it its full time again: an answer in pieces may take longer than one piece. */
  restart(): void;
  end(): void;
  judge(error: unknown): AttemptFailed;
};

/** An attempt ends with its time, with the call's deadline, or when the call is given up. */
function startAttempt(call: CallOptions, options: CallerOptions): Attempt {
  const most = options.attemptTimeoutMs ?? attemptTimeoutMs;
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const timeoutMs = Math.max(1, Math.min(most, timeLeft(call)));
  let timer = setTimeout(abort, timeoutMs);
  if (call.signal.aborted) abort();
  else call.signal.addEventListener('abort', abort, { once: true });
  return {
    sending: { signal: controller.signal, timeoutMs: Math.max(1, timeLeft(call)), requestId: call.requestId },
    restart: () => {
      clearTimeout(timer);
      timer = setTimeout(abort, Math.max(1, Math.min(most, timeLeft(call))));
    },
    end: () => {
      clearTimeout(timer);
      call.signal.removeEventListener('abort', abort);
    },
    judge: (error) => {
      if (controller.signal.aborted) return new AttemptFailed(new ModelFailure('timeout'), 'unknown');
      if (error instanceof AttemptFailed) return error;
      return new AttemptFailed(new ModelFailure('unavailable', { facts: { type: 'unexpected' } }), 'unknown');
    },
  };
}

function idOf(offer: Offer, { region }: CallerOptions): string {
  return providerModelId(offer, region);
}

function timeLeft({ deadlineMs }: CallOptions): number {
  return deadlineMs - Date.now();
}

function report({ onFailure }: CallerOptions, provider: ProviderName, { kind, facts }: ModelFailure): void {
  onFailure?.({ provider, kind, ...facts });
}

/** Over as well when the call is. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleepFor(ms, undefined, { signal }).catch(() => undefined);
}
