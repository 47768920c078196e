/** A million notes of 200 tenants, made by the server itself, with ids that can be computed. */
import type { ClientBase } from 'pg';

export const tenants = 200;
export const perTenant = 5_000;

/** The id of a tenant, counted from 0. */
export function tenantOf(tenant: number): string {
  return `${String(tenant).padStart(8, '0')}-0000-4000-8000-000000000000`;
}

/** The id of a tenant's note. */
export function idOf(tenant: number, number: number): string {
  return `${String(tenant).padStart(8, '0')}-0000-4000-8000-${String(number + 1).padStart(12, '0')}`;
}

/** Fills the tables of a bench database, indexes them, and makes the vetted search. */
export async function fillNotes(admin: ClientBase): Promise<void> {
  await admin.query(fill);
  await admin.query(search);
  await admin.query('vacuum analyze bench.notes, bench.remarks');
}

const fill = `
  alter table bench.remarks drop constraint remarks_tenant_id_note_id_fkey;
  insert into bench.notes (tenant_id, id, number, title, created_at)
  select (lpad(t::text, 8, '0') || '-0000-4000-8000-000000000000')::uuid,
         (lpad(t::text, 8, '0') || '-0000-4000-8000-' || lpad((n + 1)::text, 12, '0'))::uuid,
         n, 'Note ' || n || ' about x' || lpad((n * 7 % 997)::text, 3, '0') || ' of tenant ' || t,
         timestamptz '2026-01-01 00:00:00Z' + n * interval '1 minute'
  from generate_series(0, ${tenants - 1}) t, generate_series(0, ${perTenant - 1}) n;
  insert into bench.remarks (tenant_id, id, note_id, body)
  select tenant_id, gen_random_uuid(), id, 'A remark on ' || title from bench.notes where number % 5 = 0;
  create index notes_created on bench.notes (tenant_id, created_at, id);
  create index notes_number on bench.notes (tenant_id, number);
  create index remarks_note on bench.remarks (tenant_id, note_id);
  alter table bench.remarks add foreign key (tenant_id, note_id) references bench.notes (tenant_id, id)`;

const search = `
  create extension pg_trgm;
  create extension btree_gin;
  create index notes_title on bench.notes using gin (tenant_id, title gin_trgm_ops) with (fastupdate = off);
  create policy definer on bench.notes to app_definer using (true);
  grant usage, create on schema bench to app_definer;
  grant select on bench.notes to app_definer;
  set role app_definer;
  create function bench.search_notes(wanted text)
    returns table (id uuid, number integer, title text, created_at timestamptz)
    language sql stable security definer set search_path = bench, pg_temp
    as $$
      select n.id, n.number, n.title, n.created_at from notes n
      where n.tenant_id = (select app.tenant_id()) and n.title ilike '%' || wanted || '%' limit 50
    $$;
  revoke all on function bench.search_notes(text) from public;
  grant execute on function bench.search_notes(text) to app_tenant;
  reset role`;
