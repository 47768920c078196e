/** Every table, login, operation and context, once; the battery also breaks the catalogue in every way it can be. */
import { expect, test } from '@jest/globals';
import { arrangeCases } from '../battery/isolation/cases.ts';
import { playForReal } from '../battery/isolation/stage.ts';
import { kernelDatabase } from '../support/kernel-database.ts';

test('[TEN-5] nobody gets at what is another’s, and every login can do what it was granted', async () => {
  const database = await kernelDatabase();
  try {
    const cases = await arrangeCases(database.admin);
    const { leaks, failedControls } = await playForReal(database, cases);
    expect({ leaks, failedControls }).toEqual({ leaks: [], failedControls: [] });
    expect(cases.length).toBeGreaterThan(1_000);
  } finally {
    await database.drop();
  }
}, 60_000);
