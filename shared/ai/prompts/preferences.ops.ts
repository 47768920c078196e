/** How models write: a tenant's choice, and that of each of its people and keys (AI-5). */
import type { Statement, TenantContext, Transaction } from '../../contract/context.ts';
import type { Ops } from '../../contract/module.ts';
import { sql } from '../../db/sql.ts';
import type { Preferences, promptsContract } from '../prompts.contract.ts';
import { noPreferences } from '../prompts.rows.ts';

type PreferenceOps = Pick<
  Ops<typeof promptsContract>,
  'preferences' | 'changePreferences' | 'changeOwnPreferences'
>;

/** What somebody changes: null removes, what is left out stays. */
type Change = { [Name in keyof Preferences]?: Preferences[Name] | undefined };

export const preferencesOps: PreferenceOps = {
  preferences: async (ctx) => readPreferences(ctx.tx),

  changePreferences: async (ctx, change) => {
    await ctx.tx.query(sql`
      insert into app.ai_tenant_preferences (tenant_id) values (app.tenant_id()) on conflict do nothing`);
    const before = await ctx.tx.one<Preferences>(sql`
      select tone, length, model from app.ai_tenant_preferences for update`);
    const after = changed(before, change);
    await ctx.tx.query(sql`
      update app.ai_tenant_preferences
      set tone = ${after.tone}, length = ${after.length}, model = ${after.model}, updated_at = now()`);
    ctx.audit({ target: { type: 'ai_preferences', id: ctx.tenant.id }, before, after });
    route(ctx, before, after);
    return readPreferences(ctx.tx);
  },

  changeOwnPreferences: async (ctx, change) => {
    await ctx.tx.query(sql`
      insert into app.ai_user_preferences (tenant_id, user_id) values (app.tenant_id(), app.user_id())
      on conflict do nothing`);
    const before = await ctx.tx.one<Preferences>(sql`
      select tone, length, model from app.ai_user_preferences where user_id = app.user_id() for update`);
    const after = changed(before, change);
    await ctx.tx.query(sql`
      update app.ai_user_preferences
      set tone = ${after.tone}, length = ${after.length}, model = ${after.model}, updated_at = now()
      where user_id = app.user_id()`);
    route(ctx, before, after);
    return readPreferences(ctx.tx);
  },
};

/** The choices that hold for whoever calls. */
export async function readPreferences(
  tx: Transaction,
): Promise<{ tenant: Preferences; own: Preferences; inForce: Preferences }> {
  const [tenant, own] = await Promise.all([
    read(tx, sql`select tone, length, model from app.ai_tenant_preferences`),
    read(tx, sql`select tone, length, model from app.ai_user_preferences where user_id = app.user_id()`),
  ]);
  const inForce = {
    tone: own.tone ?? tenant.tone,
    length: own.length ?? tenant.length,
    model: own.model ?? tenant.model,
  };
  return { tenant, own, inForce };
}

/** The class of model is part of what the gate knows of a caller: it holds for the next call on every instance. */
function route({ reconfigure, tenant }: TenantContext, before: Preferences, after: Preferences): void {
  if (before.model !== after.model) reconfigure({ tenant: tenant.id });
}

async function read(tx: Transaction, statement: Statement): Promise<Preferences> {
  return (await tx.maybeOne<Preferences>(statement)) ?? noPreferences;
}

function changed(before: Preferences, { tone, length, model }: Change): Preferences {
  return {
    tone: tone === undefined ? before.tone : tone,
    length: length === undefined ? before.length : length,
    model: model === undefined ? before.model : model,
  };
}
