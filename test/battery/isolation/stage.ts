/** Where cases are played: as the real logins, or inside one transaction in which something was broken. */
import type { Client } from 'pg';
import type { KernelDatabase } from '#test/support/kernel-database.ts';
import { outcomeOf, type Outcome, run, signIn } from '#test/isolation/attempts.ts';
import type { Case } from './cast.ts';
import { grantEverything } from './grants.ts';

/** What was found: `wrong` names every case with another outcome than the expected one. */
export type Verdict = { tried: number; leaks: string[]; failedControls: string[] };

/** Plays all cases on connections of the real logins. The grants of the database are widened for good. */
export async function playForReal(database: KernelDatabase, cases: readonly Case[]): Promise<Verdict> {
  const { admin } = database;
  const clients = {
    app_tenant: await signIn(database, 'app_tenant'),
    app_platform: await signIn(database, 'app_platform'),
    app_system: await signIn(database, 'app_system'),
    app_backup: await signIn(database, 'app_backup'),
    app_restore: await signIn(database, 'app_restore'),
    // A connection on which no context was ever set: there the setting is absent, elsewhere it is empty.
    untouched: await signIn(database, 'app_tenant'),
  };
  const play = (one: Case): Promise<Outcome> => {
    // Nobody signs in as the owner of functions.
    if (one.role === 'app_definer') return playInside(admin, one);
    const { context, attempted } = one;
    const client = context === undefined ? clients.untouched : clients[one.role];
    return run(client, context, attempted.text, attempted.values);
  };
  try {
    return await playAll(admin, cases, play);
  } finally {
    for (const client of Object.values(clients)) await client.end();
  }
}

/** Plays all cases with this statement executed before; everything is rolled back. */
export async function playBroken(
  admin: Client,
  statement: string,
  cases: readonly Case[],
  look: () => Promise<void>,
): Promise<Verdict> {
  await admin.query('begin');
  try {
    await admin.query(statement);
    await look();
    return await playAll(admin, cases, (one) => playSaved(admin, one));
  } finally {
    await admin.query('rollback');
  }
}

async function playAll(
  admin: Client,
  cases: readonly Case[],
  play: (one: Case) => Promise<Outcome>,
): Promise<Verdict> {
  const verdict: Verdict = { tried: cases.length, leaks: [], failedControls: [] };
  for (const privileges of ['migrated', 'granted'] as const) {
    if (privileges === 'granted') await admin.query(grantEverything);
    for (const one of cases.filter((candidate) => candidate.privileges === privileges)) {
      const outcome = (await play(one)) === 'allowed' ? 'allowed' : 'denied';
      if (outcome === one.expected) continue;
      if (one.expected === 'denied') verdict.leaks.push(`${one.title}: allowed`);
      else verdict.failedControls.push(`${one.title}: denied`);
    }
  }
  return verdict;
}

async function playInside(admin: Client, one: Case): Promise<Outcome> {
  await admin.query('begin');
  try {
    return await playSaved(admin, one);
  } finally {
    await admin.query('rollback');
  }
}

/** As the role, in a transaction that goes on. */
async function playSaved(admin: Client, { role, context, attempted }: Case): Promise<Outcome> {
  await admin.query(`savepoint before; set local role ${role}`);
  try {
    return await outcomeOf(admin, context, attempted);
  } finally {
    await admin.query('rollback to savepoint before; release savepoint before');
  }
}
