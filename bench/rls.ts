/**
 * What row level security costs on a million rows of 200 tenants: reads as the application makes them, against the
 * same queries with the tenant written into them by a role that no policy binds. Both run inside a transaction that
 * was opened before, so that nothing but the queries is compared; what the transaction costs is bench tx.
 */
import type { ClientBase, PoolClient } from 'pg';
import type { Report } from '#test/battery/figures.ts';
import { startBenchDatabase } from './support/database.ts';
import { fillNotes, idOf, perTenant, tenantOf, tenants } from './support/notes.ts';
import { type PlanNode, shapeOf } from './support/plan-shape.ts';
import { median, takeTurns } from './support/samples.ts';

export const summary = 'Reads under row level security against the same reads with the tenant in the query';

/** A read in both forms; the plain one takes the tenant as `$1` and the caller's input after it. */
type Read = {
  name: string;
  /** How much longer it may take. */
  atMost: number;
  secured: string;
  plain: string;
  /** What is explained instead of the secured form. */
  inside?: string;
  /** What the caller asks for, different each time. */
  input: (turn: number, tenant: number) => unknown[];
  perRound: number;
};

const columns = 'n.id, n.number, n.title, n.created_at';

const reads: readonly Read[] = [
  {
    name: 'point',
    atMost: 1.05,
    secured: `select ${columns} from bench.notes n where n.id = $1`,
    plain: `select ${columns} from bench.notes n where n.tenant_id = $1 and n.id = $2`,
    input: (turn, tenant) => [idOf(tenant, (turn * 37) % perTenant)],
    perRound: 60,
  },
  {
    name: 'list of 50',
    atMost: 1.05,
    secured: `select ${columns} from bench.notes n
              where (n.created_at, n.id) > ($1, $2::uuid) order by n.created_at, n.id limit 50`,
    plain: `select ${columns} from bench.notes n where n.tenant_id = $1
            and (n.created_at, n.id) > ($2, $3::uuid) order by n.created_at, n.id limit 50`,
    input: (turn, tenant) => [
      new Date(Date.UTC(2026, 0, 1) + ((turn * 41) % perTenant) * 60_000),
      idOf(tenant, 0),
    ],
    perRound: 40,
  },
  {
    name: 'count',
    atMost: 1.05,
    secured: 'select count(*) from bench.notes n',
    plain: 'select count(*) from bench.notes n where n.tenant_id = $1',
    input: () => [],
    perRound: 10,
  },
  {
    name: 'join',
    atMost: 1.05,
    secured: `select ${columns}, r.body from bench.notes n join bench.remarks r on r.note_id = n.id
              where n.number between $1 and $1 + 20 order by n.number`,
    plain: `select ${columns}, r.body from bench.notes n
            join bench.remarks r on r.tenant_id = n.tenant_id and r.note_id = n.id
            where n.tenant_id = $1 and r.tenant_id = $1 and n.number between $2 and $2 + 20 order by n.number`,
    input: (turn) => [(turn * 43) % (perTenant - 20)],
    perRound: 20,
  },
  {
    name: 'search',
    atMost: 1.2,
    secured: 'select * from bench.search_notes($1)',
    plain: `select ${columns} from bench.notes n
            where n.tenant_id = $1 and n.title ilike '%' || $2 || '%' limit 50`,
    // Inside the vetted function the query is its owner's.
    inside: `select * from bench.notes n
             where n.tenant_id = (select app.tenant_id()) and n.title ilike '%' || $1 || '%' limit 50`,
    input: (turn) => [`x${String((turn * 47) % 997).padStart(3, '0')}`],
    perRound: 20,
  },
];

