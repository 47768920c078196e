/** What answers the calls that come in at the endpoints: whatever their words, there is one way to a model. */
import type { AiFeature } from '../config/ai-features.ts';
import type { LongContext } from '../contract/context.ts';
import type { taskNames } from './calls.contract.ts';
import type { ModelAnswer, ModelEvent, ModelRequest, ProviderName } from './model-call.ts';

/** What a call is for; routing and budgets go by it. */
export type Purpose = { feature: AiFeature; task: (typeof taskNames)[number]; iteration: number };

/** A call; `model` and `provider` are what the caller wishes, where they do. */
export type Asked = Purpose & {
  request: Omit<ModelRequest, 'model'> & { model?: string | undefined };
  provider?: ProviderName | undefined;
  /** The least that is left of a budget of the call, where a rule goes by it. */
  budgetLeftPercent?: number | undefined;
};

export type Answered = { answer: ModelAnswer; costPico: bigint; rule: string; callId: string };

/** Events of an answer, and what only its end can tell. */
export type AnswerStream = AsyncIterable<ModelEvent> & { outcome: () => Omit<Answered, 'answer'> };

export type Engine = {
  complete(ctx: LongContext, asked: Asked): Promise<Answered>;
  stream(ctx: LongContext, asked: Asked): AnswerStream;
};
