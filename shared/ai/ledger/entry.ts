/**
 * The ledger: one row for each call of a model, written once. The first row that is written for a call decides what
 * it cost; whoever comes later learns that, and acts on it.
 */
import type { LongContext, Statement, Transaction } from '../../contract/context.ts';
import { sql } from '../../db/sql.ts';
import type { HoldNote } from '../budgets/hold.ts';
import type { PricedUsage } from '../pricing/price-of.ts';
import type { AiCallRow, CallStatus } from '../spending.rows.ts';

export type LedgerEntry = {
  /** A bare UUID, as are all ids here. */
  id: string;
  status: CallStatus;
  note: HoldNote;
  usage: PricedUsage;
  costPico: bigint;
  reservedPico: bigint;
  latencyMs: number | null;
  attempts: number;
  overBudget: boolean;
  /** Of an imported row. */
  run?: { name: string; iterations: number };
};

/** What the ledger says of a call. */
export type Decided = { status: CallStatus; costPico: bigint };

/** Writes a call into the ledger of the tenant that the transaction is in, unless it is there, and says what stands. */
export async function enter(tx: Transaction, entry: LedgerEntry): Promise<Decided> {
  const written = await tx.maybeOne<Row>(insertion(entry));
  return toDecided(written ?? (await tx.one<Row>(standing(entry))));
}

/** As `enter`, in a transaction of its own, which takes one round trip: every call of a model waits for it. */
export async function enterAlone(transact: LongContext['transact'], entry: LedgerEntry): Promise<Decided> {
  const [written] = await transact((tx) => tx.last<Row>(insertion(entry)));
  return toDecided(written ?? (await transact((tx) => tx.one<Row>(standing(entry)))));
}

function insertion(entry: LedgerEntry): Statement {
  const { note, usage, run } = entry;
  return sql`
    insert into app.ai_calls (tenant_id, id, started_at, status, user_id, api_key_id, feature, provider, model, rule,
      input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cost_pico, reserved_pico, latency_ms,
      attempts, over_budget, request_id, run, iterations)
    values (app.tenant_id(), ${entry.id}, ${new Date(note.startedMs)}, ${entry.status}, ${note.userId ?? null},
      ${note.apiKeyId ?? null}, ${note.feature}, ${note.provider}, ${note.model}, ${note.rule},
      ${usage.input}, ${usage.output}, ${usage.cacheRead}, ${usage.cacheWrite5m + usage.cacheWrite1h},
      ${String(entry.costPico)}, ${String(entry.reservedPico)}, ${entry.latencyMs},
      ${entry.attempts}, ${entry.overBudget}, ${note.requestId}, ${run?.name ?? null}, ${run?.iterations ?? null})
    on conflict (tenant_id, id) do nothing
    returning status, cost_pico`;
}

function standing({ id }: LedgerEntry): Statement {
  return sql`select status, cost_pico from app.ai_calls where id = ${id}`;
}

type Row = Pick<AiCallRow, 'status' | 'cost_pico'>;

function toDecided({ status, cost_pico }: Row): Decided {
  return { status, costPico: BigInt(cost_pico) };
}
