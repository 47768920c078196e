/** What the platform's staff look into when something is wrong. */
import { securityEventsPage } from '../audit/security-events.queries.ts';
import { type SecurityEventRow, toAnyonesSecurityEvent } from '../audit/security-events.rows.ts';
import type { Ops } from '../contract/module.ts';
import { toPage } from '../contract/page.ts';
import { deadLettersOps } from './dead-letters.ops.ts';
import type { investigation } from './module.ts';
import { requestsOps } from './requests.ops.ts';

export const investigationOps: Ops<(typeof investigation)['contract']> = {
  securityEvents: async (ctx, { tenantId, ...filter }) => {
    const rows = await ctx.tx.query<SecurityEventRow>(securityEventsPage(filter, tenantId));
    return toPage(rows, filter.limit, (row) => [row.exact_at, row.id], toAnyonesSecurityEvent);
  },

  ...deadLettersOps,

  ...requestsOps,
};
