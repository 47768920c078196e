/** What AI has cost: by feature, user, model or provider, in days, weeks and months of the tenant's time zone. */
import type { Transaction } from '../../contract/context.ts';
import { sql } from '../../db/sql.ts';

export const reportGroups = ['total', 'feature', 'user', 'model', 'provider', 'api_key'] as const;
export type ReportGroup = (typeof reportGroups)[number];

export const reportPeriods = ['day', 'week', 'month'] as const;
export type ReportPeriod = (typeof reportPeriods)[number];

/** The first and the last day of the report, as dates of the tenant's zone. Weeks begin on Mondays. */
export type ReportQuestion = {
  by: ReportGroup;
  period: ReportPeriod;
  from: string;
  to: string;
  timeZone: string;
};

export type ReportLine = {
  /** The feature, bare user id, model …; empty where a call has none. */
  key: string;
  /** First day of the period. */
  starts: string;
  calls: number;
  inputTokens: bigint;
  outputTokens: bigint;
  cacheTokens: bigint;
  costPico: bigint;
  /** Against the period before, in percent; null for the first one, and after a period that cost nothing. */
  changePercent: number | null;
};

/** The lines of a report, by key and then in time; periods without calls are there, with nothing in them. */
export async function costReport(tx: Transaction, question: ReportQuestion): Promise<ReportLine[]> {
  const { by, period, from, to, timeZone } = question;
  const rows = await tx.query<Row>(sql`
    with calls as (
      select date_trunc(${period}, started_at at time zone ${timeZone})::date as starts,
        case ${by} when 'feature' then feature when 'user' then user_id::text when 'model' then model
          when 'provider' then provider when 'api_key' then api_key_id::text else 'total' end as key,
        input_tokens, output_tokens, cache_read_tokens + cache_write_tokens as cache_tokens, cost_pico
      from app.ai_calls
      where started_at >= ${from}::date::timestamp at time zone ${timeZone}
        and started_at < (${to}::date + 1)::timestamp at time zone ${timeZone}),
    sums as (
      select coalesce(key, '') as key, starts, count(*) as calls, sum(input_tokens) as input_tokens,
        sum(output_tokens) as output_tokens, sum(cache_tokens) as cache_tokens, sum(cost_pico) as cost_pico
      from calls group by 1, 2),
    periods as (
      select generate_series(date_trunc(${period}, ${from}::date::timestamp), ${to}::date::timestamp,
                             ('1 ' || ${period})::interval)::date as starts)
    select k.key, p.starts::text, coalesce(s.calls, 0) as calls, coalesce(s.input_tokens, 0) as input_tokens,
      coalesce(s.output_tokens, 0) as output_tokens, coalesce(s.cache_tokens, 0) as cache_tokens,
      coalesce(s.cost_pico, 0) as cost_pico
    from (select distinct key from sums) k
    cross join periods p
    left join sums s on s.key = k.key and s.starts = p.starts
    order by k.key, p.starts`);
  return rows.map((row, index) => toLine(row, rows[index - 1]));
}

type Row = {
  key: string;
  starts: string;
  calls: string;
  input_tokens: string;
  output_tokens: string;
  cache_tokens: string;
  cost_pico: string;
};

function toLine(row: Row, before: Row | undefined): ReportLine {
  const costPico = BigInt(row.cost_pico);
  const previous = before?.key === row.key ? BigInt(before.cost_pico) : 0n;
  return {
    ...{ key: row.key, starts: row.starts, calls: Number(row.calls), costPico },
    ...{ inputTokens: BigInt(row.input_tokens), outputTokens: BigInt(row.output_tokens) },
    cacheTokens: BigInt(row.cache_tokens),
    // Tenths of a percent, cut off; exact until then.
    changePercent: previous === 0n ? null : Number(((costPico - previous) * 1_000n) / previous) / 10,
  };
}
