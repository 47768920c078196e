/** A tenant's archive: what is in it, how it is sealed, and what a restore makes of it, on a real Postgres. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type ArchivedRow, ArchiveError } from '#shared/archive/format.ts';
import { valuesOf } from '#shared/archive/read.ts';
import { changesIn } from '#shared/archive/difference.ts';
import { everyTableOf } from '#test/isolation/catalogue.ts';
import { factoryOf } from '#test/isolation/rows.ts';
import { place } from '#test/isolation/attempts.ts';
import { type Founded, foundTenant } from '#test/shared/db/tenants.ts';
import { apply, inside, prepare, recordsOf, take, type Taken } from '#test/support/archives.ts';
import { kernelDatabase, type KernelDatabase } from '#test/support/kernel-database.ts';

let database: KernelDatabase;
let mine: Founded;
let theirs: Founded;

beforeAll(async () => {
  database = await kernelDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  mine = await filledTenant();
  theirs = await filledTenant();
});

/** A tenant with rows in every table. */
async function filledTenant(): Promise<Founded> {
  const { admin } = database;
  const founded = await foundTenant(admin);
  for (const table of await everyTableOf(admin)) {
    await place(admin, table, await factoryOf(table.name)(founded, admin));
  }
  return founded;
}

const query = async (text: string, ...values: unknown[]) =>
  (await database.admin.query<Record<string, unknown>>(text, values)).rows;

/** Everything of a tenant as text, by table; without what a restore leaves behind. */
async function everythingOf({ tenantId }: Founded): Promise<Record<string, unknown>> {
  const tables = await query('select name from app.backup_tables()');
  const found: Record<string, unknown> = {};
  for (const { name } of tables) {
    if (name === 'restores') continue;
    const whose = name === 'tenants' ? 'id' : 'tenant_id';
    found[String(name)] = await query(
      `select ${name === 'tenants' ? "to_jsonb(t) - 'version'" : 'to_jsonb(t)'} as row from app.${String(name)} t
       where ${whose} = $1 order by t::text`,
      tenantId,
    );
  }
  return found;
}

async function readAll(taken: Taken, keySecret?: string) {
  const rows = new Map<string, ArchivedRow[]>();
  for await (const record of recordsOf(taken, keySecret)) {
    if (record.kind !== 'rows') continue;
    const { table } = record.table;
    rows.set(table, [...(rows.get(table) ?? []), ...record.rows.map(valuesOf)]);
  }
  return rows;
}

/** The tables of a difference in which something changes. */
const touched = ({ difference }: { difference: { tables: Record<string, object> } }) =>
  Object.entries(difference.tables).flatMap(([name, found]) => {
    const { added, changed, removed } = found as { added: number; changed: number; removed: number };
    return added + changed + removed > 0 ? [[name, { added, changed, removed }]] : [];
  });

