/**
 * A database of a bench's own: the kernel's schema and roles, and beside them `bench.notes`, a table with the
 * policies of the migrations. Two logins read and write it: `app_tenant`, whom the policies bind, and `bench_plain`,
 * whom they do not, for the baseline.
 */
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { migrate } from '#shared/db/migrate.ts';
import { openPool } from '#shared/db/pool.ts';
import { startTestServer } from '#test/support/postgres-server.ts';

export type BenchDatabase = {
  host: string;
  port: number;
  /** The superuser, for arranging. */
  admin: pg.Client;
  /** The kernel's own pool of one connection. */
  pool: (at?: { port: number }) => pg.Pool;
  /** A pool of one connection as anybody would open it, on which no policy binds. */
  plainPool: (at?: { port?: number; user?: string }) => pg.Pool;
  stop: () => Promise<void>;
};

/** Of every login. */
export const benchPassword = 'for-benches-only';
const password = benchPassword;

/** Starts a server with these settings beside the tests' own, migrated, with an empty `bench.notes`. */
export async function startBenchDatabase(settings: Record<string, string> = {}): Promise<BenchDatabase> {
  const server = await startTestServer(settings);
  const { hostname: host, port: listening, pathname } = new URL(server.adminUrl);
  const admin = new pg.Client({ connectionString: server.adminUrl });
  const pools: pg.Pool[] = [];
  const keep = (pool: pg.Pool) => {
    // A bench that cuts its connections does not want to hear of it.
    pool.on('error', () => undefined);
    pools.push(pool);
    return pool;
  };
  const port = Number(listening);
  const place = { host, database: pathname.slice(1), password };
  const stop = async () => {
    // A connection that a failed bench still holds goes with the server.
    await Promise.race([Promise.all(pools.map((pool) => pool.end())), setTimeout(1_000)]);
    await admin.end();
    await server.stop();
  };
  try {
    await admin.connect();
    await migrate(admin);
    await admin.query(schema);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...{ host, port, admin, stop },
    pool: (at = { port }) =>
      keep(
        openPool({
          ...{ ...place, ...at, user: 'app_tenant', poolSize: 1 },
          ...{ region: 'us-east-1', answerTimeoutMs: 60_000 },
        }),
      ),
    plainPool: (at = {}) => keep(new pg.Pool({ ...place, port, user: 'bench_plain', max: 1, ...at })),
  };
}

const schema = `
  alter role app_tenant password '${password}';
  create role bench_plain login bypassrls password '${password}';
  grant connect on database plinth to bench_plain;
  grant bench_plain to app_tenant;
  create schema bench authorization app_migrator;
  grant usage on schema bench to app_tenant, bench_plain;
  grant usage on schema app to bench_plain;
  grant execute on all functions in schema app to bench_plain;
  set role app_migrator;
  create table bench.notes (
    tenant_id uuid not null,
    id uuid not null,
    number integer not null,
    title text not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, id)
  );
  create table bench.remarks (
    tenant_id uuid not null,
    id uuid not null,
    note_id uuid not null,
    body text not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, note_id) references bench.notes (tenant_id, id) on delete cascade
  );
  alter table bench.notes enable row level security;
  alter table bench.notes force row level security;
  alter table bench.remarks enable row level security;
  alter table bench.remarks force row level security;
  create policy tenant on bench.notes to app_tenant
    using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()));
  create policy tenant on bench.remarks to app_tenant
    using (tenant_id = (select app.tenant_id())) with check (tenant_id = (select app.tenant_id()));
  grant select, insert, update, delete on bench.notes, bench.remarks to app_tenant, bench_plain;
  reset role`;
