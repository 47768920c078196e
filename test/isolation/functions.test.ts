/** The few functions that look across tenants, called by people whom the answer is none of the business of. */
import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { sql } from '#shared/db/sql.ts';
import { type Entry, transact } from '#shared/db/transaction.ts';
import type { Statement } from '#shared/contract/context.ts';
import { kernelDatabase } from '#test/support/kernel-database.ts';
import { type Founded, foundTenant } from '#test/shared/db/tenants.ts';
import { definerFunctionsOf } from './catalogue.ts';

const database = await kernelDatabase();
const { admin } = database;
const functions = await definerFunctionsOf(admin);
const mine = await foundTenant(admin);
const theirs = await foundTenant(admin);
const pool = database.pool('app_tenant');

afterAll(() => database.drop());

const covered = [
  'accept_invitation',
  'ai_cost_by_tenant',
  'audit_hash_at',
  'audit_links_after',
  'await_seal',
  'check_audit',
  'default_tenant_of_caller',
  'discard_dead_letters',
  'drill_candidate',
  'end_impersonations_of_caller',
  'find_api_key',
  'find_impersonation',
  'find_users',
  'found_tenant',
  'impersonations_of_caller',
  'is_member',
  'known_people',
  'membership',
  'memberships_of_caller',
  'move_tenant_version',
  'open_scratch_restore',
  'open_scratch_tenant',
  'outbox_waiting',
  'platform_state',
  'readmit_to_scratch',
  'record_foreign_attempt',
  'replay_dead_letters',
  'request_trace',
  'schema_version',
  'seal_audit',
  'settled_version',
  'tenant_of_domain',
  'tenants_after',
];

const asUser = ({ userId }: Founded): Entry => ({ tenantId: null, userId, requestId: 'test' });
const nobody: Entry = { tenantId: null, userId: null, requestId: 'test' };
const rows = (entry: Entry, statement: Statement) =>
  transact(pool, entry, (tx) => tx.query<Record<string, unknown>>(statement));

test('every function that runs with its owner’s rights is tested here', () => {
  expect(functions.filter((name) => !covered.includes(name))).toEqual([]);
  expect(covered.filter((name) => !functions.includes(name))).toEqual([]);
});

test('only the login of tenants may call them, but for what is the platform’s own', async () => {
  const { rows: callable } = await admin.query<{ proname: string; rolname: string }>(`
    select p.proname, r.rolname from pg_proc p cross join pg_roles r
    where p.pronamespace = 'app'::regnamespace and p.prosecdef
      and r.rolname in ('app_platform', 'app_system', 'app_backup', 'app_restore') and has_function_privilege(r.oid, p.oid, 'execute')`);
  expect(
    callable.sort((one, other) =>
      `${one.rolname} ${one.proname}` < `${other.rolname} ${other.proname}` ? -1 : 1,
    ),
  ).toEqual([
    { proname: 'platform_state', rolname: 'app_backup' },
    { proname: 'schema_version', rolname: 'app_backup' },
    { proname: 'ai_cost_by_tenant', rolname: 'app_platform' },
    { proname: 'discard_dead_letters', rolname: 'app_platform' },
    { proname: 'drill_candidate', rolname: 'app_platform' },
    { proname: 'find_users', rolname: 'app_platform' },
    { proname: 'is_member', rolname: 'app_platform' },
    { proname: 'platform_state', rolname: 'app_platform' },
    { proname: 'replay_dead_letters', rolname: 'app_platform' },
    { proname: 'request_trace', rolname: 'app_platform' },
    { proname: 'known_people', rolname: 'app_restore' },
    { proname: 'open_scratch_restore', rolname: 'app_restore' },
    { proname: 'open_scratch_tenant', rolname: 'app_restore' },
    { proname: 'platform_state', rolname: 'app_restore' },
    { proname: 'readmit_to_scratch', rolname: 'app_restore' },
    { proname: 'schema_version', rolname: 'app_restore' },
    { proname: 'tenants_after', rolname: 'app_restore' },
    { proname: 'audit_hash_at', rolname: 'app_system' },
    { proname: 'audit_links_after', rolname: 'app_system' },
    { proname: 'check_audit', rolname: 'app_system' },
    { proname: 'drill_candidate', rolname: 'app_system' },
    { proname: 'platform_state', rolname: 'app_system' },
    { proname: 'seal_audit', rolname: 'app_system' },
  ]);
});

