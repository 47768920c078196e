/**
 * What calls changed in the database, row by row: triggers on every table note each change together with the call
 * that made it. A change that is rolled back takes its note with it.
 */
import type { Pool } from 'pg';
import { type UserId, uuidOf } from '#shared/contract/ids.ts';

/** Changes by table and kind, e.g. `audit_events insert`, with how many there were. */
export type Effects = Readonly<Record<string, number>>;

/** Begins to note changes; once for each database. */
export async function noteEffects(admin: Pool): Promise<void> {
  await admin.query(`
    create schema battery;
    create table battery.effects (change text not null, user_id uuid, request_id text);
    create index on battery.effects (user_id);
    create index on battery.effects (request_id);
    create function battery.note() returns trigger language plpgsql security definer
      set search_path = battery, pg_temp as $$
    begin
      -- Writing what already stands there is no effect, nor is saying of a session that it was seen again.
      if tg_op = 'UPDATE' and to_jsonb(old) - '{updated_at,recorded_at}'::text[]
                            = to_jsonb(new) - '{updated_at,recorded_at}'::text[] then
        return null;
      end if;
      insert into effects values (tg_table_name || ' ' || lower(tg_op),
        nullif(current_setting('app.user_id', true), '')::uuid, current_setting('app.request_id', true));
      return null;
    end $$;
    grant usage on schema battery to public;
    grant execute on function battery.note() to public;
    do $$
    declare
      one text;
    begin
      for one in select tablename from pg_tables where schemaname = 'app' loop
        execute format('create trigger battery_note after insert or update or delete on app.%I
                        for each row execute function battery.note()', one);
      end loop;
    end $$`);
}

/** What all calls of a person changed. */
export async function effectsOf(admin: Pool, user: UserId): Promise<Effects> {
  return counted(admin, 'user_id = $1', uuidOf(user));
}

/** What these requests changed. */
export async function effectsOfRequests(admin: Pool, requestIds: readonly string[]): Promise<Effects> {
  return counted(admin, 'request_id = any($1)', requestIds);
}

async function counted(admin: Pool, where: string, value: unknown): Promise<Effects> {
  const { rows } = await admin.query<{ change: string; count: number }>(
    `select change, count(*)::int as count from battery.effects where ${where} group by change order by change`,
    [value],
  );
  return Object.fromEntries(rows.map(({ change, count }) => [change, count]));
}
