/** Looking at rehearsals, and asking for one. */
import { formatId, newId, uuidOf } from '../contract/ids.ts';
import { fail } from '../contract/errors.ts';
import type { Ops } from '../contract/module.ts';
import { timeCursor, toPage } from '../contract/page.ts';
import { sql } from '../db/sql.ts';
import { type drillsContract, nothingToRehearse } from './drills.contract.ts';
import { drillsWorkflows } from './drills.events.ts';
import { type DrillRow, toDrill } from './drills.rows.ts';

export const drillsOps: Ops<typeof drillsContract> = {
  list: async (ctx, { limit, cursor }) => {
    const { at, id } = timeCursor(cursor);
    const rows = await ctx.tx.query<DrillRow & { exact_at: string }>(sql`
      select *, app.exact_time(created_at) as exact_at from app.drills
      where ${at}::timestamptz is null or (created_at, id) < (${at}::timestamptz, ${id}::uuid)
      order by created_at desc, id desc
      limit ${limit + 1}`);
    return toPage(rows, limit, (row) => [row.exact_at, row.id], toDrill);
  },

  run: async (ctx, { tenantId }) => {
    const wanted = tenantId === undefined ? null : uuidOf(tenantId);
    const found = await ctx.tx.maybeOne<{ tenant_id: string; backup_id: string }>(
      sql`select tenant_id, backup_id from app.drill_candidate(${wanted})`,
    );
    if (found === undefined) throw fail(nothingToRehearse);
    const drillId = newId('drill');
    const row = await ctx.tx.one<DrillRow>(sql`
      insert into app.drills (tenant_id, id, backup_id, requested_by)
      values (${found.tenant_id}, ${uuidOf(drillId)}, ${found.backup_id}, app.user_id()) returning *`);
    const whose = formatId('tenant', found.tenant_id);
    ctx.audit({ tenantId: whose, target: { type: 'drill', id: drillId } });
    ctx.start(drillsWorkflows.run, { drillId, tenantId: whose });
    return toDrill(row);
  },
};
