/** A schema after the present one, for backups that were taken before it: as a migration of tomorrow would leave it. */
import type { Client } from 'pg';
import type { Upgrades } from '#shared/archive/upgrades.ts';

/** Moves the database on by one migration; returns what that migration would have declared about rows. */
export async function moveToNextSchema(admin: Client): Promise<Upgrades> {
  const { rows } = await admin.query<{ next: number }>(
    `insert into migration.applied (version, name, checksum)
     select max(version) + 1, 'tomorrow.sql', 'x' from migration.applied returning version as next`,
  );
  await admin.query(`
    alter table app.ai_tenant_preferences rename column length to size;
    alter table app.ai_tenant_preferences add column greeting text not null default 'Hello';
    alter table app.ai_tenant_preferences drop column updated_at;
    alter table app.ai_budgets rename to ai_limits;
    alter table app.ai_limits add column doubled_pico numeric(38, 0) not null default 0;
    alter table app.ai_limits alter column doubled_pico drop default;`);
  const [{ next } = { next: 0 }] = rows;
  return {
    [next]: {
      ai_tenant_preferences: { columns: { renamed: { length: 'size' }, dropped: ['updated_at'] } },
      ai_budgets: {
        renamedTo: 'ai_limits',
        columns: { set: { doubled_pico: ({ limit_pico }) => String(BigInt(limit_pico ?? '0') * 2n) } },
      },
    },
  };
}
