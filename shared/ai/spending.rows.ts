/** Rows of `app.ai_calls` as Postgres returns them, and how they become what the contract shows. */
import { formatId } from '../contract/ids.ts';
import type { CallView } from './spending.contract.ts';

/** How sure the cost is: see the table. */
export type CallStatus = 'settled' | 'bounded' | 'failed' | 'expired' | 'imported';

/** What statements read of a call; none needs all of it. */
export type AiCallRow = {
  id: string;
  started_at: Date;
  status: CallStatus;
  user_id: string | null;
  api_key_id: string | null;
  feature: string;
  provider: string;
  model: string;
  rule: string;
  // Postgres writes large integers as text.
  input_tokens: string;
  output_tokens: string;
  cache_read_tokens: string;
  cache_write_tokens: string;
  cost_pico: string;
  latency_ms: number | null;
  attempts: number;
  over_budget: boolean;
  request_id: string;
  run: string | null;
  iterations: number | null;
};

/** A call in a list. */
export type CallRow = Omit<AiCallRow, 'attempts' | 'request_id' | 'run' | 'iterations'> & {
  /** When it began, with all digits of the second. */
  exact_at: string;
};

/** A call as the contract shows it, but for its cost. */
export function toCall(row: CallRow): Omit<CallView, 'cost'> {
  const { id, status, feature, provider, model, rule } = row;
  return {
    ...{ id, status, feature, provider, model, rule },
    at: row.started_at.toISOString(),
    userId: row.user_id === null ? null : formatId('user', row.user_id),
    apiKeyId: row.api_key_id === null ? null : formatId('apiKey', row.api_key_id),
    inputTokens: Number(row.input_tokens),
    outputTokens: Number(row.output_tokens),
    cacheReadTokens: Number(row.cache_read_tokens),
    cacheWriteTokens: Number(row.cache_write_tokens),
    latencyMs: row.latency_ms,
    overBudget: row.over_budget,
  };
}
