/**
 * A region that is gone, rehearsed with two whole cells: the database of the first is killed and its data taken away
 * while tenants write, and the second goes on. Cognito, DNS and the replication of objects are AWS's own, and not here.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type TenantId, uuidOf } from '#shared/contract/ids.ts';
import type { Person, World } from '#test/battery/support/world.ts';
import { type Pair, startPair } from './pair.ts';

type Written = { tenant: TenantId; n: number; atMs: number };

let pair: Pair;
const tenants: { id: TenantId; owner: Person }[] = [];

beforeAll(async () => {
  pair = await startPair();
  for (let n = 0; n < 3; n += 1) {
    const id = await pair.first.world.tenant();
    tenants.push({ id, owner: await pair.first.world.member(id, 'owner') });
  }
}, 400_000);
afterAll(() => pair.stop(), 120_000);

const order = (more: object = {}) => ({
  residency: 'us',
  confirm: 'plinth-dev-us-standby',
  mode: 'forced',
  reason: 'A rehearsal of a lost region',
  decidedBy: 'on-call',
  ...more,
});

async function rename(url: string, token: string, tenant: TenantId, name: string): Promise<number> {
  const answer = await fetch(`${url}/v1/tenant`, {
    method: 'PATCH',
    headers: {
      ...{ authorization: `Bearer ${token}`, 'content-type': 'application/json', 'x-tenant-id': tenant },
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify({ name }),
    signal: AbortSignal.timeout(10_000),
  });
  await answer.body?.cancel();
  return answer.status;
}

/** Writes in a tenant until nobody acknowledges any more; what was acknowledged. */
async function writeOn({ id, owner }: (typeof tenants)[number], written: Written[]): Promise<void> {
  const token = await pair.first.world.token(owner);
  for (let n = 1; ; n += 1) {
    const status = await rename(pair.first.url, token, id, `Write ${n}`).catch(() => 0);
    if (status === 200) written.push({ tenant: id, n, atMs: Date.now() });
    else if (status !== 429) return;
    // Within what a person may call in a minute.
    await sleep(400);
  }
}

/** The names that a tenant was given, as its trail tells. */
async function renamesIn({ admin }: World, tenant: TenantId): Promise<number[]> {
  const { rows } = await admin.query<{ name: string }>(
    `select after ->> 'name' as name from app.audit_events
     where tenant_id = $1 and after ->> 'name' like 'Write %'`,
    [uuidOf(tenant)],
  );
  return rows.map(({ name }) => Number(name.replace('Write ', '')));
}

test('[BKP-4] a region of another residency, another cell and a region that answers are refused, and nothing is promoted', async () => {
  expect((await fetch(`${pair.first.url}/v1/health`)).status).toBe(200);
  // Nobody is sent to a cell whose database only follows.
  expect((await fetch(`${pair.second.url}/v1/health`)).status).toBe(503);
  // What runs on a timer leaves it alone as well.
  expect(await pair.second.stack.functions.invoke('plinth-dev-us-standby-schedule-outbox', {})).toMatchObject(
    {
      ok: true,
    },
  );
  const refusals: [more: object, code: string][] = [
    [{ residency: 'eu' }, 'failover.outside_residency'],
    [{ confirm: 'plinth-dev-us' }, 'failover.other_cell'],
    [{}, 'failover.still_healthy'],
  ];
  for (const [more, code] of refusals) {
    const { status, output } = await pair.ended(await pair.start(order(more)));
    expect([status, output.failure?.Error]).toEqual(['SUCCEEDED', code]);
  }
  const { rows } = await pair.second.world.admin.query('select pg_is_in_recovery() as follows');
  expect(rows).toEqual([{ follows: true }]);
}, 120_000);

test('[BKP-4, VAL-2] after the first database is lost the second cell goes on with all that it had followed', async () => {
  const written: Written[] = [];
  const writers = tenants.map((tenant) => writeOn(tenant, written));
  while (written.length < 30) await sleep(100);
  const lostAtMs = Date.now();
  await pair.loseFirst();
  await Promise.all(writers);
  expect(written.length).toBeGreaterThanOrEqual(30);

  const since = new Date(lostAtMs).toISOString();
  const { world, url, stack } = pair.second;
  const follows = async () =>
    (await world.admin.query<{ f: boolean }>('select pg_is_in_recovery() as f')).rows[0]?.f;
  // Broken off in the middle, and started again: it goes on where it was.
  const broken = await pair.start(order({ since }));
  while (await follows()) await sleep(50);
  await pair.abort(broken);
  let killed = pair.killWorkers();
  const execution = await pair.start(order({ since }));
  const ended = pair.ended(execution);
  let going = true;
  void ended.finally(() => (going = false));
  for (let n = 0; n < 6 && going; n += 1) {
    await sleep(1_500);
    killed += pair.killWorkers();
  }
  expect(await ended).toMatchObject({ status: 'SUCCEEDED' });
  expect((await ended).output.failure).toBeUndefined();
  expect(killed).toBeGreaterThan(1);

  const { rows } = await world.admin.query<{ rto_ms: string; rpo_ms: string }>('select * from app.failovers');
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({
    ...{ mode: 'forced', from_region: 'us-east-1', to_region: 'us-west-2', decided_by: 'on-call' },
    finished_at: expect.any(Date) as unknown,
  });
  const [rtoMs, rpoMs] = [Number(rows[0]?.rto_ms), Number(rows[0]?.rpo_ms)];
  let missing = 0;
  for (const { id } of tenants) {
    const there = new Set(await renamesIn(world, id));
    const lost = written.filter((one) => one.tenant === id && !there.has(one.n));
    missing += lost.length;
    // Nothing is missing that was acknowledged before the moment until which the second cell had followed.
    expect(lost.filter(({ atMs }) => atMs < lostAtMs - rpoMs)).toEqual([]);
  }
  process.stdout.write(
    `failover: RTO ${rtoMs} ms, RPO ${rpoMs} ms, ${missing} of ${written.length} acknowledged writes missing, ${killed} workers killed\n`,
  );
  expect(rtoMs).toBeLessThan(4 * 3_600_000);
  expect(rpoMs).toBeLessThan(15 * 60_000);

  expect((await fetch(`${url}/v1/health`)).status).toBe(200);
  for (const { id, owner } of tenants) {
    expect(await rename(url, await world.token(owner), id, 'In the second region')).toBe(200);
    const told = await world.admin.query(
      `select reason from app.audit_events where tenant_id = $1 and action = 'failover.completed'`,
      [uuidOf(id)],
    );
    expect(told.rows).toEqual([{ reason: 'A rehearsal of a lost region' }]);
  }
  const mailed = () =>
    tenants.filter(({ owner }) =>
      stack.mail
        .list()
        .some(({ to, subject }) => to.includes(owner.email) && subject.includes('another region goes on')),
    );
  for (let n = 0; n < 300 && mailed().length < tenants.length; n += 1) await sleep(200);
  expect(mailed()).toHaveLength(tenants.length);

  const again = await pair.ended(await pair.start(order()));
  expect(again.output.failure?.Error).toBe('failover.writes_already');
}, 300_000);
