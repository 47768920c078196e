/** The rules that choose models, as a tenant sees them all and decides its own. */
import {
  classesOfPlan,
  classOfPlan,
  modelMeant,
  routePrefix,
  type RouteRule,
  routeRules,
  type Routing,
} from '../../config/routing.ts';
import type { Plan } from '../../config/plans.ts';
import { fail } from '../../contract/errors.ts';
import type { Ops } from '../../contract/module.ts';
import { sql } from '../../db/sql.ts';
import { beyondPlan, type RouteShown, type routesContract } from '../routes.contract.ts';

export const routesOps: Ops<typeof routesContract> = {
  routes: async (ctx) => ({ items: shown(ctx.routing, ctx.tenant.plan) }),

  setRoutes: async (ctx, { rules }) => {
    const { plan, id } = ctx.tenant;
    const beyond = rules.flatMap(({ use }, index) =>
      has(plan, use)
        ? []
        : [{ path: `body.rules.${index}.use`, message: `${use} is not in the plan ${plan}` }],
    );
    if (beyond.length > 0) throw fail(beyondPlan, { errors: beyond });
    await ctx.tx.query(sql`
      insert into app.tenant_settings (tenant_id) values (app.tenant_id()) on conflict do nothing`);
    const { before } = await ctx.tx.one<{ before: RouteRule[] }>(
      sql`select ai_routes as before from app.tenant_settings for update`,
    );
    await ctx.tx.query(sql`
      update app.tenant_settings set ai_routes = ${JSON.stringify(rules)}::jsonb, updated_at = now()`);
    ctx.audit({ target: { type: 'ai_routes', id }, before: { rules: before }, after: { rules } });
    ctx.reconfigure({ tenant: id });
    return { items: shown({ ...ctx.routing, tenant: rules }, plan) };
  },
};

/** All rules by which a model is chosen for a tenant, first to last. */
function shown({ exceptions, administrator, tenant }: Routing, plan: Plan): RouteShown[] {
  const firmFirst = [...tenant].sort((one, other) => Number(other.firm ?? false) - Number(one.firm ?? false));
  const ofPlan = { name: `plan-${plan}`, when: {}, use: classOfPlan[plan] };
  return [
    ...exceptions.map((rule) => view('platform_for_tenant', routePrefix.exceptions, rule)),
    ...administrator.map((rule) => view('platform', routePrefix.administrator, rule)),
    ...firmFirst.map((rule) => view('tenant', routePrefix.tenant, rule, plan)),
    ...[...routeRules, ofPlan].map((rule) => view('house', '', rule)),
  ];
}

/** A rule of the platform always holds, whatever the plan. */
function view(whose: RouteShown['whose'], prefix: string, rule: RouteRule, plan?: Plan): RouteShown {
  const { name, when, use, firm = whose !== 'tenant' && whose !== 'house' } = rule;
  const applies = plan === undefined ? modelMeant(use) !== undefined : has(plan, use);
  return { whose, name: `${prefix}${name}`, when: when as RouteShown['when'], use, firm, applies };
}

function has(plan: Plan, use: string): boolean {
  const meant = modelMeant(use);
  return meant !== undefined && classesOfPlan[plan].includes(meant.class);
}
