/**
 * What AI costs the platform and brings in, tenant by tenant (AI-2). The cost is what providers charge, summed over the
 * ledger; what is charged is that cost and the mark-up of the tenant's plan of today, each tenant's month rounded up to
 * the pico-dollar. The staff see sums, and no call of anybody: one function of the database adds them up.
 */
import * as z from 'zod';
import { aiMarkupPercent } from '../config/ai-limits.ts';
import type { Plan } from '../config/plans.ts';
import type { PlatformContext, Statement } from '../contract/context.ts';
import type { InputOf, OutputOf } from '../contract/endpoint.ts';
import { formatId } from '../contract/ids.ts';
import { cursorKey, toPage } from '../contract/page.ts';
import { sql } from '../db/sql.ts';
import type { AiMargin, aiPlatformContract } from './ai-routes.contract.ts';

type Endpoint = (typeof aiPlatformContract)['aiMargins'];

/** A month's margins, page by page, and what they come to for all tenants. */
export async function aiMargins(
  ctx: Pick<PlatformContext, 'tx' | 'now'>,
  { limit, cursor, month = ctx.now().toISOString().slice(0, 7) }: InputOf<Endpoint>,
): Promise<OutputOf<Endpoint>> {
  const rows = await ctx.tx.query<Row>(marginsOf(month, cursorKey(cursor, marginKey), limit + 1));
  const [first] = rows;
  if (first === undefined) throw new Error('a month has a total, whatever is in it');
  const tenants = rows.filter((row): row is TenantRow => row.tenant_id !== null);
  return {
    ...toPage(tenants, limit, (row) => [row.cost_pico, row.tenant_id], toMargin),
    month,
    total: {
      ...{ calls: Number(first.all_calls), cost: first.all_cost },
      ...{ charged: first.all_charged, margin: first.all_margin },
    },
  };
}

/** The sort key of a margin: its cost in pico-dollars, and the tenant. */
const marginKey = z.tuple([z.string().regex(/^\d{1,38}$/), z.guid()]);

/** Amounts are dollars as exact decimals; every row carries the total, and one without a tenant where there is none. */
type TenantRow = {
  tenant_id: string;
  slug: string;
  plan: Plan;
  markup: number;
  calls: string;
  cost_pico: string;
  cost: string;
  charged: string;
  margin: string;
  all_calls: string;
  all_cost: string;
  all_charged: string;
  all_margin: string;
};
type Row = TenantRow | (Omit<TenantRow, 'tenant_id'> & { tenant_id: null });

function marginsOf(month: string, after: z.output<typeof marginKey> | undefined, most: number): Statement {
  const since = new Date(`${month}-01T00:00:00Z`);
  const before = new Date(Date.UTC(since.getUTCFullYear(), since.getUTCMonth() + 1));
  const [costPico = null, tenant = null] = after ?? [];
  return sql`
    with markups as (
      select key as plan, value::integer as markup from jsonb_each_text(${JSON.stringify(aiMarkupPercent)}::jsonb)),
    months as (
      select c.tenant_id, t.slug, t.plan, m.markup, c.calls, c.cost_pico,
        ceil(c.cost_pico * (100 + m.markup) / 100) as charged_pico
      from app.ai_cost_by_tenant(${since}, ${before}) c
      join app.tenants t on t.id = c.tenant_id
      join markups m on m.plan = t.plan),
    page as (
      select * from months
      where ${costPico}::numeric is null
        or (cost_pico, tenant_id) < (${costPico}::numeric, ${tenant}::uuid)
      order by cost_pico desc, tenant_id desc
      limit ${most}),
    total as (
      select coalesce(sum(calls), 0) as calls, coalesce(sum(cost_pico), 0) as cost_pico,
        coalesce(sum(charged_pico), 0) as charged_pico
      from months)
    select p.tenant_id, p.slug, p.plan, p.markup, p.calls, p.cost_pico,
      trim_scale(p.cost_pico * 0.000000000001)::text as cost,
      trim_scale(p.charged_pico * 0.000000000001)::text as charged,
      trim_scale((p.charged_pico - p.cost_pico) * 0.000000000001)::text as margin,
      total.calls as all_calls, trim_scale(total.cost_pico * 0.000000000001)::text as all_cost,
      trim_scale(total.charged_pico * 0.000000000001)::text as all_charged,
      trim_scale((total.charged_pico - total.cost_pico) * 0.000000000001)::text as all_margin
    from total left join page p on true
    order by p.cost_pico desc, p.tenant_id desc`;
}

function toMargin({ tenant_id, slug, plan, markup, calls, cost, charged, margin }: TenantRow): AiMargin {
  return {
    ...{ tenantId: formatId('tenant', tenant_id), slug, plan, markupPercent: markup },
    ...{ calls: Number(calls), cost, charged, margin },
  };
}
