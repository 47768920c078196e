/** The ledger as a file, call by call. */
import type { Transaction } from '../../contract/context.ts';
import { encodeCursor, timeCursor } from '../../contract/page.ts';
import { sql } from '../../db/sql.ts';
import { toDollars } from '../pricing/pico.ts';
import type { AiCallRow } from '../spending.rows.ts';
import { csvLine } from './csv.ts';

/** A file of this many calls stays well below what an answer may hold. */
const mostRows = 20_000;

const columns = [
  ...['time', 'call', 'status', 'user', 'api_key', 'feature', 'provider', 'model', 'rule'],
  ...['input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_write_tokens', 'cost_usd'],
  ...['latency_ms', 'attempts', 'over_budget', 'request', 'run', 'iterations'],
] as const;

export type ExportRange = { from: Date; until: Date; cursor?: string | undefined };

/**
 * The calls of a time, oldest first, as CSV with a header.
 * @returns with a cursor for the next file where there are more
 */
export async function exportCalls(
  tx: Transaction,
  { from, until, cursor }: ExportRange,
  most = mostRows,
): Promise<{ csv: string; rows: number; nextCursor: string | null }> {
  const { at, id } = timeCursor(cursor);
  const found = await tx.query<Row>(sql`
    select app.exact_time(started_at) as time, id, status, user_id, api_key_id, feature, provider, model, rule,
      input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cost_pico, latency_ms, attempts,
      over_budget, request_id, run, iterations
    from app.ai_calls
    where started_at >= ${from} and started_at < ${until}
      and (${at}::timestamptz is null or (started_at, id) > (${at}::timestamptz, ${id}::uuid))
    order by started_at, id
    limit ${most + 1}`);
  const shown = found.slice(0, most);
  const last = shown.at(-1);
  return {
    csv: csvLine(columns) + shown.map(lineOf).join(''),
    rows: shown.length,
    nextCursor: found.length > most && last !== undefined ? encodeCursor([last.time, last.id]) : null,
  };
}

type Row = Omit<AiCallRow, 'started_at'> & { time: string };

function lineOf(row: Row): string {
  const { time, id, status, user_id, api_key_id, feature, provider, model, rule } = row;
  return csvLine([
    ...[time, id, status, user_id, api_key_id, feature, provider, model, rule],
    ...[row.input_tokens, row.output_tokens, row.cache_read_tokens, row.cache_write_tokens],
    ...[toDollars(BigInt(row.cost_pico)), row.latency_ms, row.attempts, String(row.over_budget)],
    ...[row.request_id, row.run, row.iterations],
  ]);
}