test('[AI-2] the cost of AI is shown to the platform as sums, and to no tenant', async () => {
  const { rows: sums } = await admin.query<{ cost_pico: string }>(
    "select cost_pico from app.ai_cost_by_tenant('-infinity', 'infinity') where tenant_id = $1",
    [mine.tenantId],
  );
  expect(sums).toEqual([]);
  await expect(
    rows(mine.entry, sql`select * from app.ai_cost_by_tenant('-infinity', 'infinity')`),
  ).rejects.toMatchObject({ code: '42501' });
});

test('[TEN-5] what waits in the outbox is counted for its tenant alone', async () => {
  await admin.query(
    `insert into app.outbox (id, tenant_id, kind, type, payload) values (gen_random_uuid(), $1, 'event', 'x', '{}')`,
    [theirs.tenantId],
  );
  const waiting = async (entry: Entry) =>
    (await rows(entry, sql`select waiting::integer from app.outbox_waiting()`))[0]?.waiting;
  expect([await waiting(mine.entry), await waiting(nobody), await waiting(theirs.entry)]).toEqual([0, 0, 1]);
});

describe('[TEN-4] a mapped domain', () => {
  const domain = `${mine.slug}.example.com`;
  const tenantOf = async (host: string) =>
    (await rows(nobody, sql`select app.tenant_of_domain(${host}) as id`))[0]?.id;
  const set = (founded: Founded, values: string) =>
    admin.query(`update app.tenants set ${values} where id = $1`, [founded.tenantId]);

  test('means its tenant once it is proven, in any case, and nobody while it is claimed', async () => {
    await set(mine, `domain = '${domain}'`);
    await set(theirs, `domain = '${domain}'`);
    expect(await tenantOf(domain)).toBeNull();
    await set(mine, 'domain_verified_at = now()');
    expect(await tenantOf(domain.toUpperCase())).toBe(mine.tenantId);
    await expect(set(theirs, 'domain_verified_at = now()')).rejects.toMatchObject({
      constraint: 'tenants_domain_key',
    });
  });

  test('loses its proof with every change of the domain', async () => {
    await set(mine, "domain = 'other.example.com'");
    expect(await tenantOf('other.example.com')).toBeNull();
    expect(await tenantOf(domain)).toBeNull();
    await set(theirs, 'domain_verified_at = now()');
    await set(theirs, 'domain = null');
    expect(await tenantOf(domain)).toBeNull();
  });
});

test('[TEN-11] an attempt is kept for the tenant that was meant, and says the same of one that does not exist', async () => {
  const attempt = (wanted: string, ids = [randomUUID(), randomUUID()]) => sql`
    select app.record_foreign_attempt(${ids[0]}::uuid, ${ids[1]}::uuid, ${wanted}::uuid, ${wanted}, '{}'::jsonb,
                                      '203.0.113.7', 'test', 'test') as said`;
  const keptAbout = async (wanted: string) => {
    const { rows: events } = await admin.query<object>(
      'select tenant_id, user_id, type from app.security_events where subject = $1 order by tenant_id nulls first',
      [wanted],
    );
    return events;
  };
  const [nowhere, type] = [randomUUID(), 'cross_tenant_attempt'];
  const ids = [randomUUID(), randomUUID()];
  const there = await rows(asUser(mine), attempt(theirs.tenantId, ids));
  expect(await rows(asUser(mine), attempt(theirs.tenantId, ids))).toEqual(there);
  expect(await rows(asUser(mine), attempt(nowhere))).toEqual(there);
  const forPlatform = { tenant_id: null, user_id: mine.userId, type };
  expect(await keptAbout(theirs.tenantId)).toEqual([
    forPlatform,
    { tenant_id: theirs.tenantId, user_id: null, type },
  ]);
  expect(await keptAbout(nowhere)).toEqual([forPlatform]);
});