export async function run(report: Report): Promise<void> {
  const database = await startBenchDatabase({
    shared_buffers: '512MB',
    maintenance_work_mem: '256MB',
    jit: 'off',
  });
  try {
    report.progress('filling 1,000,000 rows');
    await fillNotes(database.admin);
    const secured = await database.plainPool({ user: 'app_tenant' }).connect();
    const plain = await database.plainPool().connect();
    for (const read of reads) {
      report.progress(read.name);
      await compare(report, read, secured, plain);
      if (read.inside === undefined) await serverTimes(report, read, secured, plain);
      const inside = read.inside === undefined ? secured : database.admin;
      const shapes = [
        await explained(inside, read.inside ?? read.secured, read.input(1, 1), read.inside !== undefined),
        await explained(plain, read.plain, [tenantOf(1), ...read.input(1, 1)]),
      ];
      report.figure(`${read.name}: same plan`, shapes[0] === shapes[1] ? 1 : 0, 'of 1', { exactly: 1 });
      report.note(`${read.name}: ${shapes[0]}${shapes[0] === shapes[1] ? '' : `, plain ${shapes[1]}`}`);
    }
    report.note(
      'search goes through a vetted function: ILIKE is not leakproof, so under a policy it cannot use an index. ' +
        'The plain search is a trigram index led by the tenant (pg_trgm, btree_gin).',
    );
    report.note(
      'Where the plan is the same, what a policy costs is a constant for each statement and table: rewriting and ' +
        'planning it, which unnamed statements pay every time. A function keeps its plan, as search shows.',
    );
    secured.release();
    plain.release();
  } finally {
    await database.stop();
  }
}

async function compare(report: Report, read: Read, secured: PoolClient, plain: PoolClient): Promise<void> {
  let tenant = 0;
  let turns = { secured: 0, plain: 0 };
  const samples = await takeTurns(
    {
      secured: () => secured.query(read.secured, read.input((turns.secured += 1), tenant)),
      plain: () => plain.query(read.plain, [tenantOf(tenant), ...read.input((turns.plain += 1), tenant)]),
    },
    {
      ...{ warmUp: 30, rounds: 60, perRound: read.perRound },
      before: async (name, round) => {
        // Each round is another tenant's, and the same one's for both.
        tenant = (round * 7) % tenants;
        turns = { secured: round * 1000, plain: round * 1000 };
        await enter(name === 'secured' ? secured : plain, tenant);
      },
      after: (name) => (name === 'secured' ? secured : plain).query('commit'),
    },
  );
  for (const name of ['plain', 'secured'] as const) {
    report.figure(`${read.name}: ${name} p50`, samples.p50(name), 'µs');
    report.figure(`${read.name}: ${name} p95`, samples.p95(name), 'µs');
  }
  const { atMost } = read;
  report.figure(`${read.name}: secured / plain`, samples.ratio('secured', 'plain'), '×', { atMost });
}

/** Where the time goes: the server plans every unnamed statement anew, and a policy is part of the plan. */
async function serverTimes(
  report: Report,
  read: Read,
  secured: ClientBase,
  plain: ClientBase,
): Promise<void> {
  const times = { planning: { secured: [], plain: [] }, execution: { secured: [], plain: [] } } as Record<
    'planning' | 'execution',
    Record<'secured' | 'plain', number[]>
  >;
  await enter(secured, 1);
  await enter(plain, 1);
  for (let turn = 0; turn < 60; turn += 1) {
    for (const name of ['secured', 'plain'] as const) {
      const input = read.input(turn, 1);
      const { rows } = await (name === 'secured' ? secured : plain).query<Explained>(
        `explain (analyze, timing off, format json) ${read[name]}`,
        name === 'secured' ? input : [tenantOf(1), ...input],
      );
      const [found] = rows[0]?.['QUERY PLAN'] ?? [];
      times.planning[name].push((found?.['Planning Time'] ?? NaN) * 1000);
      times.execution[name].push((found?.['Execution Time'] ?? NaN) * 1000);
    }
  }
  await Promise.all([secured.query('commit'), plain.query('commit')]);
  for (const what of ['planning', 'execution'] as const) {
    const added = median(times[what].secured) - median(times[what].plain);
    report.figure(`${read.name}: server ${what}, added by the policy`, added, 'µs');
  }
}

type Explained = {
  'QUERY PLAN': [{ Plan: PlanNode; 'Planning Time'?: number; 'Execution Time'?: number }];
};

async function enter(connection: ClientBase, tenant: number): Promise<void> {
  await connection.query('begin read only');
  await connection.query('select app.enter($1::uuid, null, $2)', [tenantOf(tenant), 'bench']);
}

async function explained(
  connection: ClientBase,
  text: string,
  parameters: unknown[],
  asDefiner = false,
): Promise<string> {
  await connection.query('begin');
  if (asDefiner) await connection.query('set local role app_definer');
  else await connection.query('select app.enter($1::uuid, null, $2)', [tenantOf(1), 'bench']);
  const { rows } = await connection.query<Explained>(`explain (format json) ${text}`, parameters);
  await connection.query('rollback');
  return shapeOf(rows[0]?.['QUERY PLAN'][0].Plan);
}
