/** What people do with their own sessions and devices, through the whole chain. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { formatId } from '#shared/contract/ids.ts';
import { read } from '#shared/limits/item.ts';
import { gateKeys } from '#shared/limits/keys.ts';
import { serve } from '#shared/middleware/serve.ts';
import { sessions } from '#shared/sessions/module.ts';
import { sessionsOps } from '#shared/sessions/sessions.ops.ts';
import { type Answer, type Chain, startChain } from '../../support/chain.ts';
import { newPerson, type Person } from '../../support/tokens.ts';

let chain: Chain;
const handler = serve(sessions, sessionsOps);
beforeAll(async () => {
  chain = await startChain();
});
afterAll(() => chain.stop());

type Item = { id: string; isCurrent: boolean; client: string; deviceId: string | null; ip: string };
/** A session of a person and how it calls. */
type Held = {
  id: string;
  call(method: string, path: string, more?: Partial<Parameters<Chain['call']>[1]>): Promise<Answer>;
};

async function signedIn(person: Person, headers: Record<string, string> = {}, ago = 0): Promise<Held> {
  const uuid = randomUUID();
  const auth_time = Math.floor(Date.now() / 1000) - ago;
  const token = await chain.pool.token(person, { claims: { origin_jti: uuid, auth_time } });
  return {
    id: `ses_${uuid}`,
    call: (method, path, more = {}) => chain.call(handler, { method, path, token, headers, ...more }),
  };
}

const list = async (held: Held): Promise<Item[]> =>
  ((await held.call('GET', '/v1/me/sessions')).body as { items: Item[] }).items;
const statusOf = async (held: Held): Promise<number> => (await held.call('GET', '/v1/me/devices')).status;
const revoke = (by: Held, sessionId: string) =>
  by.call('DELETE', '/v1/me/sessions/{sessionId}', { params: { sessionId } });
const over = { status: 401, body: { code: 'auth.session_ended' } };