describe('[BKP-1] a backup', () => {
  test('holds all rows of all tables of its tenant, as they are, and of no other', async () => {
    const taken = await take(database, mine.tenantId);
    const rows = await readAll(taken);
    const tables = await query('select name, columns, key from app.backup_tables()');
    expect([...rows.keys()].sort()).toEqual(tables.map(({ name }) => name).sort());
    for (const { name, columns } of tables as { name: string; columns: string[] }[]) {
      const texts = columns.map((column) => `"${column}"::text`).join(', ');
      const whose = name === 'tenants' ? 'id' : 'tenant_id';
      const live = await query(
        `select array[${texts}] as row from app.${name} where ${whose} = $1 order by 1`,
        mine.tenantId,
      );
      const kept = (rows.get(name) ?? []).toSorted((one, other) => (String(one) < String(other) ? -1 : 1));
      expect([name, kept.length]).toEqual([name, live.length]);
      expect(new Set(kept.map((row) => JSON.stringify(row)))).toEqual(
        new Set(live.map(({ row }) => JSON.stringify(row))),
      );
    }
    expect(JSON.stringify([...rows])).not.toContain(theirs.tenantId);
  });

  test('sees one moment, whatever is written while it is taken', async () => {
    const taken = await inside(
      database,
      { login: 'app_backup', tenant: mine.tenantId, mode: 'snapshot' },
      async (bulk) => {
        const { takeBackup } = await import('#shared/archive/take.ts');
        const chunks: Buffer[] = [];
        const archive = await takeBackup(
          bulk,
          { tenant: mine.tenantId, backup: randomUUID() },
          {
            secret: 'another',
            sink: async (bytes) => {
              await query('delete from app.prompts where tenant_id = $1', mine.tenantId);
              for await (const chunk of bytes) chunks.push(chunk);
            },
          },
        );
        return { archive, file: Buffer.concat(chunks), tenant: mine.tenantId };
      },
    );
    expect((await readAll(taken, 'another')).get('prompts')).toHaveLength(1);
    expect(await query('select from app.prompts where tenant_id = $1', mine.tenantId)).toEqual([]);
  });

  test('[TEN-5] of another tenant cannot be taken, whatever it is called', async () => {
    const { takeBackup } = await import('#shared/archive/take.ts');
    const sink = async (bytes: AsyncIterable<Buffer>) => {
      for await (const chunk of bytes) expect(chunk).toBeDefined();
    };
    const asMine = { login: 'app_backup', tenant: mine.tenantId, mode: 'snapshot' } as const;
    await expect(
      inside(database, asMine, (bulk) =>
        takeBackup(bulk, { tenant: theirs.tenantId, backup: randomUUID() }, { secret: 'x', sink }),
      ),
    ).rejects.toThrow('expected one row');
  });

  test('is opened by its own key only, and a changed, missing, moved or cut-off part is noticed', async () => {
    const taken = await take(database, mine.tenantId);
    const whatIsWrong = async (file: Buffer, keySecret?: string) => {
      try {
        await readAll({ ...taken, file }, keySecret);
      } catch (error) {
        if (error instanceof ArchiveError) return error.what;
        throw error;
      }
      return 'nothing';
    };
    const { file } = taken;
    const start = file.indexOf('\n', file.indexOf('\n') + 1) + 1;
    const changedAt = (at: number) => {
      const changed = Buffer.from(file);
      changed[at] = (changed[at] ?? 0) ^ 1;
      return changed;
    };
    expect(await whatIsWrong(file)).toBe('nothing');
    expect(await whatIsWrong(file, 'another secret')).toBe('not_authentic');
    for (const at of [start + 4, start + 40, file.length - 1]) {
      expect(await whatIsWrong(changedAt(at))).toBe('not_authentic');
    }
    // The readable part is sealed as well: here the name of the tenant is another.
    const named = Buffer.from(file);
    named.write(theirs.tenantId, named.indexOf(mine.tenantId));
    expect(await whatIsWrong(named)).toBe('not_authentic');
    expect(await whatIsWrong(file.subarray(0, file.length - 5))).toBe('cut_off');
    expect(await whatIsWrong(file.subarray(0, start))).toBe('cut_off');
    expect(await whatIsWrong(Buffer.concat([file, file.subarray(start)]))).toBe('not_authentic');
    expect(await whatIsWrong(Buffer.from('something else'.repeat(1_000)))).toBe('unreadable');
  });

  test('is nothing that can be read without the key', async () => {
    await query("update app.tenants set name = 'Ocean Blue Ltd' where id = $1", mine.tenantId);
    const { file } = await take(database, mine.tenantId);
    expect(file.includes('Ocean Blue')).toBe(false);
  });
});

