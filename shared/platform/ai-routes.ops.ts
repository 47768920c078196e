/** The platform's rules that choose models: about every tenant, and about one. */
import type { RouteRule } from '../config/routing.ts';
import { fail, problems } from '../contract/errors.ts';
import { uuidOf } from '../contract/ids.ts';
import type { Ops } from '../contract/module.ts';
import { sql } from '../db/sql.ts';
import type { aiPlatformContract, PlatformRoute } from './ai-routes.contract.ts';
import { aiMargins } from './ai-margins.ts';
import { lockOverrides } from './configuration.ops.ts';

export const aiPlatformOps: Ops<typeof aiPlatformContract> = {
  aiRoutes: async (ctx) => toRules(await ctx.tx.one<Row>(sql`select ai_routes from app.platform_settings`)),

  setAiRoutes: async (ctx, { rules, reason }) => {
    const before = await ctx.tx.one<Row>(sql`select ai_routes from app.platform_settings for update`);
    await ctx.tx.query(sql`
      update app.platform_settings set ai_routes = ${JSON.stringify(rules)}::jsonb, updated_at = now()`);
    ctx.audit({
      ...{ target: { type: 'platform', id: 'ai_routes' }, reason },
      ...{ before: toRules(before), after: { rules } },
    });
    ctx.reconfigure('platform');
    return { rules };
  },

  tenantAiRoutes: async (ctx, { tenantId }) => {
    const found = await ctx.tx.maybeOne<Row>(sql`
      select coalesce(o.ai_routes, '[]') as ai_routes
      from app.tenants t left join app.tenant_overrides o on o.tenant_id = t.id
      where t.id = ${uuidOf(tenantId)}`);
    if (found === undefined) throw fail(problems.notFound);
    return toRules(found);
  },

  setTenantAiRoutes: async (ctx, { tenantId, rules, reason }) => {
    const before = await lockOverrides(ctx, tenantId);
    await ctx.tx.query(sql`
      update app.tenant_overrides set ai_routes = ${JSON.stringify(rules)}::jsonb, updated_at = now()
      where tenant_id = ${uuidOf(tenantId)}`);
    ctx.audit({
      ...{ tenantId, target: { type: 'tenant', id: tenantId }, reason },
      ...{ before: toRules(before), after: { rules } },
    });
    ctx.reconfigure({ tenant: tenantId });
    return { rules };
  },

  aiMargins: (ctx, input) => aiMargins(ctx, input),
};

type Row = { ai_routes: RouteRule[] };

/** They were parsed before they were stored. */
function toRules({ ai_routes }: Row): { rules: PlatformRoute[] } {
  return { rules: ai_routes as PlatformRoute[] };
}
