/** Fifty tenants with rows everywhere, one of them large, and looks at all of them past every policy. */
import type { Client } from 'pg';
import { everyTableOf } from '#test/isolation/catalogue.ts';
import { place } from '#test/isolation/attempts.ts';
import { factoryOf } from '#test/isolation/rows.ts';
import type { Stage, Team } from '#test/shared/restore/stage.ts';

/** So many tenants with a row in every table at least. */
export async function foundMany(stage: Stage, count: number): Promise<Team[]> {
  const { admin } = stage.chain.database;
  const tables = await everyTableOf(admin);
  const teams: Team[] = [];
  for (let index = 0; index < count; index += 1) {
    const team = await stage.found();
    for (const table of tables) {
      // What a schedule or a dispatcher would take along is not part of the picture.
      if (table.name === 'outbox' || table.name === 'backups') continue;
      await place(admin, table, await factoryOf(table.name)(team, admin));
    }
    teams.push(team);
  }
  return teams;
}

/** Many rows of one tenant, in tables that a restore brings back. */
export async function enlarge(admin: Client, { tenantId, userId }: Team, rows: number): Promise<void> {
  await admin.query(
    `insert into app.ai_user_preferences (tenant_id, user_id, tone)
     select $1, gen_random_uuid(), case n % 2 when 0 then 'casual' else 'professional' end
     from generate_series(1, $2::integer) n`,
    [tenantId, Math.floor(rows / 2)],
  );
  await admin.query(
    `insert into app.ai_budget_increases (tenant_id, id, scope, subject, period, amount_pico, reason, expires_at,
                                          granted_by_type, granted_by)
     select $1, gen_random_uuid(), 'feature', 'f' || n, 'month', n, 'Grown ' || repeat('x', n % 200),
            now() + interval '1 day', 'person', $2
     from generate_series(1, $3::integer) n`,
    [tenantId, userId, rows - Math.floor(rows / 2)],
  );
}

/** Does to a tenant what a bad import does: rows gone, rows changed, rows that should not be there. */
export async function damage(admin: Client, { tenantId, userId }: Team): Promise<void> {
  await admin.query("update app.tenants set name = 'Damaged' where id = $1", [tenantId]);
  await admin.query("update app.tenant_settings set time_zone = 'UTC' where tenant_id = $1", [tenantId]);
  await admin.query("delete from app.ai_user_preferences where tenant_id = $1 and tone = 'casual'", [
    tenantId,
  ]);
  await admin.query(
    "update app.ai_budget_increases set reason = 'Damaged' where tenant_id = $1 and amount_pico % 3 = 0",
    [tenantId],
  );
  await enlarge(admin, { tenantId, userId } as Team, 1_000);
}

/** A hash of every tenant's rows, by tenant; without the tables in which a restore leaves its own traces. */
export async function hashes(admin: Client): Promise<Map<string, string>> {
  const { rows: tables } = await admin.query<{ name: string }>(
    `select name from app.backup_tables() where name not in ('outbox', 'restores', 'backups')`,
  );
  const parts = tables.map(({ name }) => {
    const whose = name === 'tenants' ? 'id' : 'tenant_id';
    return `select ${whose} as tenant, '${name}' as part, md5(string_agg(t::text, ' ' order by t::text)) as hash
            from app.${name} t where ${whose} is not null group by 1`;
  });
  const { rows } = await admin.query<{ tenant: string; hash: string }>(
    `select tenant, md5(string_agg(part || hash, ' ' order by part)) as hash
     from (${parts.join(' union all ')}) parts group by 1`,
  );
  return new Map(rows.map(({ tenant, hash }) => [tenant, hash]));
}

/** What a restore brings back of a tenant, hashed: every row of every table that is restored whole. */
export async function restoredHash(admin: Client, { tenantId }: Team): Promise<string> {
  const { rows: tables } = await admin.query<{ name: string; mode: string }>(
    "select name, mode from app.backup_tables() where mode in ('restored', 'completed')",
  );
  const parts = tables.map(
    ({ name }) => `select '${name}' as part, md5(string_agg(t::text, ' ' order by t::text)) as hash
                   from app.${name} t where tenant_id = '${tenantId}'`,
  );
  const { rows } = await admin.query<{ hash: string }>(
    `select md5(string_agg(part || coalesce(hash, ''), ' ' order by part) ||
                (select name from app.tenants where id = '${tenantId}')) as hash
     from (${parts.join(' union all ')}) parts`,
  );
  return rows[0]?.hash ?? '';
}
