/** Looking at failovers. None is started here: whoever needs one has no API to ask (docs/runbooks/failover.md). */
import type { Ops } from '../contract/module.ts';
import { timeCursor, toPage } from '../contract/page.ts';
import { sql } from '../db/sql.ts';
import type { failoverContract } from './failover.contract.ts';
import { type FailoverRow, toFailover } from './failover.rows.ts';

export const failoverOps: Ops<typeof failoverContract> = {
  list: async (ctx, { limit, cursor }) => {
    const { at, id } = timeCursor(cursor);
    const rows = await ctx.tx.query<FailoverRow & { exact_at: string }>(sql`
      select *, app.exact_time(started_at) as exact_at from app.failovers
      where ${at}::timestamptz is null or (started_at, id) < (${at}::timestamptz, ${id}::uuid)
      order by started_at desc, id desc
      limit ${limit + 1}`);
    return toPage(rows, limit, (row) => [row.exact_at, row.id], toFailover);
  },
};
