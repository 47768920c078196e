/** What was kept of a request in the tenant that asks. */
import type { Ops } from '../contract/module.ts';
import { sql } from '../db/sql.ts';
import { mostTraces, type requestsContract } from './requests.contract.ts';
import { type RequestTraceRow, toRequestTrace } from './requests.rows.ts';

export const requestsOps: Ops<typeof requestsContract> = {
  request: async (ctx, { requestId }) => {
    const rows = await ctx.tx.query<RequestTraceRow>(sql`
      select at, kind, id, what, by_type, by_id, about, facts from app.request_traces
      where request_id = ${requestId} order by at, kind, id limit ${mostTraces}`);
    return { items: rows.map(toRequestTrace) };
  },
};
