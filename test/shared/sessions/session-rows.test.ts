/** Rows of sessions and devices, and when they are written. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type pg from 'pg';
import { formatId, uuidOf } from '#shared/contract/ids.ts';
import { transact } from '#shared/db/transaction.ts';
import { describeAgent } from '#shared/identity/agent.ts';
import { forgetSessionRows, sessionNotes, type Sighting } from '#shared/identity/session-rows.ts';
import { kernelDatabase, type KernelDatabase } from '../../support/kernel-database.ts';

let database: KernelDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await kernelDatabase();
  pool = database.pool('app_tenant', 2);
});
afterAll(() => database.drop());
beforeEach(forgetSessionRows);

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';
const newSighting = (more: Partial<Sighting> = {}): Sighting => ({
  user: formatId('user', randomUUID()),
  session: { id: formatId('session', randomUUID()), startedAt: new Date('2026-11-21T08:00:00Z') },
  source: { ip: '203.0.113.7', userAgent: firefox },
  ...more,
});

async function record(sighting: Sighting, now = new Date()): Promise<number> {
  const notes = sessionNotes(sighting, now);
  const entry = {
    tenantId: null,
    userId: uuidOf(sighting.user),
    requestId: 'test',
    deadlineMs: Date.now() + 5_000,
  };
  await transact(pool, entry, async (tx) => {
    for (const { statement } of notes) tx.record(statement);
  });
  for (const note of notes) note.written();
  return notes.length;
}

async function rowOf<Row extends object>(table: string, sighting: Sighting): Promise<Row | undefined> {
  const { rows } = await database.admin.query<Row>(`select * from app.${table} where user_id = $1`, [
    uuidOf(sighting.user),
  ]);
  return rows[0];
}

describe('the row of a session', () => {
  test('[IDN-4] is written once by an instance, and again when it says something else or is old', async () => {
    const sighting = newSighting();
    const now = new Date();
    expect(await record(sighting, now)).toBe(1);
    expect(await record(sighting, now)).toBe(0);
    const moved = { ...sighting, source: { ...sighting.source, ip: '203.0.113.8' } };
    expect(await record(moved, now)).toBe(1);
    expect(await record(moved, new Date(now.getTime() + 14 * 60_000))).toBe(0);
    expect(await record(moved, new Date(now.getTime() + 15 * 60_000))).toBe(1);
    expect(await rowOf('sessions', sighting)).toMatchObject({
      ...{ client: 'Firefox on Linux', first_ip: '203.0.113.7', last_ip: '203.0.113.8' },
      ...{ device_id: null, started_at: sighting.session.startedAt },
    });
  });

  test('[IDN-4] is not remembered when its transaction failed', () => {
    const sighting = newSighting();
    expect(sessionNotes(sighting, new Date())).toHaveLength(1);
    expect(sessionNotes(sighting, new Date())).toHaveLength(1);
  });

  test('[IDN-4] cannot be written for somebody else', async () => {
    const [mine, theirs] = [newSighting(), newSighting()];
    const entry = {
      tenantId: null,
      userId: uuidOf(mine.user),
      requestId: 'test',
      deadlineMs: Date.now() + 5_000,
    };
    await expect(
      transact(pool, entry, async (tx) => {
        for (const { statement } of sessionNotes(theirs, new Date())) tx.record(statement);
      }),
    ).rejects.toMatchObject({ code: '42501' });
  });

  test('[IDN-5] comes with its device, and knows the device’s version and system', async () => {
    const deviceId = randomUUID().toUpperCase();
    const sighting = newSighting({ deviceId, appVersion: ' 4.2.1 ', platform: '"macOS"' });
    expect(await record(sighting)).toBe(2);
    expect(await rowOf('devices', sighting)).toMatchObject({
      ...{ id: deviceId.toLowerCase(), name: 'Firefox on macOS', os: 'macOS', app_version: '4.2.1' },
      ...{ ip: '203.0.113.7', revoked_at: null },
    });
    expect(await rowOf('sessions', sighting)).toMatchObject({ device_id: deviceId.toLowerCase() });
  });

  test('[IDN-5] nonsense in the headers costs the device and nothing else', async () => {
    const sighting = newSighting({
      deviceId: "'; drop table",
      appVersion: 'x'.repeat(500),
      platform: '"\u0001"',
    });
    expect(await record(sighting)).toBe(1);
    const versioned = newSighting({ deviceId: randomUUID(), appVersion: 'x'.repeat(500) });
    await record(versioned);
    expect(await rowOf('devices', versioned)).toMatchObject({ app_version: 'x'.repeat(40) });
  });

  test('[IDN-5] a revoked device comes back with a sign-in after its revocation, not with an older one', async () => {
    const old = newSighting({ deviceId: randomUUID() });
    await record(old);
    await database.admin.query(
      "update app.devices set revoked_at = '2026-11-21T08:30:00Z' where user_id = $1",
      [uuidOf(old.user)],
    );
    forgetSessionRows();
    await record(old);
    expect(await rowOf('devices', old)).toMatchObject({ revoked_at: new Date('2026-11-21T08:30:00Z') });
    const session = { id: formatId('session', randomUUID()), startedAt: new Date('2026-11-21T08:31:00Z') };
    await record({ ...old, session });
    expect(await rowOf('devices', old)).toMatchObject({ revoked_at: null });
  });
});

describe('the name of a program', () => {
  const cases: [string, string | undefined, string][] = [
    [firefox, undefined, 'Firefox on Linux'],
    [
      'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0',
      undefined,
      'Edge on Windows',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1',
      undefined,
      'Safari on iOS',
    ],
    ['Mozilla/5.0 (Linux; Android 16) Chrome/142.0 Mobile Safari/537.36', undefined, 'Chrome on Android'],
    ['Mozilla/5.0 (X11) Chrome/142.0', '"Chrome OS"', 'Chrome on ChromeOS'],
    ['curl/8.5.0', undefined, 'curl'],
    ['curl/8.5.0', '"<script>"', 'curl'],
    ['', undefined, 'Unknown program'],
  ];
  test.each(cases)('[IDN-5] %s', (userAgent, platform, name) => {
    expect(describeAgent(userAgent, platform).name).toBe(name);
  });
});