describe('[TEN-4] membership', () => {
  const find = (wanted: string | null) => sql`select tenant_id, role from app.membership(${wanted}::uuid)`;

  test('finds a tenant of the caller, named or not', async () => {
    const found = [{ tenant_id: mine.tenantId, role: 'owner' }];
    expect(await rows(asUser(mine), find(mine.tenantId))).toEqual(found);
    expect(await rows(asUser(mine), find(null))).toEqual(found);
  });

  test('does not find another’s tenant, which cannot be told from one that does not exist', async () => {
    expect(await rows(asUser(theirs), find(mine.tenantId))).toEqual([]);
    expect(await rows(asUser(theirs), find(randomUUID()))).toEqual([]);
    expect(await rows(nobody, find(mine.tenantId))).toEqual([]);
    expect(await rows(nobody, find(null))).toEqual([]);
  });

  test('a tenant that one does not belong to cannot be one’s default', async () => {
    const choosing = admin.query('update app.users set default_tenant_id = $1 where id = $2', [
      mine.tenantId,
      theirs.userId,
    ]);
    await expect(choosing).rejects.toMatchObject({ code: '23503' });
  });
});

describe('[TEN-4] memberships_of_caller', () => {
  const list = sql`select tenant_id from app.memberships_of_caller()`;

  test('lists the caller’s tenants only', async () => {
    expect(await rows(asUser(mine), list)).toEqual([{ tenant_id: mine.tenantId }]);
    expect(await rows(asUser(theirs), list)).toEqual([{ tenant_id: theirs.tenantId }]);
    expect(await rows(nobody, list)).toEqual([]);
  });
});

describe('[TEN-5] default_tenant_of_caller', () => {
  const chosen = sql`select app.default_tenant_of_caller() as id`;

  test('answers the caller alone, and is the only way to the choice', async () => {
    await admin.query('update app.users set default_tenant_id = $1 where id = $2', [
      mine.tenantId,
      mine.userId,
    ]);
    expect(await rows(asUser(mine), chosen)).toEqual([{ id: mine.tenantId }]);
    expect(await rows(asUser(theirs), chosen)).toEqual([{ id: null }]);
    expect(await rows(nobody, chosen)).toEqual([{ id: null }]);
    await expect(rows(mine.entry, sql`select default_tenant_id from app.users`)).rejects.toMatchObject({
      code: '42501',
    });
    await admin.query('update app.users set default_tenant_id = null where id = $1', [mine.userId]);
  });
});

describe('[TEN-2] found_tenant', () => {
  const found = (id: string = randomUUID()) =>
    sql`select id from app.found_tenant(${id}::uuid, ${`s-${id.slice(0, 8)}`}, 'New', 'us', 'basic')`;

  test('makes the caller the owner and enters the new tenant', async () => {
    const seen = await transact(pool, asUser(mine), async (tx) => {
      await tx.query(found());
      return tx.query(sql`select user_id, role from app.memberships`);
    });
    expect(seen).toEqual([{ user_id: mine.userId, role: 'owner' }]);
  });

  test('is refused inside a tenant and without a user', async () => {
    await expect(rows(mine.entry, found())).rejects.toMatchObject({ code: 'PLN02' });
    await expect(rows(nobody, found())).rejects.toMatchObject({ code: 'PLN02' });
  });

  test('cannot enter a tenant that exists', async () => {
    await expect(rows(asUser(theirs), found(mine.tenantId))).rejects.toMatchObject({ code: '23505' });
  });
});

