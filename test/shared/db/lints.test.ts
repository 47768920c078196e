import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as exceptions from '#shared/db/lints/exceptions.ts';
import { lint, rules } from '#shared/db/lints/lint.ts';

import { type KernelDatabase, kernelDatabase } from '#test/support/kernel-database.ts';
import { cases, sound } from './lint-cases.ts';

let database: KernelDatabase;

beforeAll(async () => {
  database = await kernelDatabase();
});

afterAll(() => database.drop());

test('[TEN-5] the migrated database breaks no rule', async () => {
  expect((await lint(database.admin)).map(({ message }) => message)).toEqual([]);
});

test('[TEN-5] a table without row level security is answered with what to write', async () => {
  await database.admin.query('begin; create table app.bare (id uuid)');
  const found = await lint(database.admin);
  await database.admin.query('rollback');
  expect(found.map(({ message }) => message)).toContain(
    'app.bare: every role with a grant sees the rows of all tenants. add: alter table app.bare enable row level security.',
  );
});

describe('[TEN-5] each rule finds what breaks it, and nothing else does', () => {
  // What is wrong with the migrations themselves is said once, above.
  let before: ReadonlySet<string>;
  beforeAll(async () => {
    before = new Set((await lint(database.admin)).map(({ message }) => message));
  });
  const lintCase = async () => (await lint(database.admin)).filter(({ message }) => !before.has(message));

  // Roles belong to the whole server: other tests must not see them broken, so nothing is ever committed.
  test.each(cases)('$rule: $what', async ({ rule, breaks, repairs, object }) => {
    await database.admin.query('begin');
    try {
      await database.admin.query(sound);
      expect(await lintCase()).toEqual([]);
      await database.admin.query(breaks);
      const found = await lintCase();
      expect(found.map((finding) => [finding.rule, finding.object])).toEqual([[rule, object]]);
      expect(found[0]?.message.startsWith(`${object}: `)).toBe(true);
      await database.admin.query(repairs);
      expect(await lintCase()).toEqual([]);
    } finally {
      await database.admin.query('rollback');
    }
  });

  test('every rule has a case', () => {
    const names = rules.map(({ name }) => name);
    expect(names.filter((name) => !cases.some(({ rule }) => rule === name))).toEqual([]);
  });

  test('every rule file is in force', () => {
    const folder = new URL('../../../shared/db/lints/', import.meta.url);
    const files = readdirSync(folder).map((file) => file.replace('.ts', ''));
    const others = ['rule', 'lint', 'exceptions'];
    expect(files.filter((file) => !others.includes(file)).sort()).toEqual(
      rules.map(({ name }) => name).sort(),
    );
  });
});

describe('exceptions', () => {
  const existing = async (names: Readonly<Record<string, string>>) => {
    const { rows } = await database.admin.query<{ relname: string }>(
      `select relname from pg_class where relnamespace = 'app'::regnamespace and relname = any ($1)`,
      [Object.keys(names)],
    );
    return rows.map(({ relname }) => relname).sort();
  };

  test.each(Object.entries(exceptions))('%s names only what exists', async (_list, names) => {
    expect(await existing(names)).toEqual(Object.keys(names).sort());
  });
});
