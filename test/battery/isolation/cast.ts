/** What a case is, and who plays in it: two tenants with a row of the first in every table. */
import type { Founded } from '#test/shared/db/tenants.ts';
import type { Attempted, Context, Placed } from '#test/isolation/attempts.ts';
import type { Table } from '#test/isolation/catalogue.ts';
import type { Row } from '#test/isolation/rows.ts';
import type { Role } from './grants.ts';

/** One attempt and what must come of it. */
export type Case = {
  title: string;
  role: Role;
  context: Context;
  attempted: Attempted;
  /** `granted`: with every privilege on every table, so that policies alone stand in the way. */
  privileges: 'migrated' | 'granted';
  expected: 'allowed' | 'denied';
};

export type Fixture = { table: Table; placed: Placed; fresh: Row };
export type Cast = { mine: Founded; theirs: Founded; fixtures: Fixture[] };

/** The fixture of a table that the rules name. */
export function fixtureOf({ fixtures }: Cast, name: string): Fixture {
  const found = fixtures.find(({ table }) => table.name === name);
  if (found === undefined) throw new Error(`there is no table app.${name} any more`);
  return found;
}
