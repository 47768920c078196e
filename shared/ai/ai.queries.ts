/** What the reports of AI ask of the database. Dollars are exact: a pico-dollar is the twelfth digit. */
import type { ReportQueries } from '../contract/report.ts';
import { sql } from '../db/sql.ts';
import type { aiReports } from './ai.reports.ts';

export const aiQueries: ReportQueries<typeof aiReports> = {
  calls: ({ from, to, feature = null, model = null }) => {
    const [since, until] = [toDate(from), toDate(to)];
    return sql`
      select started_at, id, status, user_id, api_key_id, feature, provider, model, rule, input_tokens,
             output_tokens, cache_read_tokens, cache_write_tokens, trim_scale(cost_pico * 1e-12) as cost_usd,
             latency_ms, attempts, over_budget, request_id, run, iterations, xmin as written_by
      from app.ai_calls
      where (${since}::timestamptz is null or started_at >= ${since}::timestamptz)
        and (${until}::timestamptz is null or started_at < ${until}::timestamptz)
        and (${feature}::text is null or feature = ${feature})
        and (${model}::text is null or model = ${model})`;
  },

  dailyCosts: ({ from = null, to = null }, { timeZone }) => sql`
    select (started_at at time zone ${timeZone})::date as day, feature, provider, model, count(*) as calls,
           sum(input_tokens) as input_tokens, sum(output_tokens) as output_tokens,
           sum(cache_read_tokens + cache_write_tokens) as cache_tokens,
           trim_scale(sum(cost_pico) * 1e-12) as cost_usd
    from app.ai_calls
    where (${from}::date is null or started_at >= ${from}::date::timestamp at time zone ${timeZone})
      and (${to}::date is null or started_at < (${to}::date + 1)::timestamp at time zone ${timeZone})
    group by 1, 2, 3, 4`,
};

/** ISO 8601 allows zones and years that Postgres does not read; a Date is sent as it does. */
function toDate(text: string | undefined): Date | null {
  return text === undefined ? null : new Date(text);
}
