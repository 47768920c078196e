/** A report of its own for the tests of files: every type of column, rows of every kind, and a real database. */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import * as z from 'zod';
import type { DatabaseSettings } from '#shared/config/environment.ts';
import { report, type ReportFormat } from '#shared/contract/report.ts';
import type { BulkTransaction } from '#shared/contract/workflow.ts';
import { bulkTransaction } from '#shared/db/bulk.ts';
import { sql } from '#shared/db/sql.ts';
import type { FileHead } from '#shared/files/head.ts';
import { type FileOrder, type FilePart, fileParts, type FileResume } from '#shared/files/parts.ts';
import type { RowSource } from '#shared/files/rows.ts';
import { type KernelDatabase, kernelDatabase } from '#test/support/kernel-database.ts';
import { type Founded, foundTenant } from '../db/tenants.ts';

const internal = { classification: 'internal' } as const;

/** Of `app.things`, which this file makes. */
export const things = report({
  id: 'things.all',
  summary: 'All things',
  parameters: z.object({}),
  columns: {
    at: { type: 'timestamp', label: 'Time', ...internal },
    id: { type: 'id', of: 'auditEvent', label: 'Id', ...internal },
    name: { type: 'text', label: 'Name', ...internal },
    amount: { type: 'decimal', label: 'Amount', ...internal },
    count: { type: 'integer', label: 'Count', ...internal },
    open: { type: 'boolean', label: 'Open', ...internal },
    day: { type: 'date', label: 'Day', ...internal },
    facts: { type: 'json', label: 'Facts', ...internal },
  },
  permission: 'audit:read',
  capability: 'audit',
  order: ['at', 'id'],
  appendOnly: true,
  requirements: ['EXP-1'],
});

export const thingsQuery = sql`
  select at, id, name, amount, count, open, day, facts, xmin as written_by from app.things`;

export const head: FileHead = {
  report: things.id,
  title: things.summary,
  tenant: { id: 'ten_1', name: 'Acme “Ltd”' },
  purpose: 'A test',
  requester: 'usr_1',
  generatedAt: '2026-11-21T12:00:00.000Z',
  parameters: {},
};

export type FileStage = {
  kernel: KernelDatabase;
  mine: Founded;
  theirs: Founded;
  /** Adds rows; `thing` gives what is not usual of the n-th. */
  add(owner: Founded, count: number, thing?: (n: number) => Partial<Thing>): Promise<void>;
  /** Runs work in a snapshot of a tenant, as a step does. */
  inside<T>(owner: Founded, work: (bulk: BulkTransaction) => Promise<T>): Promise<T>;
  stop(): Promise<void>;
};

export type Thing = {
  at: string;
  id: string;
  name: string | null;
  amount: string | null;
  count: string | null;
  open: boolean | null;
  day: string | null;
  facts: object | null;
};

export async function startFileStage(): Promise<FileStage> {
  const kernel = await kernelDatabase();
  await kernel.admin.query(schema);
  const [mine, theirs] = [await foundTenant(kernel.admin), await foundTenant(kernel.admin)];
  let made = 0;
  const { host, port, database, user: _user } = kernel.database;
  const password = kernel.environment('app_tenant').DATABASE_PASSWORD;
  if (password === undefined) throw new Error('a login of tests has a password');
  const settings: DatabaseSettings = {
    ...{ host, port, database, user: 'app_tenant', password, poolSize: 1 },
    ...{ region: 'us-east-1', answerTimeoutMs: 15_000 },
  };
  return {
    ...{ kernel, mine, theirs },
    add: async (owner, count, thing = () => ({})) => {
      const rows = Array.from({ length: count }, () => {
        made += 1;
        return { ...usual(made), ...thing(made), tenant_id: owner.tenantId };
      });
      await kernel.admin.query(
        'insert into app.things select * from jsonb_populate_recordset(null::app.things, $1)',
        [JSON.stringify(rows)],
      );
    },
    inside: (owner, work) =>
      bulkTransaction(settings, { ...owner.entry, requestId: 'files' }, { mode: 'snapshot' }, work),
    stop: () => kernel.drop(),
  };
}

function usual(n: number): Thing {
  const digits = String(n).padStart(12, '0');
  return {
    at: new Date(Date.UTC(2026, 10, 1) + Math.floor(n / 3) * 1_000).toISOString(),
    id: `00000000-0000-4000-8000-${digits}`,
    ...{ name: `thing ${n}`, amount: `${n}.50`, count: String(n), open: n % 2 === 0, day: '2026-11-21' },
    facts: { n },
  };
}

const schema = `
  set role app_migrator;
  create table app.things (tenant_id uuid not null, at timestamptz not null, id uuid not null, name text,
    amount numeric, count bigint, open boolean, day date, facts jsonb, primary key (tenant_id, id));
  create index on app.things (tenant_id, at, id);
  alter table app.things enable row level security;
  alter table app.things force row level security;
  create policy tenant on app.things to app_tenant using (tenant_id = (select app.tenant_id()));
  grant select on app.things to app_tenant;
  reset role`;

export type WrittenFile = {
  bytes: Buffer;
  sha256: string;
  parts: (Omit<FilePart, 'bytes'> & { size: number })[];
};

/** A whole file, and what its parts were. */
export async function writeFile(
  bulk: BulkTransaction,
  format: ReportFormat,
  options: Partial<FileOrder> & { source?: RowSource; from?: FileResume } = {},
): Promise<WrittenFile> {
  const order = { format, source: { report: things, query: thingsQuery }, head, ...options };
  const chunks: Buffer[] = [];
  const parts: WrittenFile['parts'] = [];
  for await (const { bytes, ...facts } of fileParts(bulk, order)) {
    chunks.push(Buffer.from(bytes));
    parts.push({ ...facts, size: bytes.length });
  }
  const bytes = Buffer.concat(chunks);
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex'), parts };
}

/** The snapshot of the transaction, as text. */
export async function snapshotOf(bulk: BulkTransaction): Promise<string> {
  const { snapshot } = await bulk.one<{ snapshot: string }>(
    sql`select pg_current_snapshot()::text as snapshot`,
  );
  return snapshot;
}

/** What the same server says of the rows, for comparing. */
export async function asServer(client: pg.Client, tenantId: string): Promise<Thing[]> {
  const { rows } = await client.query<Thing>(
    `select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, 'aud_' || id as id, name,
            amount::text, count::text, open, day::text, facts
     from app.things where tenant_id = $1 order by things.at, things.id`,
    [tenantId],
  );
  return rows;
}
