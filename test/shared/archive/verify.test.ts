/** What is found wrong with staged rows before they are applied, each by the breakage that it is there for. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readArchive } from '#shared/archive/read.ts';
import { stageArchive, type StagedArchive } from '#shared/archive/stage.ts';
import { backupTables, inOrder } from '#shared/archive/tables.ts';
import { type Finding, verifyStaged } from '#shared/archive/verify.ts';
import { everyTableOf } from '#test/isolation/catalogue.ts';
import { factoryOf } from '#test/isolation/rows.ts';
import { place } from '#test/isolation/attempts.ts';
import { type Founded, foundTenant } from '#test/shared/db/tenants.ts';
import { apply, inside, newRestore, prepare, recordsOf, take, type Taken } from '#test/support/archives.ts';
import { kernelDatabase, type KernelDatabase } from '#test/support/kernel-database.ts';
import { moveToNextSchema } from '#test/support/next-schema.ts';

let database: KernelDatabase;
let mine: Founded;
let taken: Taken;

beforeAll(async () => {
  database = await kernelDatabase();
  mine = await filled(database);
  taken = await take(database, mine.tenantId);
});
afterAll(() => database.drop());

async function filled({ admin }: KernelDatabase): Promise<Founded> {
  const founded = await foundTenant(admin);
  for (const table of await everyTableOf(admin)) {
    await place(admin, table, await factoryOf(table.name)(founded, admin));
  }
  return founded;
}

/** What is found after something was done to the staged rows, or to what the archive says of them. */
async function foundAfter(
  breakage: string,
  change: (staged: StagedArchive) => void = () => undefined,
): Promise<Finding[]> {
  const restore = await newRestore(database, mine.tenantId);
  const asRestore = { login: 'app_restore', tenant: mine.tenantId } as const;
  const staged = await inside(database, asRestore, (bulk) => stageArchive(bulk, restore, recordsOf(taken)));
  change(staged);
  await database.admin.query('update app.restores set archive = $2 where id = $1', [restore, staged]);
  if (breakage !== '') await database.admin.query(breakage, [restore]);
  return inside(database, asRestore, (bulk) => verifyStaged(bulk, restore, staged));
}

const of = (table: string) => `restore_id = $1 and table_name = '${table}'`;
const at = (column: string, { columns }: { columns: string[] }) => columns.indexOf(column);

describe('[BKP-2] before anything is applied', () => {
  test('nothing is found where nothing is wrong', async () => {
    expect(await foundAfter('')).toEqual([]);
  });

  test.each([
    ['a row that is missing', `delete from app.restore_rows where ${of('prompts')}`, 'counts', 'prompts'],
    [
      'a row that was changed',
      `update app.restore_rows set row = jsonb_set(row, '{1}', '"other"') where ${of('prompt_versions')}`,
      'hashes',
      'prompt_versions',
    ],
  ])('%s is found', async (_what, breakage, check, table) => {
    expect(await foundAfter(breakage)).toMatchObject([{ check, table }]);
  });

  test('a backup of a later schema is refused', async () => {
    const findings = await foundAfter('', (staged) => {
      staged.header.schemaVersion += 1;
    });
    expect(findings).toMatchObject([{ check: 'schema_version' }]);
  });

  test.each([
    ['a table that is not known here', 'prompts', 'gone', 'tables'],
    ['a table of which nothing is known', 'ai_budgets', 'ai_limits', 'tables'],
  ])('%s is found', async (_what, name, other, check) => {
    const findings = await foundAfter('', ({ tables }) => {
      const { [name]: moved } = tables;
      delete tables[name];
      if (moved !== undefined) tables[other] = moved;
    });
    expect(findings).toMatchObject([{ check, table: other }]);
  });

  test('a column that is not known here, and one that the backup lacks, are found', async () => {
    const findings = await foundAfter('', ({ tables }) => {
      tables.memberships?.columns.splice(2, 1, 'rank');
    });
    expect(findings).toMatchObject([
      { check: 'columns', table: 'memberships', detail: 'There is no column rank.' },
      { check: 'columns', table: 'memberships', detail: 'The backup has no role.' },
    ]);
  });

  // What follows cannot come from an archive that is whole: these rules stand behind the hashes.
  const unhashed = (staged: StagedArchive) => {
    for (const table of Object.values(staged.tables)) table.sha256 = null;
  };

  test('a reference that leads nowhere is found', async () => {
    const findings = await foundAfter(
      `update app.restore_rows set row = jsonb_set(row, '{2}', '"7"') where ${of('prompts')}`,
      unhashed,
    );
    expect(findings).toMatchObject([{ check: 'references', table: 'prompts' }]);
  });

  test('a value that does not fit its column is found', async () => {
    const findings = await foundAfter(
      `update app.restore_rows set row = jsonb_set(row, '{4}', '"much"') where ${of('ai_budgets')}`,
      unhashed,
    );
    expect(findings).toMatchObject([{ check: 'values', table: 'ai_budgets' }]);
  });

  test('a tenant that nobody would own is found', async () => {
    const findings = await foundAfter(
      `update app.restore_rows set row = jsonb_set(row, '{2}', '"viewer"') where ${of('memberships')}`,
      (staged) => {
        unhashed(staged);
        expect(at('role', staged.tables.memberships ?? { columns: [] })).toBe(2);
      },
    );
    expect(findings).toMatchObject([{ check: 'owner', table: 'memberships' }]);
  });
});