describe('[BKP-2] a restore', () => {
  test('brings back what was changed, added and removed since, byte by byte, and touches no other tenant', async () => {
    const before = await everythingOf(mine);
    const taken = await take(database, mine.tenantId);
    await query("update app.tenants set name = 'Lost' where id = $1", mine.tenantId);
    await query(
      "update app.tenant_settings set time_zone = 'UTC', flags = '{\"x\": true}' where tenant_id = $1",
      mine.tenantId,
    );
    await query('delete from app.ai_budgets where tenant_id = $1', mine.tenantId);
    await query('delete from app.prompts where tenant_id = $1', mine.tenantId);
    await query('delete from app.prompt_versions where tenant_id = $1', mine.tenantId);
    const newcomer = randomUUID();
    await query("insert into app.users (id, email, name) values ($1, 'new@example.com', 'New')", newcomer);
    await query(
      "insert into app.memberships (tenant_id, user_id, role) values ($1, $2, 'admin')",
      mine.tenantId,
      newcomer,
    );
    const others = await everythingOf(theirs);

    const prepared = await prepare(database, taken);
    expect(prepared.findings).toEqual([]);
    expect(Object.fromEntries(touched(prepared))).toEqual({
      tenants: { added: 0, changed: 1, removed: 0 },
      tenant_settings: { added: 0, changed: 1, removed: 0 },
      ai_budgets: { added: 1, changed: 0, removed: 0 },
      prompts: { added: 1, changed: 0, removed: 0 },
      prompt_versions: { added: 1, changed: 0, removed: 0 },
      memberships: { added: 0, changed: 0, removed: 1 },
    });
    const { tenants } = prepared.difference.tables;
    expect(tenants).toMatchObject({
      columns: ['name'],
      rows: [{ change: 'changed', key: [mine.tenantId], before: ['Lost'], after: [mine.slug] }],
    });
    // Nothing has changed by looking.
    expect(await query('select name from app.tenants where id = $1', mine.tenantId)).toEqual([
      { name: 'Lost' },
    ]);

    await apply(database, prepared, mine.tenantId);
    expect(await everythingOf(mine)).toEqual(before);
    expect(await everythingOf(theirs)).toEqual(others);
  });

  test('changes nothing where nothing was changed', async () => {
    const taken = await take(database, mine.tenantId);
    const before = await everythingOf(mine);
    const prepared = await prepare(database, taken);
    expect(changesIn(prepared.difference)).toBe(0);
    const applied = await apply(database, prepared, mine.tenantId);
    expect(Object.values(applied).every(({ removed, written }) => removed + written === 0)).toBe(true);
    expect(await everythingOf(mine)).toEqual(before);
  });

  test('undoes nothing that happened, and brings nothing back that is not the tenant’s to bring back', async () => {
    const taken = await take(database, mine.tenantId);
    const { admin } = database;
    const happened = ['audit_events', 'security_events', 'ai_calls', 'api_keys', 'invitations', 'outbox'];
    for (const table of await everyTableOf(admin)) {
      if (happened.includes(table.name)) {
        await place(admin, table, await factoryOf(table.name)(mine, admin));
      }
    }
    await query('update app.api_keys set revoked_at = now() where tenant_id = $1', mine.tenantId);
    await query("update app.invitations set status = 'withdrawn' where tenant_id = $1", mine.tenantId);
    await query("update app.tenant_overrides set switched_off = '{ai}' where tenant_id = $1", mine.tenantId);
    await query("update app.tenants set plan = 'pro', status = 'suspended' where id = $1", mine.tenantId);
    const before = await everythingOf(mine);
    await apply(database, await prepare(database, taken), mine.tenantId);
    expect(await everythingOf(mine)).toEqual(before);
  });

  test('keeps later versions of a prompt and takes back a tampered one', async () => {
    const [version] = await query(
      'select key, template from app.prompt_versions where tenant_id = $1',
      mine.tenantId,
    );
    const taken = await take(database, mine.tenantId);
    await query("update app.prompt_versions set template = 'tampered' where tenant_id = $1", mine.tenantId);
    await query(
      `insert into app.prompt_versions (tenant_id, key, version, template, author_type, author)
       values ($1, $2, 2, 'later', 'person', $1)`,
      mine.tenantId,
      version?.key,
    );
    const prepared = await prepare(database, taken);
    expect(touched(prepared)).toEqual([['prompt_versions', { added: 0, changed: 1, removed: 0 }]]);
    await apply(database, prepared, mine.tenantId);
    expect(
      await query(
        'select template from app.prompt_versions where tenant_id = $1 order by version',
        mine.tenantId,
      ),
    ).toEqual([{ template: version?.template }, { template: 'later' }]);
  });

  describe('of what was taken from people since', () => {
    const rolesOf = () =>
      query(
        'select user_id, role from app.memberships where tenant_id = $1 order by role, user_id',
        mine.tenantId,
      );
    let person: string;
    beforeEach(async () => {
      [{ user_id: person }] = (await query(
        "select user_id from app.memberships where tenant_id = $1 and role <> 'owner'",
        mine.tenantId,
      )) as [{ user_id: string }];
      await query("update app.memberships set role = 'admin' where user_id = $1", person);
    });

    test('nothing returns unless they are named: neither a membership nor a greater role', async () => {
      const taken = await take(database, mine.tenantId);
      await query("update app.memberships set role = 'viewer' where user_id = $1", person);
      const lowered = await prepare(database, taken);
      expect(lowered.difference.returning).toEqual([{ userId: person, role: 'admin', roleNow: 'viewer' }]);
      await apply(database, lowered, mine.tenantId);
      expect(await rolesOf()).toContainEqual({ user_id: person, role: 'viewer' });

      await query('delete from app.memberships where user_id = $1', person);
      const removed = await prepare(database, taken);
      expect(removed.difference.returning).toEqual([{ userId: person, role: 'admin', roleNow: null }]);
      await apply(database, removed, mine.tenantId);
      expect(await rolesOf()).toEqual([{ user_id: mine.userId, role: 'owner' }]);
    });

    test('who is named gets it back', async () => {
      const taken = await take(database, mine.tenantId);
      const before = await rolesOf();
      await query('delete from app.memberships where user_id = $1', person);
      await apply(database, await prepare(database, taken, { readmitted: [person] }), mine.tenantId);
      expect(await rolesOf()).toEqual(before);
    });

    test('what was given since is taken back', async () => {
      await query("update app.memberships set role = 'viewer' where user_id = $1", person);
      const taken = await take(database, mine.tenantId);
      await query("update app.memberships set role = 'owner' where user_id = $1", person);
      await apply(database, await prepare(database, taken), mine.tenantId);
      expect(await rolesOf()).toContainEqual({ user_id: person, role: 'viewer' });
    });

    test('somebody who exists no more is left out', async () => {
      const taken = await take(database, mine.tenantId);
      await query('delete from app.users where id = $1', person);
      const prepared = await prepare(database, taken, { readmitted: [person] });
      expect(prepared).toMatchObject({ findings: [], difference: { returning: [] } });
      await apply(database, prepared, mine.tenantId);
      expect(await rolesOf()).toEqual([{ user_id: mine.userId, role: 'owner' }]);
    });
  });

  test('[TEN-5] of another tenant’s backup is refused', async () => {
    const taken = await take(database, theirs.tenantId);
    await expect(prepare(database, taken, { into: mine.tenantId })).rejects.toMatchObject({
      what: 'other_tenant',
    });
  });
});