describe('[TEN-8] accept_invitation', () => {
  const invite = async (status = 'pending', expires = '1 day') => {
    const id = randomUUID();
    await admin.query(
      `insert into app.invitations (tenant_id, id, email, role, status, invited_by, expires_at)
       values ($1, $2, $3, 'viewer', $4, $5, now() + $6::interval)`,
      [mine.tenantId, id, `${theirs.userId}@example.com`, status, mine.userId, expires],
    );
    return id;
  };
  const accept = (id: string, email: string, tenant = mine.tenantId) =>
    sql`select tenant_id, role from app.accept_invitation(${tenant}::uuid, ${id}::uuid, ${email})`;
  const invited = `${theirs.userId.toUpperCase()}@example.com`;

  test('is for the address it was sent to, in its own tenant, while it is pending', async () => {
    const id = await invite();
    expect(await rows(asUser(theirs), accept(id, 'somebody@example.com'))).toEqual([]);
    expect(await rows(asUser(theirs), accept(id, invited, theirs.tenantId))).toEqual([]);
    expect(await rows(asUser(theirs), accept(await invite('withdrawn'), invited))).toEqual([]);
    await admin.query("update app.invitations set status = 'withdrawn' where id = $1", [id]);
    expect(await rows(asUser(theirs), accept(await invite('pending', '-1 second'), invited))).toEqual([]);
  });

  test('is refused inside a tenant and without a user', async () => {
    await admin.query("update app.invitations set status = 'expired'");
    const id = await invite();
    await expect(rows(theirs.entry, accept(id, invited))).rejects.toMatchObject({ code: 'PLN02' });
    await expect(rows(nobody, accept(id, invited))).rejects.toMatchObject({ code: 'PLN02' });
  });

  test('makes the caller a member once', async () => {
    await admin.query("update app.invitations set status = 'expired'");
    const id = await invite();
    const joined = [{ tenant_id: mine.tenantId, role: 'viewer' }];
    expect(await rows(asUser(theirs), accept(id, invited))).toEqual(joined);
    expect(await rows(asUser(theirs), accept(id, invited))).toEqual([]);
  });

  test('opens no suspended tenant', async () => {
    const id = await invite();
    await admin.query("update app.tenants set status = 'suspended' where id = $1", [mine.tenantId]);
    expect(await rows(asUser(theirs), accept(id, invited))).toEqual([]);
    await admin.query("update app.tenants set status = 'active' where id = $1", [mine.tenantId]);
  });
});

describe('[IDN-8] find_api_key', () => {
  const keep = async ({ tenantId, userId }: Founded, text: string) => {
    const id = randomUUID();
    await admin.query(
      `insert into app.api_keys (tenant_id, id, name, environment, role, prefix, hash, created_by_type, created_by)
       values ($1, $2, 'A key', 'live', 'viewer', 'plk_live_00000000', sha256($3), 'person', $4)`,
      [tenantId, id, text, userId],
    );
    return id;
  };
  const find = (text: string) =>
    sql`select key_id, tenant_id, key_role as role from app.find_api_key(sha256(${text}::bytea))`;

  const moved = async (id: string) =>
    (await admin.query('select from app.api_keys where id = $1 and version > 0', [id])).rowCount === 1;

  test('answers whoever has the key, and nobody else', async () => {
    const id = await keep(mine, 'the text of a key');
    const found = [{ key_id: id, tenant_id: mine.tenantId, role: 'viewer' }];
    expect(await rows(nobody, find('the text of a key'))).toEqual(found);
    expect(await rows(nobody, find('the text of another'))).toEqual([]);
    expect(await rows(theirs.entry, find('the text of another'))).toEqual([]);
  });

  test('the hash itself is read by no login, and no key is shown to another tenant', async () => {
    await keep(mine, 'kept to itself');
    await expect(rows(mine.entry, sql`select hash from app.api_keys`)).rejects.toMatchObject({
      code: '42501',
    });
    expect(await rows(theirs.entry, sql`select id from app.api_keys`)).toEqual([]);
  });

  test.each([
    ['role', "update app.api_keys set role = 'auditor' where id = $1"],
    ['scopes', "update app.api_keys set scopes = '{tenant:read}' where id = $1"],
    ['addresses', "update app.api_keys set allowed_addresses = '{203.0.113.7}' where id = $1"],
    ['expiry', 'update app.api_keys set expires_at = now() where id = $1'],
    ['revocation', 'update app.api_keys set revoked_at = now() where id = $1'],
  ])('its version grows with its %s', async (_what, change) => {
    const id = await keep(mine, randomUUID());
    await admin.query(change, [id]);
    expect(await moved(id)).toBe(true);
  });

  test('its version stays when it is used or renamed', async () => {
    const id = await keep(mine, randomUUID());
    await admin.query("update app.api_keys set name = 'Other', last_used_at = now() where id = $1", [id]);
    expect(await moved(id)).toBe(false);
  });
});

