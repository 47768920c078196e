/** What was kept of a request, in whatever tenant. */
import { mostTraces } from '../audit/requests.contract.ts';
import { type RequestTraceRow, toRequestTrace } from '../audit/requests.rows.ts';
import { formatId } from '../contract/ids.ts';
import type { Ops } from '../contract/module.ts';
import { sql } from '../db/sql.ts';
import type { requestsContract } from './requests.contract.ts';

export const requestsOps: Ops<typeof requestsContract> = {
  request: async (ctx, { requestId, reason }) => {
    const rows = await ctx.tx.query<RequestTraceRow & { tenant_id: string | null }>(sql`
      select tenant_id, at, kind, id, what, by_type, by_id, about, facts from app.request_trace(${requestId})
      order by at, kind, id limit ${mostTraces}`);
    ctx.audit({ target: { type: 'request', id: requestId }, reason });
    return {
      items: rows.map((row) => ({
        ...toRequestTrace(row),
        tenantId: row.tenant_id === null ? null : formatId('tenant', row.tenant_id),
      })),
    };
  },
};
