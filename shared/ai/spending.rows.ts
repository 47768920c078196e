/** Rows of `app.ai_calls` as Postgres returns them, and how they become what the contract shows. */
import { formatId } from '../contract/ids.ts';
import type { CallView } from './spending.contract.ts';

export type CallRow = {
  id: string;
  /** With all digits of the second. */
  exact_at: string;
  started_at: Date;
  status: string;
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
  over_budget: boolean;
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
