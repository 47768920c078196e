/** The chain over audit trails: how rows are sealed, and how each kind of tampering is found. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from '#shared/db/sql.ts';
import { transact } from '#shared/db/transaction.ts';
import { kernelDatabase, type KernelDatabase } from '../../support/kernel-database.ts';
import { type Founded, foundTenant } from '../db/tenants.ts';
import { findingsOf, linksOf, rewriteChain, sealAll, writeRows } from './trails.ts';

let kernel: KernelDatabase;
let system: ReturnType<KernelDatabase['pool']>;
let tenants: ReturnType<KernelDatabase['pool']>;

beforeAll(async () => {
  kernel = await kernelDatabase();
  [system, tenants] = [kernel.pool('app_system', 4), kernel.pool('app_tenant', 8)];
});
afterAll(() => kernel.drop());

const admin = (text: string, ...values: unknown[]) =>
  kernel.admin.query<Record<string, unknown>>(text, values);

/** A tenant with a sealed trail of so many rows, and the ids of these. */
async function sealed(count: number): Promise<{ founded: Founded; ids: string[] }> {
  const founded = await foundTenant(kernel.admin);
  const ids = await writeRows(kernel.admin, founded, count);
  await sealAll(system);
  return { founded, ids };
}

describe('sealing', () => {
  test('[AUD-1] what is committed is sealed in order, once, and what comes later follows', async () => {
    const { founded, ids } = await sealed(3);
    expect(await linksOf(kernel.admin, founded)).toMatchObject(
      ids.map((id, index) => ({ sequence: index + 1, event_id: id })),
    );
    const before = await linksOf(kernel.admin, founded);
    expect(await sealAll(system)).toMatchObject({ rows: 0 });
    const later = await writeRows(kernel.admin, founded, 2);
    expect(await sealAll(system)).toMatchObject({ rows: 2, tenants: 1, oldestWaitsSeconds: 0 });
    const after = await linksOf(kernel.admin, founded);
    expect(after.slice(0, 3)).toEqual(before);
    expect(after.slice(3).map(({ event_id }) => event_id)).toEqual(later);
    expect(await findingsOf(tenants, founded)).toEqual([]);
  });

  test('[AUD-1] the same rows in another tenant make another chain', async () => {
    const { founded } = await sealed(1);
    const other = await foundTenant(kernel.admin);
    await writeRows(kernel.admin, other, 1);
    await sealAll(system);
    expect((await linksOf(kernel.admin, other))[0]?.hash).not.toBe(
      (await linksOf(kernel.admin, founded))[0]?.hash,
    );
  });

  test('[AUD-1] a thousand writers at once, and sealers among them, leave a chain without gaps', async () => {
    const founded = await foundTenant(kernel.admin);
    const write = () =>
      transact(tenants, founded.entry, (tx) =>
        tx.query(sql`
          insert into app.audit_events (tenant_id, id, plane, action, request_id)
          values (app.tenant_id(), ${randomUUID()}, 'tenant', 'thing.done', 'test')`),
      );
    let writing = true;
    const sealing = [0, 1].map(async () => {
      while (writing) {
        await sealAll(system);
        await pause(5);
      }
    });
    const writer = async () => {
      for (let written = 0; written < 125; written += 1) await write();
    };
    await Promise.all(Array.from({ length: 8 }, writer));
    writing = false;
    await Promise.all(sealing);
    await sealAll(system);
    const links = await linksOf(kernel.admin, founded);
    expect(links.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 1_000 }, (_, index) => index + 1),
    );
    expect(new Set(links.map(({ event_id }) => event_id)).size).toBe(1_000);
    expect(await findingsOf(tenants, founded)).toEqual([]);
  });

  test('[AUD-1] a sealer that is stopped half-way has sealed nothing, and the next one all of it', async () => {
    const founded = await foundTenant(kernel.admin);
    await writeRows(kernel.admin, founded, 5);
    const entry = { tenantId: founded.tenantId, userId: null, requestId: 'test' };
    const killed = transact(system, entry, async (tx) => {
      const { sealed: rows, pid } = await tx.one<{ sealed: number; pid: number }>(
        sql`select app.seal_audit(3) as sealed, pg_backend_pid() as pid`,
      );
      expect(rows).toBe(3);
      // Whoever comes meanwhile does not wait.
      expect(
        await transact(system, entry, (other) => other.one(sql`select app.seal_audit(3) as sealed`)),
      ).toEqual({
        sealed: 0,
      });
      await admin('select pg_terminate_backend($1)', pid);
      await tx.query(sql`select 1`);
    });
    await expect(killed).rejects.toThrow();
    expect(await linksOf(kernel.admin, founded)).toEqual([]);
    await sealAll(system);
    expect(await linksOf(kernel.admin, founded)).toHaveLength(5);
    expect(await findingsOf(tenants, founded)).toEqual([]);
  });

  test('[AUD-1] a row of a transaction that is open for long is sealed when it is committed, and not missed', async () => {
    const founded = await foundTenant(kernel.admin);
    await transact(tenants, founded.entry, async (tx) => {
      await tx.query(sql`
        insert into app.audit_events (tenant_id, id, plane, action, request_id)
        values (app.tenant_id(), ${randomUUID()}, 'tenant', 'thing.done', 'test')`);
      await writeRows(kernel.admin, founded, 2);
      await sealAll(system);
    });
    expect(await linksOf(kernel.admin, founded)).toHaveLength(2);
    await sealAll(system);
    expect(await linksOf(kernel.admin, founded)).toHaveLength(3);
    expect(await findingsOf(tenants, founded)).toEqual([]);
  });
});

