/**
 * Isolation by enumeration [TEN-5]: every table, operation, login and context that the catalogue holds, each with
 * its control; every way to weaken the catalogue, which the cases or the lints must notice; generated statements
 * against what each tenant would see if it were alone; interleaved transactions; and the keys of other stores.
 */
import { kernelDatabase } from '#test/support/kernel-database.ts';
import { testPostgres } from '#test/support/postgres.ts';
import type { Report } from './figures.ts';
import { arrangeCases } from './isolation/cases.ts';
import { equivalent, mutantsOf, tryMutants } from './isolation/mutants.ts';
import { reportGenerated, reportKeys } from './isolation/reports.ts';
import { reportInterleaved } from './isolation/pooled.ts';
import { playForReal } from './isolation/stage.ts';

export const summary =
  'Every table, statement, connection and key from a foreign tenant, and every weakened policy noticed';

export async function run(report: Report): Promise<void> {
  const postgres = await testPostgres();
  try {
    const database = await kernelDatabase(postgres);
    try {
      const cases = await arrangeCases(database.admin);
      report.progress(`${cases.length} cases`);
      const mutants = await mutantsOf(database.admin);
      report.progress(`${mutants.length} ways to weaken the catalogue`);
      const notices = await tryMutants(database.admin, mutants, cases);
      const survivors = notices
        .filter(({ byCases, byLints, mutant }) => !byCases && !byLints && !(mutant.name in equivalent))
        .map(({ mutant }) => mutant.name);
      // Last, because it widens the grants of this database for good.
      const { tried, leaks, failedControls } = await playForReal(database, cases);
      report.none('leaks', leaks.length, tried, leaks);
      report.none('failed controls', failedControls.length, tried, failedControls);
      report.none('weakened catalogues unnoticed', survivors.length, notices.length, survivors);
      report.figure('noticed by cases', notices.filter(({ byCases }) => byCases).length, 'mutants');
      report.figure('noticed by lints', notices.filter(({ byLints }) => byLints).length, 'mutants');
    } finally {
      await database.drop();
    }
    await reportGenerated(report, postgres);
    await reportInterleaved(report, postgres);
    await reportKeys(report);
  } finally {
    await postgres.stop();
  }
}
