/**
 * What row level security costs on a million rows of 200 tenants: reads as the application makes them, against the
 * same queries with the tenant written into them by a role that no policy binds. Both run inside a transaction that
 * was opened before, so that nothing but the queries is compared; what the transaction costs is bench tx. And both
 * run on one connection: two are two processes of the server, and on which core each wakes decides more than a policy.
 */
import type { ClientBase } from 'pg';
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
    const connection = await database.plainPool({ user: 'app_tenant' }).connect();
    for (const read of reads) {
      report.progress(read.name);
      await compare(report, read, connection);
      if (read.inside === undefined) await serverTimes(report, read, connection);
      const shapes = [
        read.inside === undefined
          ? await explained(connection, 'secured', read.secured, read.input(1, 1))
          : await explained(database.admin, 'definer', read.inside, read.input(1, 1)),
        await explained(connection, 'plain', read.plain, [tenantOf(1), ...read.input(1, 1)]),
      ];
      report.figure(`${read.name}: same plan`, shapes[0] === shapes[1] ? 1 : 0, 'of 1', { exactly: 1 });
      report.note(`${read.name}: ${shapes[0]}${shapes[0] === shapes[1] ? '' : `, plain ${shapes[1]}`}`);
    }
    report.note(
      'search goes through a vetted function: ILIKE is not leakproof, so under a policy it cannot use an index. ' +
        'The plain search is a trigram index led by the tenant (pg_trgm, btree_gin).',
    );
    report.progress('floor');
    await floor(report, database.admin, connection);
    report.note(
      'Where the plan is the same, what a policy costs is a constant for each statement and table: planning the ' +
        'sub-select that finds the tenant, which unnamed statements pay every time. A function keeps its plan, as ' +
        'search shows. "floor" is the point read under policies that do less: one that admits every row, and one ' +
        'that reads a setting and nothing else. A policy without the sub-select is not evaluated once for a ' +
        'statement but once for a row, or for each turn of a join.',
    );
    connection.release();
  } finally {
    await database.stop();
  }
}

type Side = 'secured' | 'plain';

async function compare(report: Report, read: Read, connection: ClientBase): Promise<void> {
  let tenant = 0;
  let turns = { secured: 0, plain: 0 };
  const samples = await takeTurns(
    {
      plain: () =>
        connection.query(read.plain, [tenantOf(tenant), ...read.input((turns.plain += 1), tenant)]),
      secured: () => connection.query(read.secured, read.input((turns.secured += 1), tenant)),
    },
    {
      ...{ warmUp: 30, rounds: 60, perRound: read.perRound },
      before: async (name, round) => {
        // Each round is another tenant's, and the same one's for both.
        tenant = (round * 7) % tenants;
        turns = { secured: round * 1000, plain: round * 1000 };
        await enter(connection, name, tenant);
      },
      after: () => connection.query('commit'),
    },
  );
  for (const name of ['plain', 'secured'] as const) {
    report.figure(`${read.name}: ${name} p50`, samples.p50(name), 'µs');
    report.figure(`${read.name}: ${name} p95`, samples.p95(name), 'µs');
  }
  const { atMost } = read;
  report.figure(`${read.name}: secured / plain`, samples.ratio('secured', 'plain'), '×', { atMost });
  const far = (samples.p50('secured') + tripUs) / (samples.p50('plain') + tripUs);
  report.figure(`${read.name}: secured / plain, 0.5 ms a trip (computed)`, far, '×');
}

/** What a round trip takes between a function and its database in the same region; a loopback hides it. */
const tripUs = 500;

type ServerTimes = Record<'planning' | 'execution', Record<Side, number>>;

/** Where the time goes: the server plans every unnamed statement anew, and a policy is part of the plan. */
async function serverTimes(report: Report, read: Read, connection: ClientBase): Promise<void> {
  const times = await explainedTimes(connection, read, read.secured);
  for (const what of ['planning', 'execution'] as const) {
    const added = times[what].secured - times[what].plain;
    report.figure(`${read.name}: server ${what}, added by the policy`, added, 'µs');
  }
}

/** Medians of what the server takes, in turns, in microseconds. */
async function explainedTimes(connection: ClientBase, read: Read, secured: string): Promise<ServerTimes> {
  const times = { secured: [], plain: [] } as Record<Side, { planning: number; execution: number }[]>;
  for (let turn = 0; turn < 200; turn += 1) {
    const side = Math.floor(turn / 10) % 2 === 0 ? 'plain' : 'secured';
    const input = read.input(turn, 1);
    if (turn % 10 === 0) await enter(connection, side, 1);
    const { rows } = await connection.query<Explained>(
      `explain (analyze, timing off, format json) ${side === 'plain' ? read.plain : secured}`,
      side === 'plain' ? [tenantOf(1), ...input] : input,
    );
    const [found] = rows[0]?.['QUERY PLAN'] ?? [];
    if (turn % 10 === 9) await connection.query('commit');
    times[side].push({
      planning: (found?.['Planning Time'] ?? NaN) * 1000,
      execution: (found?.['Execution Time'] ?? NaN) * 1000,
    });
  }
  const medians = (what: 'planning' | 'execution') => ({
    secured: median(times.secured.map((one) => one[what])),
    plain: median(times.plain.map((one) => one[what])),
  });
  return { planning: medians('planning'), execution: medians('execution') };
}

/** What cheaper policies would cost; the last is the kernel's own. */
const floors = {
  'every row': 'true',
  'a setting': `tenant_id = (select current_setting('app.tenant_id', true)::uuid)`,
  'no sub-select': 'tenant_id = app.tenant_id()',
  'the kernel’s': 'tenant_id = (select app.tenant_id())',
};

async function floor(report: Report, admin: ClientBase, connection: ClientBase): Promise<void> {
  const [point] = reads;
  if (point === undefined) return;
  for (const [name, using] of Object.entries(floors)) {
    await admin.query(`alter policy tenant on bench.notes using (${using})`);
    // A policy that admits every row leaves the condition to the query, which must find the same row.
    const secured = using === 'true' ? `${point.secured} and n.tenant_id = '${tenantOf(1)}'` : point.secured;
    const { planning, execution } = await explainedTimes(connection, point, secured);
    const added = planning.secured - planning.plain + execution.secured - execution.plain;
    report.figure(`floor, policy is ${name}: added by it to a point read`, added, 'µs');
  }
}

type Explained = {
  'QUERY PLAN': [{ Plan: PlanNode; 'Planning Time'?: number; 'Execution Time'?: number }];
};

/** A transaction of this tenant; for the plain side in the role that no policy binds. */
async function enter(connection: ClientBase, side: Side, tenant: number): Promise<void> {
  await connection.query('begin read only');
  await connection.query('select app.enter($1::uuid, null, $2)', [tenantOf(tenant), 'bench']);
  if (side === 'plain') await connection.query('set local role bench_plain');
}

async function explained(
  connection: ClientBase,
  side: Side | 'definer',
  text: string,
  parameters: unknown[],
): Promise<string> {
  if (side === 'definer') await connection.query('begin; set local role app_definer');
  else await enter(connection, side, 1);
  const { rows } = await connection.query<Explained>(`explain (format json) ${text}`, parameters);
  await connection.query('rollback');
  return shapeOf(rows[0]?.['QUERY PLAN'][0].Plan);
}
