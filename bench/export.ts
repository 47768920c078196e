/**
 * How fast reports become files, and in how much memory, against a plain COPY of the same rows and columns on the same
 * server in the same run. There is no psql among the packages of npm; its part is played by our own reader of the
 * socket, which only counts the bytes and is faster than psql, which prints them.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Client } from 'pg';
import type { DatabaseSettings } from '#shared/config/environment.ts';
import type { Goal, Report } from '#test/battery/figures.ts';
import { benchPassword, startBenchDatabase } from './support/database.ts';
import type { Done, Kind, Task } from './support/export-worker.ts';
import { quantile } from './support/samples.ts';

export const summary = 'Reports as files against a plain COPY of the same rows: speed and memory';

const million = 1_000_000;
/** The most rows that a printed report may have. */
const printedRows = 50_000;
/** Of a million rows; PDF has a goal of its own. */
const goals: Readonly<Record<'csv' | 'json' | 'parquet', { speed: Goal; memoryMb: number }>> = {
  csv: { speed: { atLeast: 0.8 }, memoryMb: 64 },
  json: { speed: { atLeast: 0.8 }, memoryMb: 64 },
  parquet: { speed: { atLeast: 0.5 }, memoryMb: 192 },
};
const formats = ['csv', 'json', 'parquet'] as const;

/** @param size rows that stand for the million; tests take fewer, and one round */
export async function run(report: Report, size = million, rounds = 3): Promise<void> {
  const { admin, host, port, stop } = await startBenchDatabase();
  try {
    report.progress('rows');
    const few = await fill(admin, Math.min(size, printedRows));
    const many = await fill(admin, size);
    const thrice = await fill(admin, 3 * size);
    await admin.query('vacuum analyze app.audit_events');
    const database: DatabaseSettings = {
      ...{ host, port, database: 'plinth', user: 'app_tenant', password: benchPassword, poolSize: 1 },
      ...{ region: 'us-east-1', answerTimeoutMs: 900_000 },
    };
    const perform = (kind: Kind, tenantId: string) => inProcess({ kind, database, tenantId });
    await compare(report, (kind) => perform(kind, many), { rows: size, rounds });
    await remember(report, (kind) => perform(kind, thrice));
    report.progress('pdf');
    const printed = await perform('pdf', few);
    report.figure('pdf: rows a second', (Math.min(size, printedRows) * 1_000) / printed.ms, 'rows/s', {
      atLeast: 9_000,
    });
    report.figure('pdf: memory above idle', printed.memory / mb, 'MB');
    report.note(
      'COPY writes CSV without care for formulas, and is only counted. Files are made whole, part by part, and not ' +
        'uploaded. Rows are audit events of some 330 bytes in CSV. Memory is what the process has at most above what ' +
        'it has when everything is loaded and connected.',
    );
  } finally {
    await stop();
  }
}

const mb = 1024 * 1024;

/** All kinds take turns; a ratio is the median of the rounds' own. */
async function compare(
  report: Report,
  perform: (kind: Kind) => Promise<Done>,
  { rows, rounds }: { rows: number; rounds: number },
): Promise<void> {
  const all: Record<Kind, Done>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    report.progress(`round ${round + 1} of ${rounds}`);
    const done: Partial<Record<Kind, Done>> = {};
    for (const kind of ['copy', ...formats] as const) done[kind] = await perform(kind);
    all.push(done as Record<Kind, Done>);
  }
  const median = (of: (round: Record<Kind, Done>) => number): number => quantile(all.map(of), 0.5);
  report.figure('copy: rows a second', (rows * 1_000) / median(({ copy }) => copy.ms), 'rows/s');
  report.figure('copy: size', (all[0]?.copy.bytes ?? 0) / mb, 'MB');
  for (const format of formats) {
    const speed = median((round) => round.copy.ms / round[format].ms);
    const { speed: fast, memoryMb } = goals[format];
    report.figure(`${format}: rows a second`, (rows * 1_000) / median((round) => round[format].ms), 'rows/s');
    report.figure(`${format}: size`, (all[0]?.[format].bytes ?? 0) / mb, 'MB');
    report.figure(`${format} / copy: speed`, speed, '×', fast);
    report.figure(
      `${format}: memory above idle`,
      Math.max(...all.map((round) => round[format].memory)) / mb,
      'MB',
      {
        atMost: memoryMb,
      },
    );
  }
}

/** Three times the rows, in the same memory. */
async function remember(report: Report, perform: (kind: Kind) => Promise<Done>): Promise<void> {
  for (const format of formats) {
    report.progress(`${format}, three times the rows`);
    const { memory } = await perform(format);
    report.figure(`${format}, three times the rows: memory above idle`, memory / mb, 'MB', {
      atMost: goals[format].memoryMb,
    });
  }
}

async function inProcess(task: Task): Promise<Done> {
  const worker = fork(join(import.meta.dirname, 'support/export-worker.ts'), { execArgv: [] });
  try {
    const told = once(worker, 'message') as Promise<[Done]>;
    const ended = once(worker, 'exit').then(([code]) => {
      throw new Error(`the process that makes the file ended with ${String(code)}`);
    });
    ended.catch(() => undefined);
    worker.send(task);
    const [done] = await Promise.race([told, ended]);
    return done;
  } finally {
    worker.kill();
  }
}

/** A tenant of its own with so many audit events, some of them as long as people write them. */
async function fill(admin: Client, rows: number): Promise<string> {
  const { rows: made } = await admin.query<{ id: string }>(
    `insert into app.tenants (id, slug, name, region, plan)
     values (gen_random_uuid(), 'bench-' || $1, 'Bench', 'us', 'basic') returning id`,
    [`${rows}-${Math.random().toString(36).slice(2, 8)}`],
  );
  const id = made[0]?.id ?? '';
  await admin.query(
    `insert into app.audit_events (tenant_id, id, occurred_at, plane, actor_id, action, target_type, target_id, ip,
       user_agent, request_id, reason, before, after)
     select $1, gen_random_uuid(), '2026-01-01'::timestamptz + n * interval '1.000007 s', 'tenant', gen_random_uuid(),
       (array['member.removed', 'member.role_changed', 'api_key.created', 'settings.changed'])[1 + n % 4], 'user',
       'usr_' || gen_random_uuid(), '203.0.113.' || n % 250,
       'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/147', gen_random_uuid()::text,
       case when n % 3 = 0 then 'because, as "agreed" in ' || n end,
       case when n % 4 = 1 then jsonb_build_object('role', 'viewer') end,
       case when n % 2 = 1 then jsonb_build_object('role', 'admin', 'number', n) end
     from generate_series(1, $2::integer) n`,
    [id, rows],
  );
  return id;
}