describe('[BKP-2] a backup of the schema before', () => {
  test('fits the present one: renamed, dropped, computed and new columns, and a table with another name', async () => {
    const later = await kernelDatabase();
    try {
      const tenant = await filled(later);
      await later.admin.query("update app.ai_tenant_preferences set length = 'long'");
      const old = await take(later, tenant.tenantId);
      const by = await moveToNextSchema(later.admin);
      await later.admin.query("update app.ai_tenant_preferences set size = 'short', greeting = 'Hi'");
      await later.admin.query('delete from app.ai_limits');
      expect(old.archive.header.schemaVersion).toBe(Number(Object.keys(by)[0]) - 1);
      // Without what the migration declares it is refused, and says what is missing.
      const { findings } = await prepare(later, old, { by: {} });
      expect(findings.map(({ check, table }) => [check, table])).toEqual([
        ['tables', 'ai_budgets'],
        ['columns', 'ai_tenant_preferences'],
      ]);
      const prepared = await prepare(later, old, { by });
      expect(prepared.findings).toEqual([]);
      await apply(later, prepared, tenant.tenantId);
      const { rows } = await later.admin.query('select size, greeting from app.ai_tenant_preferences');
      // A column that the backup does not know stays as it is where its row does.
      expect(rows).toEqual([{ size: 'long', greeting: 'Hi' }]);
      const limits = await later.admin.query('select limit_pico, doubled_pico from app.ai_limits');
      expect(limits.rows).toEqual([{ limit_pico: '1', doubled_pico: '2' }]);
    } finally {
      await later.drop();
    }
  });
});

describe('[BKP-1] the tables', () => {
  test('come after those that they refer to, and a circle is refused', async () => {
    const tables = await inside(
      database,
      { login: 'app_backup', tenant: mine.tenantId, mode: 'snapshot' },
      backupTables,
    );
    const names = tables.map(({ name }) => name);
    expect(names.indexOf('tenants')).toBe(names.indexOf('outbox') < names.indexOf('tenants') ? 1 : 0);
    expect(names.indexOf('prompt_versions')).toBeLessThan(names.indexOf('prompts'));
    const circle = tables.slice(0, 2).map((table, index) => ({
      ...table,
      refers_to: [tables[1 - index]?.name ?? ''],
    }));
    expect(() => inOrder(circle)).toThrow('refer to each other');
  });

  test('no record of what happened hangs on a row that a restore removes', async () => {
    const { rows } = await database.admin.query(`
      select f.conname from pg_constraint f
      join pg_class child on child.oid = f.conrelid join pg_class parent on parent.oid = f.confrelid
      join app.backup_tables() kept on kept.name = child.relname and kept.mode in ('kept', 'completed')
      join app.backup_tables() gone on gone.name = parent.relname and gone.mode = 'restored'
      where f.contype = 'f' and f.connamespace = 'app'::regnamespace`);
    expect(rows).toEqual([]);
  });

  test('nothing is read from an archive whose key is not known', async () => {
    const records = readArchive(recordsFile(taken.file), () => {
      throw new Error('no key');
    });
    await expect(records.next()).rejects.toThrow('no key');
  });
});

async function* recordsFile(file: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(file);
}
