/** Prompts and their versions: a version never changes, and which one is in force is a row of its own (AI-5). */
import { type PromptKey, promptKeys, prompts } from '../../config/prompts.ts';
import { actorIdOf } from '../../contract/actor.ts';
import type { Transaction } from '../../contract/context.ts';
import { fail, problems } from '../../contract/errors.ts';
import { uuidOf } from '../../contract/ids.ts';
import type { Ops } from '../../contract/module.ts';
import { sql } from '../../db/sql.ts';
import { readPreferences } from './preferences.ops.ts';
import {
  mostVersions,
  type promptsContract,
  type PromptView,
  tooManyVersions,
  unknownVariable,
} from '../prompts.contract.ts';
import type { OverrideRow, VersionRow } from '../prompts.rows.ts';
import { rendered, variablesIn } from './render.ts';

type PromptOps = Omit<
  Ops<typeof promptsContract>,
  'preferences' | 'changePreferences' | 'changeOwnPreferences'
>;

export const promptsOps: PromptOps = {
  prompts: async (ctx) => {
    const overrides = await ctx.tx.query<OverrideRow>(inForce);
    return {
      items: promptKeys.map((key) =>
        toView(
          key,
          overrides.find((row) => row.key === key),
        ),
      ),
    };
  },

  promptVersions: async (ctx, { key }) => {
    const rows = await ctx.tx.query<VersionRow>(sql`
      select version, template, note, author_type, author, created_at from app.prompt_versions
      where key = ${key} order by version desc limit ${mostVersions}`);
    return { items: rows.map(toVersion) };
  },

  promptVersion: async (ctx, { key, version }) => {
    const row = await ctx.tx.maybeOne<VersionRow>(sql`
      select version, template, note, author_type, author, created_at from app.prompt_versions
      where key = ${key} and version = ${version}`);
    if (row === undefined) throw fail(problems.notFound);
    return { ...toVersion(row), template: row.template };
  },

  overridePrompt: async (ctx, { key, template, note }) => {
    assertVariables(key, template);
    const before = await locked(ctx.tx, key);
    const { latest } = await ctx.tx.one<{ latest: number }>(sql`
      select coalesce(max(version), 0) as latest from app.prompt_versions where key = ${key}`);
    if (latest >= mostVersions) throw fail(tooManyVersions);
    const version = latest + 1;
    await ctx.tx.query(sql`
      insert into app.prompt_versions (tenant_id, key, version, template, note, author_type, author)
      values (app.tenant_id(), ${key}, ${version}, ${template}, ${note ?? null},
              ${ctx.actor.type}, ${uuidOf(ctx.actor.id)})`);
    await activate(ctx.tx, key, version);
    ctx.audit({ target: { type: 'prompt', id: key }, before: { version: before }, after: { version } });
    return toView(key, { key, version, template });
  },

  activatePrompt: async (ctx, { key, activeVersion }) => {
    const before = await locked(ctx.tx, key);
    const wanted = await ctx.tx.maybeOne<OverrideRow>(sql`
      select key, version, template from app.prompt_versions where key = ${key} and version = ${activeVersion}`);
    if (activeVersion !== null && wanted === undefined) throw fail(problems.notFound);
    await activate(ctx.tx, key, activeVersion);
    ctx.audit({
      target: { type: 'prompt', id: key },
      before: { version: before },
      after: { version: activeVersion },
    });
    return toView(key, wanted);
  },

  previewPrompt: async (ctx, wanted) => ({ system: await renderedPrompt(ctx.tx, wanted) }),
};

/**
 * A prompt as a model gets it: the version in force, filled in, with the preferences of whoever calls.
 * @throws Failure `ai.unknown_variable` when a variable is not the prompt's or is missing
 */
export async function renderedPrompt(
  tx: Transaction,
  wanted: { key: PromptKey; template?: string | undefined; variables: Readonly<Record<string, string>> },
): Promise<string> {
  const { key, variables } = wanted;
  const known: readonly string[] = prompts[key].variables;
  const strange = Object.keys(variables).filter((name) => !known.includes(name));
  if (strange.length > 0) throw refused(strange, 'body.variables');
  if (wanted.template !== undefined) assertVariables(key, wanted.template);
  const [template, preferences, tenant] = await Promise.all([
    wanted.template ?? textInForce(tx, key),
    readPreferences(tx),
    tx.one<{ name: string }>(sql`select name from app.tenants`),
  ]);
  return rendered(template, { tenant: tenant.name, ...variables }, preferences.inForce);
}

const inForce = sql`
  select p.key, v.version, v.template
  from app.prompts p
  join app.prompt_versions v on v.tenant_id = p.tenant_id and v.key = p.key and v.version = p.version`;

async function textInForce(tx: Transaction, key: PromptKey): Promise<string> {
  const rows = await tx.query<OverrideRow>(inForce);
  return rows.find((row) => row.key === key)?.template ?? prompts[key].template;
}

/** Two who change a prompt at once do so one after the other. */
async function locked(tx: Transaction, key: PromptKey): Promise<number | null> {
  await tx.query(sql`
    insert into app.prompts (tenant_id, key) values (app.tenant_id(), ${key}) on conflict do nothing`);
  const { version } = await tx.one<{ version: number | null }>(
    sql`select version from app.prompts where key = ${key} for update`,
  );
  return version;
}

async function activate(tx: Transaction, key: PromptKey, version: number | null): Promise<void> {
  await tx.query(sql`update app.prompts set version = ${version}, updated_at = now() where key = ${key}`);
}

function assertVariables(key: PromptKey, template: string): void {
  const known: readonly string[] = prompts[key].variables;
  const strange = variablesIn(template).filter((name) => !known.includes(name));
  if (strange.length > 0) throw refused(strange, 'body.template');
}

function refused(strange: readonly string[], path: string) {
  const errors = strange.map((name) => ({ path, message: `${name} is no variable of this prompt` }));
  return fail(unknownVariable, { errors });
}

function toView(key: PromptKey, override: OverrideRow | undefined): PromptView {
  const { summary, feature, revision, template, variables } = prompts[key];
  return {
    ...{ key, summary, feature, variables: [...variables] },
    ...(override === undefined
      ? { origin: 'platform' as const, version: revision, template }
      : { origin: 'tenant' as const, version: override.version, template: override.template }),
  };
}

function toVersion({ version, note, author_type, author, created_at }: VersionRow) {
  return { version, note, author: actorIdOf(author_type, author), createdAt: created_at.toISOString() };
}
