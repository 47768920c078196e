/** Reading security events (AUD-3). Nothing here writes: the chain does. */
import type { Ops } from '../contract/module.ts';
import { toPage } from '../contract/page.ts';
import type { securityEventsContract } from './security-events.contract.ts';
import { securityEventsPage } from './security-events.queries.ts';
import { type SecurityEventRow, toSecurityEvent } from './security-events.rows.ts';

export const securityEventsOps: Ops<typeof securityEventsContract> = {
  securityEvents: async (ctx, filter) => {
    const rows = await ctx.tx.query<SecurityEventRow>(securityEventsPage(filter));
    return toPage(rows, filter.limit, (row) => [row.exact_at, row.id], toSecurityEvent);
  },
};
