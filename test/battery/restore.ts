/**
 * One tenant among fifty is brought back as it was, while its neighbour writes: it is byte by byte what its backup holds,
 * nobody else's rows have changed, and the neighbour neither lost anything nor waited [BKP-2]. Workers are killed while
 * they stage and while they apply: it is all there or nothing is, and the next attempt finishes it. A backup of the
 * schema before fits the present one. What a restore takes, and how much it may lose, is printed [BKP-3].
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Stage, startStage, type Team, uuidIn } from '#test/shared/restore/stage.ts';
import { apply, prepare, take } from '#test/support/archives.ts';
import { kernelDatabase } from '#test/support/kernel-database.ts';
import { moveToNextSchema } from '#test/support/next-schema.ts';
import { foundTenant } from '#test/shared/db/tenants.ts';
import { everyTableOf } from '#test/isolation/catalogue.ts';
import { place } from '#test/isolation/attempts.ts';
import { factoryOf } from '#test/isolation/rows.ts';
import type { Report } from './figures.ts';
import { damage, enlarge, foundMany, hashes, restoredHash } from './restore/cast.ts';
import { startNeighbour, type Written } from './restore/neighbour.ts';
import {
  agreed,
  attempt,
  confirmed,
  newWorker,
  preparing,
  statusOf,
  step,
  untilNobodyRestores,
} from './restore/steps.ts';

export const summary = 'One tenant of fifty restored while another writes, and killed at every point';

const tenants = 50;
const rows = 50_000;
const killedWhileStaging = 10;
const killedWhileApplying = 10;

export async function run(report: Report): Promise<void> {
  const stage = await startStage();
  try {
    const teams = await foundMany(stage, tenants);
    const [mine, neighbour] = teams;
    if (mine === undefined || neighbour === undefined) throw new Error('there are no tenants');
    await enlarge(stage.chain.database.admin, mine, rows);
    report.progress(`${tenants} tenants, one with ${rows} rows`);
    const backup = await backedUp(stage, mine);
    const took = await besideTheNeighbour(report, stage, { mine, neighbour, backup });
    await killed(report, stage, { mine, backup, took });
  } finally {
    await stage.stop();
  }
  await fromTheSchemaBefore(report);
}

async function backedUp(stage: Stage, team: Team): Promise<string> {
  const asked = await stage.as(team.owner, team, 'POST', '/v1/backups');
  const [end] = await stage.work();
  if (end === undefined || end === 'killed' || 'error' in end) throw new Error('the backup was not taken');
  return uuidIn(asked);
}

type Took = { stageMs: number; applyMs: number };

async function besideTheNeighbour(
  report: Report,
  stage: Stage,
  { mine, neighbour, backup }: { mine: Team; neighbour: Team; backup: string },
): Promise<Took> {
  const { database } = stage.chain;
  const { admin } = database;
  const before = await restoredHash(admin, mine);
  await damage(admin, mine);
  const others = await hashes(admin);
  const writing = await startNeighbour(database, neighbour);
  const took: Record<string, number> = {};
  let calm: Written;
  let restoring: Written;
  try {
    await sleep(4_000);
    calm = writing.phase();
    const worker = stage.worker('restore');
    const restore = await agreed(stage, mine, backup);
    const started = performance.now();
    for (const name of preparing) took[name] = await timed(() => step(worker, name, mine, restore));
    await confirmed(stage, restore);
    took.apply = await timed(() => step(worker, 'restore.apply/apply', mine, restore));
    report.figure('recovery time', (performance.now() - started) / 1000, 's');
    restoring = writing.phase();
  } finally {
    await writing.stop();
  }
  const { rows: age } = await admin.query<{ seconds: number }>(
    'select extract(epoch from now() - snapshot_at)::float8 as seconds from app.backups where id = $1',
    [backup],
  );
  report.figure('recovery point', age[0]?.seconds ?? Number.NaN, 's since the backup');
  report.figure('rows restored', rows, 'rows');
  const after = await hashes(admin);
  report.none('restored tables that differ', (await restoredHash(admin, mine)) === before ? 0 : 1, 1);
  const changed = [...others].filter(
    ([tenant, hash]) =>
      tenant !== mine.tenantId && tenant !== neighbour.tenantId && after.get(tenant) !== hash,
  );
  report.none(
    'other tenants that changed',
    changed.length,
    tenants - 2,
    changed.map(([tenant]) => tenant),
  );
  const kept = await admin.query('select from app.audit_events where id = any ($1::uuid[])', [
    writing.committed(),
  ]);
  const lost = writing.committed().length - (kept.rowCount ?? 0);
  report.none('writes that the neighbour lost', lost, writing.committed().length);
  report.none('writes that failed', calm.failed + restoring.failed, calm.writes + restoring.writes);
  report.none('moments at which it was blocked', restoring.blockedSamples, restoring.writes);
  report.figure('its median write before', calm.medianMs, 'ms');
  report.figure('its median write meanwhile', restoring.medianMs, 'ms');
  report.figure('its slowest write before', calm.worstMs, 'ms');
  report.figure('its slowest write meanwhile', restoring.worstMs, 'ms');
  return { stageMs: took['restore.prepare/stage'] ?? 0, applyMs: took.apply ?? 0 };
}

async function killed(
  report: Report,
  stage: Stage,
  { mine, backup, took }: { mine: Team; backup: string; took: Took },
): Promise<void> {
  const { admin } = stage.chain.database;
  const whole = await restoredHash(admin, mine);
  const halves: string[] = [];
  const unfinished: string[] = [];
  let kills = 0;
  for (const [point, when] of points(took).entries()) {
    await damage(admin, mine);
    const damaged = await restoredHash(admin, mine);
    const restore = await agreed(stage, mine, backup);
    const worker = await newWorker(stage);
    for (const name of preparing) {
      if (name === when.step) break;
      await step(worker, name, mine, restore);
    }
    if (when.step === 'restore.apply/apply') await confirmed(stage, restore);
    const ending = attempt(worker, when.step, mine, restore);
    await Promise.race([sleep(when.afterMs), ending]);
    worker.kill();
    if ((await ending) === 'killed') kills += 1;
    await untilNobodyRestores(stage);
    const found = await restoredHash(admin, mine);
    const expected = (await statusOf(stage, restore)) === 'applied' ? whole : damaged;
    if (found !== expected) halves.push(`${when.step} after ${Math.round(when.afterMs)} ms`);
    const next = await newWorker(stage);
    for (const name of preparing) await step(next, name, mine, restore);
    if ((await statusOf(stage, restore)) === 'ready') await confirmed(stage, restore);
    await step(next, 'restore.apply/apply', mine, restore);
    await next.stop();
    if ((await restoredHash(admin, mine)) !== whole) unfinished.push(when.step);
    report.progress(`killed ${point + 1} times`);
  }
  report.none('restores that were half done', halves.length, kills, halves);
  report.none('restores that were not finished', unfinished.length, kills, unfinished);
  report.figure('workers killed before their end', kills, 'kills', { atLeast: 10 });
}

type Point = { step: 'restore.prepare/stage' | 'restore.apply/apply'; afterMs: number };

/** Spread over what each step takes, from its first moment to its last. */
function points({ stageMs, applyMs }: Took): Point[] {
  const spread = (name: Point['step'], count: number, tookMs: number): Point[] =>
    Array.from({ length: count }, (_point, index) => ({ step: name, afterMs: (tookMs * index) / count }));
  return [
    ...spread('restore.prepare/stage', killedWhileStaging, stageMs),
    ...spread('restore.apply/apply', killedWhileApplying, applyMs),
  ];
}

async function fromTheSchemaBefore(report: Report): Promise<void> {
  const database = await kernelDatabase();
  try {
    const { admin } = database;
    const tenant = await foundTenant(admin);
    for (const table of await everyTableOf(admin)) {
      await place(admin, table, await factoryOf(table.name)(tenant, admin));
    }
    const taken = await take(database, tenant.tenantId);
    const by = await moveToNextSchema(admin);
    await admin.query('delete from app.ai_limits where tenant_id = $1', [tenant.tenantId]);
    const prepared = await prepare(database, taken, { by });
    const wrong = prepared.findings.map(({ check, detail }) => `${check}: ${detail}`);
    if (wrong.length === 0) await apply(database, prepared, tenant.tenantId);
    const { rowCount } = await admin.query(
      'select from app.ai_limits where tenant_id = $1 and doubled_pico = 2 * limit_pico',
      [tenant.tenantId],
    );
    if (rowCount !== 1) wrong.push('the row of the schema before is not there');
    report.none('backups of the schema before that do not fit', wrong.length, 1, wrong);
  } finally {
    await database.drop();
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
