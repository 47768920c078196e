/** Backups and restores of a world's tenants, as rows: there is no file behind them. */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { newId, uuidOf } from '#shared/contract/ids.ts';
import type { World } from './world.ts';

/** What makes them. */
export function keptBy(admin: Pool): Pick<World, 'backup' | 'restore' | 'endRestores'> {
  const backup: World['backup'] = async (tenant) => {
    const id = newId('backup');
    await admin.query(
      `update app.backups set status = 'failed' where tenant_id = $1 and status in ('queued', 'running')`,
      [uuidOf(tenant)],
    );
    await admin.query(
      `insert into app.backups (tenant_id, id, kind, status, schema_version, snapshot_at, salt, bytes, sha256, contents,
                                finished_at, expires_at)
       values ($1, $2, 'scheduled', 'done', 1, now(), 'c2FsdA==', 1, 'x', '[]', now(), now() + interval '1 day')`,
      [uuidOf(tenant), uuidOf(id)],
    );
    return id;
  };
  const endRestores: World['endRestores'] = async (tenant) => {
    for (const [from, to] of [
      ["'requested', 'ready'", 'cancelled'],
      ["'preparing', 'applying'", 'failed'],
    ]) {
      await admin.query(
        `update app.restores set status = '${to ?? ''}' where tenant_id = $1 and status in (${from ?? ''})`,
        [uuidOf(tenant)],
      );
    }
  };
  return {
    backup,
    endRestores,
    restore: async (tenant, status = 'requested') => {
      const id = newId('restore');
      const source = uuidOf(await backup(tenant));
      await endRestores(tenant);
      await admin.query(
        `insert into app.restores (tenant_id, id, backup_id, reason, status, requested_by_type, requested_by,
                                   safety_backup_id, applied_at, expires_at)
         values ($1, $2, $3, 'Seeded by the battery', $4::text, 'person', $5,
                 case when $4 = 'applied' then $3::uuid end, case when $4 = 'applied' then now() end,
                 now() + interval '1 day')`,
        [uuidOf(tenant), uuidOf(id), source, status, randomUUID()],
      );
      return id;
    },
  };
}