describe('tampering', () => {
  const columns = {
    tenant_id: "(select id from app.tenants where id <> e.tenant_id and status = 'active' limit 1)",
    id: 'gen_random_uuid()',
    occurred_at: "occurred_at + interval '1 microsecond'",
    plane: "'user'",
    actor_id: 'gen_random_uuid()',
    actor_type: "'api_key'",
    action: "'member.invited'",
    target_type: "'tenant'",
    target_id: "'usr_other'",
    ip: "'203.0.113.8'",
    user_agent: "'another'",
    request_id: "'another'",
    reason: "'never asked for'",
    before: `'{"role": "auditor"}'`,
    after: 'null',
    on_behalf_of: 'gen_random_uuid()',
    impersonation_id: 'gen_random_uuid()',
    salt: "'\\x00'",
  };

  test('[AUD-1] every column of the trail is tried here', async () => {
    const { rows } = await admin(
      "select attname from pg_attribute where attrelid = 'app.audit_events'::regclass and attnum > 0 and not attisdropped",
    );
    expect(rows.map(({ attname }) => attname).sort()).toEqual(Object.keys(columns).sort());
  });

  test.each(Object.entries(columns))('[AUD-1] a row with another %s is found', async (column, value) => {
    const { founded, ids } = await sealed(3);
    await foundTenant(kernel.admin);
    await admin(`update app.audit_events e set ${column} = ${value} where id = $1`, ids[1]);
    const findings = await findingsOf(tenants, founded);
    const moved = column === 'id' || column === 'tenant_id';
    expect(findings[0]).toEqual({ kind: moved ? 'missing' : 'changed', sequence: 2, eventId: ids[1] });
    expect(findings.slice(1).map(({ kind }) => kind)).toEqual(column === 'id' ? ['unlinked'] : []);
  });

  test.each([
    ['a text that was null', 'reason = null', "reason = 'null'"],
    ['a JSON null that was none', 'before = null', "before = 'null'::jsonb"],
    ['a text that moves to its neighbour', "ip = 'a', user_agent = 'bc'", "ip = 'ab', user_agent = 'c'"],
  ])('[AUD-1] %s is found', async (_what, first, then) => {
    const founded = await foundTenant(kernel.admin);
    const [id] = await writeRows(kernel.admin, founded, 1);
    await admin(`update app.audit_events set ${first} where id = $1`, id);
    await sealAll(system);
    expect(await findingsOf(tenants, founded)).toEqual([]);
    await admin(`update app.audit_events set ${then} where id = $1`, id);
    expect(await findingsOf(tenants, founded)).toEqual([{ kind: 'changed', sequence: 1, eventId: id }]);
  });

  test('[AUD-1] a row that is gone is found, sealed or not', async () => {
    const { founded, ids } = await sealed(3);
    await admin('delete from app.audit_events where id = $1', ids[2]);
    expect(await findingsOf(tenants, founded)).toEqual([{ kind: 'missing', sequence: 3, eventId: ids[2] }]);
    const [waiting] = await writeRows(kernel.admin, founded, 1);
    await admin('delete from app.audit_events where id = $1', waiting);
    await sealAll(system);
    expect((await findingsOf(tenants, founded)).at(-1)).toEqual({
      kind: 'missing',
      sequence: null,
      eventId: waiting,
    });
  });

  test('[AUD-1] a row that was put in past the chain is found', async () => {
    const { founded } = await sealed(2);
    await admin("set session_replication_role = 'replica'");
    const [id] = await writeRows(kernel.admin, founded, 1);
    await admin("set session_replication_role = 'origin'");
    await sealAll(system);
    expect(await findingsOf(tenants, founded)).toEqual([{ kind: 'unlinked', sequence: null, eventId: id }]);
  });

  test('[AUD-1] two rows that changed places are found', async () => {
    const { founded, ids } = await sealed(4);
    await admin('alter table app.audit_links drop constraint audit_links_tenant_id_event_id_key');
    await admin(
      'update app.audit_links set event_id = case event_id when $1::uuid then $2::uuid else $1 end where event_id in ($1, $2)',
      ids[1],
      ids[2],
    );
    await admin('alter table app.audit_links add unique (tenant_id, event_id)');
    expect(await findingsOf(tenants, founded)).toEqual([
      { kind: 'changed', sequence: 2, eventId: ids[2] },
      { kind: 'changed', sequence: 3, eventId: ids[1] },
    ]);
  });

  test('[AUD-1] a link that was changed, removed or made up is found', async () => {
    const { founded, ids } = await sealed(4);
    await admin('update app.audit_links set digest = sha256(digest) where event_id = $1', ids[1]);
    expect(await findingsOf(tenants, founded)).toEqual([
      { kind: 'broken', sequence: 2, eventId: ids[1] },
      { kind: 'changed', sequence: 2, eventId: ids[1] },
    ]);
    await admin('delete from app.audit_links where event_id = $1', ids[1]);
    expect(await findingsOf(tenants, founded)).toEqual([
      { kind: 'broken', sequence: 3, eventId: ids[2] },
      { kind: 'unlinked', sequence: null, eventId: ids[1] },
    ]);
  });

  test('[AUD-1] a chain whose end was cut off is found, with its rows and without', async () => {
    const { founded, ids } = await sealed(4);
    await admin('delete from app.audit_links where event_id = $1', ids[3]);
    expect(await findingsOf(tenants, founded)).toEqual([
      { kind: 'broken', sequence: 4, eventId: null },
      { kind: 'unlinked', sequence: null, eventId: ids[3] },
    ]);
    await admin('delete from app.audit_events where id = $1', ids[3]);
    expect(await findingsOf(tenants, founded)).toEqual([{ kind: 'broken', sequence: 4, eventId: null }]);
  });

  test('[AUD-1] it is found on whatever page it is, and a page looks at no more than asked', async () => {
    const { founded, ids } = await sealed(10);
    await admin("update app.audit_events set action = 'other' where id = any ($1)", [ids[0], ids[3], ids[9]]);
    for (const most of [1, 3, 10, 11]) {
      expect((await findingsOf(tenants, founded, most)).map(({ sequence }) => sequence)).toEqual([1, 4, 10]);
    }
  });

  test('[AUD-1] what is personal can be erased: it is said, and the rest still proves itself', async () => {
    const { founded, ids } = await sealed(3);
    await admin(
      'update app.audit_events set ip = null, user_agent = null, reason = null, before = null, after = null, salt = null where id = $1',
      ids[1],
    );
    expect(await findingsOf(tenants, founded)).toEqual([{ kind: 'erased', sequence: 2, eventId: ids[1] }]);
    await admin("update app.audit_events set action = 'other' where id = $1", ids[1]);
    expect(await findingsOf(tenants, founded)).toEqual([{ kind: 'changed', sequence: 2, eventId: ids[1] }]);
  });

  test('[AUD-1] a whole new chain is one, which is why heads are archived', async () => {
    const { founded, ids } = await sealed(3);
    const before = await linksOf(kernel.admin, founded);
    await admin("update app.audit_events set action = 'other' where id = $1", ids[0]);
    await rewriteChain(kernel.admin, system, founded);
    expect(await findingsOf(tenants, founded)).toEqual([]);
    expect((await linksOf(kernel.admin, founded)).at(-1)?.hash).not.toBe(before.at(-1)?.hash);
  });
});
