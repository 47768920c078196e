/** What generated statements and keys come to, as figures. */
import { randomInt } from 'node:crypto';
import type { TestPostgres } from '#test/support/postgres.ts';
import { projectSources } from '#test/architecture/source.ts';
import * as dynamodb from '#shared/config/aws/dynamodb.ts';
import type { Report } from '../figures.ts';
import { setStage, type Stage, type Tally } from './generated.ts';
import { grantEverything } from './grants.ts';
import { keyMakers, storageCases, storageUsers, strayKeys, tryKeys, uncovered } from './keys.ts';

const statements = 2_000;
/** So many at once, until one tells; a table is met by few of them. */
const statementsForMutant = 250;
const tenants = 6;
const pairs = 20_000;

/** Generated statements, as granted and with every privilege; and with one table after the other laid open. */
export async function reportGenerated(report: Report, postgres: TestPostgres): Promise<void> {
  const seed = chosenSeed();
  report.figure('seed of generated statements', seed, 'set PLINTH_SEED to repeat');
  for (const [how, widen] of [
    ['generated, as granted', ''],
    ['generated, granted everything', grantEverything],
  ] as const) {
    report.progress(`${statements} statements ${how}, seed ${seed}`);
    const stage = await setStage({ tenants, seed, widen }, postgres);
    try {
      tell(report, how, await stage.play(statements, seed));
      if (widen !== '') {
        const unnoticed = await layOpen(stage, seed);
        report.none(
          'generated: tables laid open unnoticed',
          unnoticed.length,
          stage.shapes.length,
          unnoticed,
        );
      }
    } finally {
      await stage.stop();
    }
  }
}

/** Keys of DynamoDB and S3. */
export async function reportKeys(report: Report): Promise<void> {
  const makers = keyMakers();
  const missing = uncovered(makers);
  report.none('makers of DynamoDB keys without a case', missing.length, makers.length, missing);
  const { tried, complaints } = tryKeys(makers, { pairs, seed: chosenSeed() });
  report.none('DynamoDB keys of two parties', complaints.length, tried, complaints);
  const sources = projectSources();
  const stray = strayKeys(sources, dynamodbCommands);
  report.none('DynamoDB keys made elsewhere', stray.length, sources.length, stray);
  const users = storageUsers(sources);
  report.figure('S3 access patterns', users.length, 'files that use S3');
  const untried = users.filter((path) => !(path in storageCases));
  report.figure('S3 access patterns untried', untried.length, `of ${users.length}`, { exactly: 0 });
  for (const path of untried) report.note(`${path} uses S3: try it with a foreign tenant, in storageCases`);
  for (const attempt of Object.values(storageCases)) await attempt();
}

/** The commands that the functions send to DynamoDB. */
export const dynamodbCommands = Object.keys(dynamodb).filter((name) => name.endsWith('Command'));

/** Tables whose row level security is off and of which no statement tells. */
export async function layOpen(stage: Stage, seed: number): Promise<string[]> {
  const unnoticed: string[] = [];
  for (const { name } of stage.shapes) {
    await stage.admin.query(`alter table app.${name} disable row level security`);
    if (!(await isNoticed(stage, seed))) unnoticed.push(`app.${name} without row level security`);
    await stage.admin.query(`alter table app.${name} enable row level security`);
  }
  return unnoticed;
}

async function isNoticed(stage: Stage, seed: number): Promise<boolean> {
  for (let played = 0; played < statements; played += statementsForMutant) {
    const { leaks } = await stage.play(statementsForMutant, seed + played);
    if (leaks.length > 0) return true;
  }
  return false;
}

function tell(report: Report, how: string, { tried, leaks, explained, refused, effective }: Tally): void {
  report.none(`${how}: leaks`, leaks.length, tried, leaks);
  // Answers about nothing would agree whatever the policies say.
  report.figure(`${how}: found or changed rows`, effective, `of ${tried}`, { atLeast: tried / 4 });
  const differences = [...explained.values()].reduce((sum, count) => sum + count, 0);
  report.figure(`${how}: explained differences`, differences, `of ${tried}`, { atMost: tried / 50 });
  for (const [why, count] of explained) report.note(`${how}: ${count} times ${why}`);
  const codes = [...refused].map(([code, count]) => `${code} ${count} times`).sort();
  report.note(`${how}: refused alike in both databases: ${codes.join(', ')}`);
}

function chosenSeed(): number {
  const given = process.env.PLINTH_SEED;
  chosen ??= given === undefined ? randomInt(2 ** 31) : Number(given);
  return chosen;
}

let chosen: number | undefined;
