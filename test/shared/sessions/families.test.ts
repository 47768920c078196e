/** Families of refresh tokens and the life of sessions, on a real table. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { formatId, type UserId } from '#shared/contract/ids.ts';
import { gateClient } from '#shared/limits/gate-client.ts';
import { beginFamily, endFamily, keepRefreshToken, useToken } from '#shared/limits/families.ts';
import { gateKeys } from '#shared/limits/keys.ts';
import {
  beginSession,
  type NamedSession,
  readSessions,
  revokeAll,
  revokeOthers,
  revokeSession,
} from '#shared/limits/sessions.ts';
import { type Chain, startChain } from '../../support/chain.ts';

let chain: Chain;
beforeAll(async () => {
  chain = await startChain();
});
afterAll(() => chain.stop());

const minute = 60_000;
const hour = 60 * minute;
const newUser = (): UserId => formatId('user', randomUUID());
const newSession = (startedAt = new Date()): NamedSession => ({
  id: formatId('session', randomUUID()),
  startedAt: new Date(Math.floor(startedAt.getTime() / 1000) * 1000),
});
const at = (now = new Date()) => ({ now, deadlineMs: Date.now() + 2_000 });
const ago = (ms: number) => new Date(Date.now() - ms);

async function item(key: string): Promise<string> {
  const { GetItemCommand } = await import('#shared/config/aws/dynamodb.ts');
  const client = await gateClient();
  const { Item } = await client.send(new GetItemCommand({ TableName: 'gate', Key: { pk: { S: key } } }));
  return JSON.stringify(Item ?? {});
}

describe('a family of refresh tokens', () => {
  const begin = async (session = newSession(), user = newUser()) => ({
    user,
    session,
    token: await beginFamily({ user, session, refreshToken: 'the pool’s own' }, at()),
  });

  test('[IDN-3] a token is exchanged for its successor, and opens what the pool gave', async () => {
    const { user, session, token } = await begin();
    const used = await useToken(token, at());
    expect(used).toMatchObject({
      outcome: 'rotated',
      family: { user, session, refreshToken: 'the pool’s own' },
    });
    const next = used.outcome === 'rotated' ? used.token : '';
    expect(next).not.toBe(token);
    expect(await keepRefreshToken(next, 'its next one', at())).toBe(true);
    expect(await useToken(next, at())).toMatchObject({ family: { refreshToken: 'its next one' } });
  });

  test('[IDN-3] a token that comes again ends the family, once', async () => {
    const { user, session, token } = await begin();
    const first = await useToken(token, at());
    const next = first.outcome === 'rotated' ? first.token : '';
    expect(await useToken(token, at())).toMatchObject({ outcome: 'reused', family: { user, session } });
    expect(await useToken(token, at())).toMatchObject({ outcome: 'ended', family: { user, session } });
    expect(await useToken(next, at())).toMatchObject({ outcome: 'ended' });
    expect(await keepRefreshToken(next, 'too late', at())).toBe(false);
    expect(await keepRefreshToken(next, undefined, at())).toBe(false);
    expect(await endFamily(next, at())).toBeUndefined();
  });

  test('[IDN-3] of 20 uses at once one is honoured and one ends the family', async () => {
    const { token } = await begin();
    const used = await Promise.all(
      Array.from({ length: 20 }, () => useToken(token, { now: new Date(), deadlineMs: Date.now() + 8_000 })),
    );
    const outcomes = Map.groupBy(used, ({ outcome }) => outcome);
    expect(outcomes.get('rotated')).toHaveLength(1);
    expect(outcomes.get('reused')).toHaveLength(1);
    expect(outcomes.get('ended')).toHaveLength(18);
  });

  test('[IDN-3] who knows the session but was never given a token ends nothing', async () => {
    const { session, token } = await begin();
    const uuid = session.id.slice('ses_'.length);
    const [, secret = '', current = ''] = token.split('.');
    for (const forged of [
      `${uuid}.x.${current}`,
      `${uuid}.x.y`,
      uuid,
      `${uuid}.${secret}`,
      '',
      '..',
      'a.b.c.d',
    ]) {
      expect(await useToken(forged, at())).toEqual({ outcome: 'unknown' });
      expect(await endFamily(forged, at())).toBeUndefined();
    }
    expect(await useToken(`${randomUUID()}.${secret}.${current}`, at())).toEqual({ outcome: 'unknown' });
    expect(await useToken(token, at())).toMatchObject({ outcome: 'rotated' });
  });

  test('[IDN-3] the table holds neither the browser’s token nor the pool’s in the clear', async () => {
    const { session, token } = await begin();
    const [, secret = 'none', current = 'none'] = token.split('.');
    const stored = await item(gateKeys.family(session.id));
    expect(stored).toContain('sealed');
    for (const clear of [secret, current, 'the pool’s own']) expect(stored).not.toContain(clear);
  });

  test('[IDN-3] two families of one person have nothing in common', async () => {
    const user = newUser();
    const [one, other] = [await begin(newSession(), user), await begin(newSession(), user)];
    await useToken(one.token, at());
    expect(await useToken(one.token, at())).toMatchObject({ outcome: 'reused' });
    expect(await useToken(other.token, at())).toMatchObject({ outcome: 'rotated' });
  });

  test('[IDN-3] while the table cannot be reached nothing is exchanged', async () => {
    const { token } = await begin();
    const soon = () => ({ now: new Date(), deadlineMs: Date.now() + 200 });
    await chain.withoutDynamoDb(async () => {
      const unavailable = { problem: { code: 'dependency.unavailable' } };
      await expect(useToken(token, soon())).rejects.toMatchObject(unavailable);
      await expect(endFamily(token, soon())).rejects.toMatchObject(unavailable);
    });
  });
});

describe('sessions in the gate’s store', () => {
  const begun = async (user: UserId, session = newSession()) => {
    const endsAt = new Date(session.startedAt.getTime() + 12 * hour);
    expect(await beginSession(user, session, { ...at(), endsAt })).toBe(true);
    return session;
  };

  test('[IDN-4] a session that has begun is alive until it was idle for 30 minutes', async () => {
    const user = newUser();
    const session = await begun(user);
    const live = (await readSessions(user, at())).of(session);
    expect(Math.abs((live?.lastSeenAt.getTime() ?? 0) - Date.now())).toBeLessThan(5_000);
    expect((await readSessions(user, at(ago(-29 * minute)))).of(session)).toBeDefined();
    expect((await readSessions(user, at(ago(-30 * minute)))).of(session)).toBeUndefined();
  });

  test('[IDN-4] a session that never made a request is as old as its sign-in', async () => {
    const sessions = await readSessions(newUser(), at());
    expect(sessions.of(newSession(ago(29 * minute)))).toBeDefined();
    expect(sessions.of(newSession(ago(31 * minute)))).toBeUndefined();
  });

  test('[IDN-4] a session is over at its absolute end, however busy it was', async () => {
    const user = newUser();
    const session = newSession(ago(4 * hour));
    await beginSession(user, session, { ...at(), endsAt: ago(-1 * minute) });
    expect((await readSessions(user, at())).of(session)).toBeDefined();
    expect((await readSessions(user, at(ago(-1 * minute)))).of(session)).toBeUndefined();
  });

  test('[IDN-4] revoking one session ends that one', async () => {
    const user = newUser();
    const [one, other] = [await begun(user), await begun(user)];
    await revokeSession(user, one.id, at());
    const sessions = await readSessions(user, at());
    expect(sessions.of(one)).toBeUndefined();
    expect(sessions.of(other)).toBeDefined();
    expect(await beginSession(user, one, { ...at(), endsAt: ago(-hour) })).toBe(false);
  });

  test('[IDN-4] signing out everywhere ends what began before, used or not, and nothing later', async () => {
    const user = newUser();
    const used = await begun(user, newSession(ago(minute)));
    const unused = newSession(ago(2 * minute));
    await revokeAll(user, at());
    await revokeAll(user, at(ago(minute)));
    const later = newSession(ago(-2_000));
    const sessions = await readSessions(user, at());
    expect([used, unused, later].map((session) => sessions.of(session) !== undefined)).toEqual([
      ...[false, false, true],
    ]);
    expect(await beginSession(user, unused, { ...at(), endsAt: ago(-hour) })).toBe(false);
  });

  test('[IDN-4] signing out everywhere else keeps one', async () => {
    const user = newUser();
    const all = [await begun(user), await begun(user), await begun(user)] as const;
    await revokeOthers(user, all[1].id, at());
    const sessions = await readSessions(user, at());
    expect(all.map((session) => sessions.of(session) !== undefined)).toEqual([false, true, false]);
  });

  test('[IDN-4] what cannot be written or read is refused, never taken for alive', async () => {
    const user = newUser();
    const session = await begun(user);
    const soon = () => ({ now: new Date(), deadlineMs: Date.now() + 200 });
    const unavailable = { problem: { code: 'dependency.unavailable' } };
    await chain.withoutDynamoDb(async () => {
      await expect(readSessions(user, soon())).rejects.toMatchObject(unavailable);
      await expect(revokeSession(user, session.id, soon())).rejects.toMatchObject(unavailable);
      await expect(revokeAll(user, soon())).rejects.toMatchObject(unavailable);
      await expect(revokeOthers(user, session.id, soon())).rejects.toMatchObject(unavailable);
    });
  });
});
