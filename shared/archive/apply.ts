/**
 * Makes the staged rows the live ones, in the one transaction it is given: all of it, or nothing. Before it changes
 * anything it holds the tenant's own row, which everything that is inserted in the tenant waits for, and the rows that
 * it may change; of other tenants it sees and locks none.
 */
import type { Transaction } from '../contract/context.ts';
import { sql } from '../db/sql.ts';
import { changesIn, type Difference, differenceOf } from './difference.ts';
import type { StagedArchive } from './stage.ts';
import { type BackupTable, backupTables } from './tables.ts';

/** What was done, by table. */
export type Applied = Record<string, { removed: number; written: number }>;

/** What was applied is not what was staged, or left the tenant without an owner: nothing of it may stay. */
export class NotRestored extends Error {
  readonly difference: Difference | undefined;

  constructor(message: string, difference?: Difference) {
    super(message);
    this.name = 'NotRestored';
    this.difference = difference;
  }
}

/** Holds what a restore is about to change, and keeps everybody else from changing it. */
export async function lockTenant(tx: Transaction, staged: Pick<StagedArchive, 'tables'>): Promise<void> {
  const { held } = await tx.one<{ held: boolean }>(sql`select app.lock_for_restore() as held`);
  if (!held) throw new NotRestored('The tenant is not there.');
  for (const { name } of await restorable(tx, staged)) {
    await tx.query(sql`select app.lock_restored(${name})`);
  }
}

/**
 * Applies what was staged, and looks whether it is there.
 * @throws NotRestored when it is not: the transaction must be rolled back
 */
export async function applyStaged(
  tx: Transaction,
  restore: string,
  staged: Pick<StagedArchive, 'tables'>,
): Promise<Applied> {
  const tables = await restorable(tx, staged);
  const applied: Applied = Object.fromEntries(
    tables.map(({ name }) => [name, { removed: 0, written: 0 }] as const),
  );
  // What refers to something goes before it, and comes after it.
  for (const { name } of tables.toReversed()) {
    const { removed } = await tx.one<{ removed: string }>(
      sql`select app.remove_unrestored(${restore}, ${name}) as removed`,
    );
    applied[name] = { removed: Number(removed), written: 0 };
  }
  for (const { name } of tables) {
    const { written } = await tx.one<{ written: string }>(
      sql`select app.put_restored(${restore}, ${name}) as written`,
    );
    applied[name] = { removed: applied[name]?.removed ?? 0, written: Number(written) };
  }
  await assertRestored(tx, restore, staged);
  return applied;
}

async function assertRestored(
  tx: Transaction,
  restore: string,
  staged: Pick<StagedArchive, 'tables'>,
): Promise<void> {
  const left = await differenceOf(tx, restore, staged, 1);
  if (changesIn(left) > 0) throw new NotRestored('What was applied is not what was staged.', left);
  const { owned } = await tx.one<{ owned: boolean }>(
    sql`select exists (select from app.memberships where role = 'owner') as owned`,
  );
  if (!owned) throw new NotRestored('Nobody would own the tenant.');
}

async function restorable(
  tx: Transaction,
  { tables }: Pick<StagedArchive, 'tables'>,
): Promise<BackupTable[]> {
  return (await backupTables(tx)).filter(({ name, mode }) => mode !== 'kept' && name in tables);
}