describe('[IDN-11] support acting for a member', () => {
  const staffId = randomUUID();
  const acting = async ({ tenantId, userId }: Founded, status: string): Promise<string> => {
    const id = randomUUID();
    await admin.query(
      `insert into app.impersonations (tenant_id, id, staff_id, staff_name, member_id, reason, status, expires_at,
                                       decided_at, started_at, ends_at)
       values ($1, $2, $3, 'Support', $4, 'A ticket', $5, now() + interval '1 day', now(), now(),
               now() + interval '30 minutes')`,
      [tenantId, id, staffId, userId, status],
    );
    return id;
  };
  const staff: Entry = { tenantId: null, userId: staffId, requestId: 'test' };
  const find = (entry: Entry, id: string) => rows(entry, sql`select * from app.find_impersonation(${id})`);

  test('is found by the one who acts, while it is started, and by nobody else', async () => {
    const id = await acting(mine, 'started');
    expect(await find(staff, id)).toMatchObject([{ tenant_id: mine.tenantId, member_id: mine.userId }]);
    for (const other of [asUser(mine), asUser(theirs), mine.entry, nobody]) {
      expect(await find(other, id)).toEqual([]);
    }
    for (const status of ['requested', 'approved', 'denied', 'withdrawn', 'ended']) {
      expect(await find(staff, await acting(mine, status))).toEqual([]);
    }
  });

  test('is shown to the person for whom it is done, and ended by them alone', async () => {
    const id = await acting(theirs, 'started');
    const shown = sql`select id from app.impersonations_of_caller()`;
    const end = sql`select id, staff_id from app.end_impersonations_of_caller(${id})`;
    for (const other of [asUser(mine), staff, nobody]) {
      expect((await rows(other, shown)).map((row) => row.id)).not.toContain(id);
      expect(await rows(other, end)).toEqual([]);
    }
    expect((await rows(asUser(theirs), shown)).map((row) => row.id)).toContain(id);
    expect(await rows(asUser(theirs), end)).toEqual([{ id, staff_id: staffId }]);
    expect(await rows(asUser(theirs), end)).toEqual([]);
  });

  test('whether somebody is a member is told to the platform, and to no tenant', async () => {
    const asked = sql`select app.is_member(${mine.tenantId}, ${mine.userId}) as belongs`;
    const platform = database.pool('app_platform');
    const told = (statement: Statement) => transact(platform, staff, (tx) => tx.query(statement));
    expect(await told(asked)).toEqual([{ belongs: true }]);
    expect(await told(sql`select app.is_member(${mine.tenantId}, ${randomUUID()}) as belongs`)).toEqual([
      { belongs: false },
    ]);
    await expect(rows(mine.entry, asked)).rejects.toMatchObject({ code: '42501' });
  });

  test('a step that may not follow is refused by the database', async () => {
    const id = await acting(mine, 'ended');
    const revived = admin.query("update app.impersonations set status = 'started' where id = $1", [id]);
    await expect(revived).rejects.toMatchObject({ code: 'PLN02' });
    const longer = admin.query(
      "update app.impersonations set ends_at = started_at + interval '31 minutes' where id = $1",
      [id],
    );
    await expect(longer).rejects.toMatchObject({ constraint: 'impersonations_short' });
  });
});
