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

describe('[TEN-5] each rule finds what breaks it, and nothing else does', () => {
  // Roles belong to the whole server: other tests must not see them broken, so nothing is ever committed.
  test.each(cases)('$rule: $what', async ({ rule, breaks, repairs, object }) => {
    await database.admin.query('begin');
    try {
      await database.admin.query(sound);
      expect(await lint(database.admin)).toEqual([]);
      await database.admin.query(breaks);
      const found = await lint(database.admin);
      expect(found.map((finding) => [finding.rule, finding.object])).toEqual([[rule, object]]);
      expect(found[0]?.message.startsWith(`${object}: `)).toBe(true);
      await database.admin.query(repairs);
      expect(await lint(database.admin)).toEqual([]);
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