describe('my sessions', () => {
  test('[IDN-4] are listed with where they were seen, and the one that asks is marked', async () => {
    const person = newPerson();
    const [one, two] = [await signedIn(person), await signedIn(person, { 'User-Agent': 'curl/8.5.0' }, 60)];
    await two.call('GET', '/v1/me/devices');
    const items = await list(one);
    expect(items.map(({ id, isCurrent }) => [id, isCurrent])).toEqual([
      [one.id, true],
      [two.id, false],
    ]);
    expect(items[1]).toMatchObject({ client: 'curl', deviceId: null, ip: '203.0.113.7' });
    const { startedAt, lastSeenAt, idleEndsAt, endsAt } = items[1] as unknown as Record<string, string>;
    const minutes = (from = '', to = '') => Math.round((Date.parse(to) - Date.parse(from)) / 60_000);
    expect([
      minutes(startedAt, lastSeenAt),
      minutes(lastSeenAt, idleEndsAt),
      minutes(startedAt, endsAt),
    ]).toEqual([...[1, 30, 12 * 60]]);
  });

  test('[IDN-4] the first request of a session already finds it in the list', async () => {
    expect((await list(await signedIn(newPerson()))).map(({ isCurrent }) => isCurrent)).toEqual([true]);
  });

  test('[IDN-4] a revoked one stops with its next request and leaves the list', async () => {
    const person = newPerson();
    const [one, two] = [await signedIn(person), await signedIn(person)];
    expect(await statusOf(two)).toBe(200);
    expect((await revoke(one, two.id)).status).toBe(204);
    expect(await two.call('GET', '/v1/me/devices')).toMatchObject(over);
    expect((await list(one)).map(({ id }) => id)).toEqual([one.id]);
    expect((await revoke(one, two.id)).status).toBe(204);
  });

  test('[IDN-4] [AUD-3] revoking is a security event of its person', async () => {
    const person = newPerson();
    const [one, two] = [await signedIn(person), await signedIn(person)];
    await statusOf(two);
    await revoke(one, two.id);
    const { rows } = await chain.database.admin.query(
      'select type, subject from app.security_events where user_id = $1',
      [person.sub],
    );
    expect(rows).toEqual([{ type: 'session_revoked', subject: two.id }]);
  });

  test('[IDN-4] a session can end itself', async () => {
    const one = await signedIn(newPerson());
    await list(one);
    expect((await revoke(one, one.id)).status).toBe(204);
    expect(await one.call('GET', '/v1/me/sessions')).toMatchObject(over);
  });

  test('[IDN-4] with an eleventh the oldest ends, whether it is listed or not, and the item stays small', async () => {
    const person = newPerson();
    const held: Held[] = [];
    for (let ago = 20; ago > 0; ago -= 1) {
      const session = await signedIn(person, {}, ago * 60);
      held.push(session);
      expect(await statusOf(session)).toBe(200);
    }
    expect((await list(held[19] as Held)).map(({ id }) => id).toSorted()).toEqual(
      held
        .slice(10)
        .map(({ id }) => id)
        .toSorted(),
    );
    expect(await statusOf(held[9] as Held)).toBe(401);
    expect(await statusOf(held[10] as Held)).toBe(200);
    const item = await read(gateKeys.user(formatId('user', person.sub)), Date.now() + 2_000);
    expect(JSON.stringify(item).length).toBeLessThan(1_000);
  });

  test('[IDN-4] nobody ends, or learns of, a session of somebody else', async () => {
    const [mine, theirs] = [await signedIn(newPerson()), await signedIn(newPerson())];
    await list(theirs);
    const foreign = await revoke(mine, theirs.id);
    const missing = await revoke(mine, `ses_${randomUUID()}`);
    for (const answer of [foreign, missing]) {
      expect(answer).toMatchObject({ status: 404, body: { code: 'resource.not_found' } });
    }
    expect(await statusOf(theirs)).toBe(200);
    expect((await list(mine)).map(({ id }) => id)).toEqual([mine.id]);
  });

  test('[IDN-4] signing out everywhere ends this one too, everywhere else keeps it', async () => {
    const person = newPerson();
    const [one, two] = [await signedIn(person, {}, 5), await signedIn(person, {}, 4)];
    for (const held of [one, two]) await list(held);
    const all = (keepCurrent: string) => one.call('DELETE', '/v1/me/sessions', { query: { keepCurrent } });
    expect((await all('true')).status).toBe(204);
    expect([await statusOf(one), await statusOf(two)]).toEqual([200, 401]);
    expect((await all('false')).status).toBe(204);
    expect(await statusOf(one)).toBe(401);
    expect(await statusOf(await signedIn(person, {}, -1))).toBe(200);
  });

  test('[IDN-4] two sessions that sign out everywhere at once both succeed or have ended', async () => {
    const person = newPerson();
    const pair = [await signedIn(person, {}, 5), await signedIn(person, {}, 4)];
    for (const held of pair) await list(held);
    const answers = await Promise.all(pair.map((held) => held.call('DELETE', '/v1/me/sessions')));
    expect(answers.map(({ status }) => status).filter((status) => ![204, 401].includes(status))).toEqual([]);
    expect(answers.map(({ status }) => status)).toContain(204);
    for (const held of pair) expect(await statusOf(held)).toBe(401);
    const { rows } = await chain.database.admin.query(
      'select subject from app.security_events where user_id = $1',
      [person.sub],
    );
    expect(rows).toEqual([{ subject: 'all' }]);
  });

  test('[IDN-4] while the gate’s table does not answer nothing is said to be revoked', async () => {
    const person = newPerson();
    const [one, two] = [await signedIn(person), await signedIn(person)];
    for (const held of [one, two]) await list(held);
    await chain.withoutDynamoDb(async () => {
      expect((await revoke(one, two.id)).status).toBe(503);
    });
    expect(await statusOf(two)).toBe(200);
  });
});

describe('my devices', () => {
  const headers = (deviceId: string) => ({ 'X-Device-Id': deviceId, 'X-App-Version': '4.2.1' });

  test('[IDN-5] are known by what they say of themselves, and count their sessions', async () => {
    const person = newPerson();
    const deviceId = randomUUID();
    const there = [await signedIn(person, headers(deviceId)), await signedIn(person, headers(deviceId))];
    for (const held of there) await statusOf(held);
    const { body } = await (await signedIn(person)).call('GET', '/v1/me/devices');
    expect((body as { items: unknown[] }).items).toMatchObject([
      { id: `dev_${deviceId}`, appVersion: '4.2.1', ip: '203.0.113.7', sessions: 2 },
    ]);
  });

  test('[IDN-5] revoking one ends its sessions at once and no other', async () => {
    const person = newPerson();
    const deviceId = randomUUID();
    const there = [await signedIn(person, headers(deviceId)), await signedIn(person, headers(deviceId))];
    const elsewhere = await signedIn(person, headers(randomUUID()));
    for (const held of [...there, elsewhere]) await statusOf(held);
    const path = '/v1/me/devices/{deviceId}';
    const gone = (by: Held, id: string) => by.call('DELETE', path, { params: { deviceId: `dev_${id}` } });
    expect((await gone(await signedIn(newPerson()), deviceId)).status).toBe(404);
    expect((await gone(elsewhere, deviceId)).status).toBe(204);
    expect([await statusOf(there[0] as Held), await statusOf(there[1] as Held)]).toEqual([401, 401]);
    const { body } = await elsewhere.call('GET', '/v1/me/devices');
    expect((body as { items: { id: string }[] }).items.map(({ id }) => id)).not.toContain(`dev_${deviceId}`);
  });
});
