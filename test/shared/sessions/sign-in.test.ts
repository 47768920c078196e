/** A browser's way in and out, against a user pool with real sign-in pages. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import { formatId } from '#shared/contract/ids.ts';
import { revokeAll, revokeSession } from '#shared/limits/sessions.ts';
import { console, development, type SignIn, startSignIn, type Tab } from './signing-in.ts';

let world: SignIn;
beforeAll(async () => {
  world = await startSignIn();
});
afterAll(() => world.stop());
afterEach(() => {
  world.online = true;
  world.hold = undefined;
  world.asked = {};
});

const at = () => ({ now: new Date(), deadlineMs: Date.now() + 2_000 });
const refresh = (tab: Tab) => tab.post('/v1/session/refresh');
const over = { status: 401, body: { code: 'auth.session_ended' } };

async function events(sub: string): Promise<string[]> {
  const { rows } = await world.chain.database.admin.query<{ type: string }>(
    'select type from app.security_events where user_id = $1 order by occurred_at, type',
    [sub],
  );
  return rows.map(({ type }) => type);
}

describe('signing in', () => {
  test('[IDN-3] a code becomes an access token and a cookie that no script and no other site can use', async () => {
    const { sub, email } = await world.person();
    const tab = world.tab();
    const access = await tab.signIn(email);
    const claims = decodeJwt<{ origin_jti: string; auth_time: number }>(access.accessToken);
    expect(claims).toMatchObject({ sub, origin_jti: access.sessionId.slice('ses_'.length) });
    expect(Date.parse(access.endsAt)).toBe((claims.auth_time + 12 * 3_600) * 1000);
    expect(tab.setCookie).toMatch(
      /^__Secure-plinth-refresh=[\w.-]+; Max-Age=43\d{3}; Path=\/v1\/session; HttpOnly; SameSite=Strict; Secure$/,
    );
    expect(await events(sub)).toEqual(['login']);
  });

  test('[IDN-4] the platform’s staff are signed in for four hours', async () => {
    const { email } = await world.person();
    const group = { UserPoolId: 'us-east-1_plinthlocal', Username: email, GroupName: 'platform-support' };
    await world.pool.call('AdminAddUserToGroup', group);
    const tab = world.tab();
    const { accessToken, endsAt } = await tab.signIn(email);
    const { auth_time } = decodeJwt<{ auth_time: number }>(accessToken);
    expect(Date.parse(endsAt)).toBe((auth_time + 4 * 3_600) * 1000);
    expect((await refresh(tab)).body).toMatchObject({ endsAt });
  });

  test('[IDN-3] the answer holds no refresh token, and lets the console alone read it', async () => {
    const { email } = await world.person();
    const answer = await world.tab().post('/v1/session', await world.code(email));
    expect(Object.keys(answer.body as object).sort()).toEqual([
      'accessToken',
      'endsAt',
      'expiresAt',
      'sessionId',
    ]);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': console,
      'access-control-allow-credentials': 'true',
      'cache-control': 'no-store',
    });
  });

  test('[IDN-3] on development’s http the cookie is the same but for what https alone can keep', async () => {
    const { email } = await world.person();
    const tab = world.tab();
    await tab.post('/v1/session', await world.code(email), { Origin: development });
    expect(tab.setCookie).toMatch(
      /^plinth-refresh=[\w.-]+; Max-Age=43\d{3}; Path=\/v1\/session; HttpOnly; SameSite=Strict$/,
    );
    expect((await tab.post('/v1/session/refresh', {}, { Origin: development })).status).toBe(200);
    expect(await refresh(tab)).toMatchObject(over);
  });

  test('[IDN-3] a code works once, with its own proof and address', async () => {
    const { email } = await world.person();
    const refused = { status: 400, body: { code: 'session.code_refused' } };
    const proof = await world.code(email);
    expect(await world.tab().post('/v1/session', { ...proof, codeVerifier: 'x'.repeat(43) })).toMatchObject(
      refused,
    );
    const other = await world.code(email);
    expect(
      await world.tab().post('/v1/session', { ...other, redirectUri: 'https://evil.example/' }),
    ).toMatchObject(refused);
    const good = await world.code(email);
    expect((await world.tab().post('/v1/session', good)).status).toBe(200);
    expect(await world.tab().post('/v1/session', good)).toMatchObject(refused);
  });

  test('[IDN-3] signing in again in a browser ends the session that it had', async () => {
    const { email } = await world.person();
    const tab = world.tab();
    const first = tab.cookie ?? (await tab.signIn(email), tab.cookie);
    await tab.signIn(email);
    const old = world.tab();
    old.cookie = first;
    expect(await refresh(old)).toMatchObject(over);
    expect((await refresh(tab)).status).toBe(200);
  });

  test('[IDN-4] the sign-in pages’ memory of somebody who signed out everywhere opens nothing', async () => {
    const { sub, email } = await world.person();
    const proof = await world.code(email);
    await revokeAll(formatId('user', sub), { ...at(), now: new Date(Date.now() + 1_000) });
    const tab = world.tab();
    expect(await tab.post('/v1/session', proof)).toMatchObject(over);
    expect(tab.cookie).toBeUndefined();
  });

  test('[IDN-3] while the user pool does not answer nobody gets in, and is told to try again', async () => {
    const { email } = await world.person();
    const proof = await world.code(email);
    world.online = false;
    expect(await world.tab().post('/v1/session', proof)).toMatchObject({
      status: 503,
      body: { code: 'dependency.unavailable' },
    });
    world.online = true;
    expect((await world.tab().post('/v1/session', proof)).status).toBe(200);
  });

  test('[IDN-3] while the gate’s table does not answer nobody gets in, and no cookie is set', async () => {
    const { email } = await world.person();
    const proof = await world.code(email);
    const tab = world.tab();
    await world.chain.withoutDynamoDb(async () => {
      expect(await tab.post('/v1/session', proof)).toMatchObject({ status: 503 });
    });
    expect(tab.cookie).toBeUndefined();
  });
});

describe('what may call with the cookie', () => {
  const refused: [string, Record<string, string>][] = [
    ['a page of another site', { Origin: 'https://evil.example' }],
    ['a page whose origin begins like ours', { Origin: `${console}.evil.example` }],
    ['a page without an origin', { Origin: 'null' }],
    ['no page at all', { Origin: '' }],
    ['a form', { 'Content-Type': 'application/x-www-form-urlencoded' }],
    ['a plain text', { 'Content-Type': 'text/plain' }],
    ['a file', { 'Content-Type': 'multipart/form-data; boundary=x' }],
  ];
  test.each(refused)('[IDN-3] %s is refused with 403, and uses nothing up', async (_who, headers) => {
    const { email } = await world.person();
    const tab = world.tab();
    await tab.signIn(email);
    for (const path of ['/v1/session', '/v1/session/refresh', '/v1/session/end']) {
      const answer = await tab.post(path, {}, headers);
      expect(answer).toMatchObject({ status: 403, body: { code: 'auth.origin_refused' } });
      expect(answer.headers).not.toHaveProperty('set-cookie');
    }
    expect((await refresh(tab)).status).toBe(200);
  });

  test('[IDN-3] JSON with a charset is JSON', async () => {
    const { email } = await world.person();
    const tab = world.tab();
    await tab.signIn(email);
    const headers = { 'Content-Type': 'application/json; charset=utf-8' };
    expect((await tab.post('/v1/session/refresh', {}, headers)).status).toBe(200);
  });

  test('[IDN-3] a cookie that is there twice is none', async () => {
    const { email } = await world.person();
    const tab = world.tab();
    await tab.signIn(email);
    const mine = tab.cookie ?? '';
    const both = await tab.post(
      '/v1/session/refresh',
      {},
      { Cookie: `__Secure-plinth-refresh=x.y.z; ${mine}` },
    );
    expect(both).toMatchObject(over);
    tab.cookie = `other=1; ${mine}`;
    expect((await refresh(tab)).status).toBe(200);
  });
});

describe('refreshing', () => {
  test('[IDN-3] a refresh gives a new access token of the same session and replaces the cookie', async () => {
    const { email } = await world.person();
    const tab = world.tab();
    const access = await tab.signIn(email);
    const before = tab.cookie;
    const answer = await refresh(tab);
    expect(answer).toMatchObject({
      status: 200,
      body: { sessionId: access.sessionId, endsAt: access.endsAt },
    });
    expect((answer.body as typeof access).accessToken).not.toBe(access.accessToken);
    expect(tab.cookie).not.toBe(before);
    expect((await refresh(tab)).status).toBe(200);
  });

  test('[IDN-3] without a cookie, or with one that nobody was given, there is no session', async () => {
    expect(await refresh(world.tab())).toMatchObject(over);
    const tab = world.tab();
    tab.cookie = '__Secure-plinth-refresh=00000000-0000-4000-8000-000000000000.a.b';
    expect(await refresh(tab)).toMatchObject(over);
    expect(tab.cookie).toBeUndefined();
    expect(world.asked).toEqual({});
  });

  test('[IDN-3] [AUD-3] a cookie that comes twice ends the session everywhere and raises one event', async () => {
    const { sub, email } = await world.person();
    const tab = world.tab();
    await tab.signIn(email);
    const thief = world.tab();
    thief.cookie = tab.cookie;
    expect((await refresh(tab)).status).toBe(200);
    expect(await refresh(thief)).toMatchObject(over);
    expect(thief.cookie).toBeUndefined();
    expect(await refresh(tab)).toMatchObject(over);
    thief.cookie = tab.setCookie;
    expect(await refresh(thief)).toMatchObject(over);
    expect(await events(sub)).toEqual(['login', 'refresh_token_reused']);
    expect(world.asked['/oauth2/revoke']).toBe(1);
  });

  test('[IDN-3] [AUD-3] the thief who is faster gets nothing that lasts', async () => {
    const { sub, email } = await world.person();
    const tab = world.tab();
    await tab.signIn(email);
    const thief = world.tab();
    thief.cookie = tab.cookie;
    expect((await refresh(thief)).status).toBe(200);
    expect(await refresh(tab)).toMatchObject(over);
    expect(await refresh(thief)).toMatchObject(over);
    expect(await events(sub)).toEqual(['login', 'refresh_token_reused']);
  });

  test('[IDN-3] of 10 uses at once one reaches the user pool, at most one is answered, and the session ends', async () => {
    const { sub, email } = await world.person();
    const tab = world.tab();
    await tab.signIn(email);
    const tabs = Array.from({ length: 10 }, () => Object.assign(world.tab(), { cookie: tab.cookie }));
    const answers = await Promise.all(tabs.map(refresh));
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    expect(new Set(answers.map(({ status }) => status))).not.toContain(503);
    expect(world.asked.refresh_token).toBe(1);
    expect((await events(sub)).filter((type) => type === 'refresh_token_reused')).toHaveLength(1);
    for (const each of tabs) expect(await refresh(each)).toMatchObject(over);
  });

  test('[IDN-3] a cookie that is stolen while a refresh is under way ends what that refresh was given', async () => {
    const { email } = await world.person();
    const tab = world.tab();
    await tab.signIn(email);
    const thief = world.tab();
    thief.cookie = tab.cookie;
    let letGo = (): void => undefined;
    world.hold = new Promise<void>((resolve) => (letGo = resolve));
    const slow = refresh(tab);
    while (world.asked.refresh_token !== 1) await new Promise((resolve) => setTimeout(resolve, 5));
    const stolen = refresh(thief);
    while (world.asked['/oauth2/revoke'] !== 1) await new Promise((resolve) => setTimeout(resolve, 5));
    letGo();
    expect(await stolen).toMatchObject(over);
    expect(await slow).toMatchObject(over);
    expect(world.asked['/oauth2/revoke']).toBeGreaterThanOrEqual(1);
    expect(tab.cookie).toBeUndefined();
  });

  test('[IDN-4] a revoked session does not refresh, and its cookie goes', async () => {
    const { sub, email } = await world.person();
    const tab = world.tab();
    const { sessionId } = await tab.signIn(email);
    await revokeSession(formatId('user', sub), sessionId as never, at());
    expect(await refresh(tab)).toMatchObject(over);
    expect(tab.cookie).toBeUndefined();
    expect(world.asked.refresh_token).toBeUndefined();
    expect(world.asked['/oauth2/revoke']).toBe(1);
  });

  test('[IDN-4] a refresh is no activity: a session that is idle does not refresh', async () => {
    const { sub, email } = await world.person();
    const tab = world.tab();
    const { sessionId } = await tab.signIn(email);
    await moveIdleEnd(sub, sessionId, Math.floor(Date.now() / 1000) + 2);
    expect((await refresh(tab)).status).toBe(200);
    await moveIdleEnd(sub, sessionId, Math.floor(Date.now() / 1000) - 1);
    expect(await refresh(tab)).toMatchObject(over);
  });

  test('[IDN-3] while the user pool does not answer the session lives on, with its new cookie', async () => {
    const { email } = await world.person();
    const tab = world.tab();
    await tab.signIn(email);
    const before = tab.cookie;
    world.online = false;
    expect(await refresh(tab)).toMatchObject({ status: 503 });
    expect(tab.cookie).not.toBe(before);
    world.online = true;
    expect((await refresh(tab)).status).toBe(200);
  });

  test('[IDN-3] somebody whose account was disabled does not refresh', async () => {
    const { email } = await world.person();
    const tab = world.tab();
    await tab.signIn(email);
    await world.pool.call('AdminDisableUser', { UserPoolId: 'us-east-1_plinthlocal', Username: email });
    expect(await refresh(tab)).toMatchObject(over);
    expect(tab.cookie).toBeUndefined();
  });
});

describe('signing out', () => {
  test('[IDN-3] the session ends here and at the user pool, and the browser learns where to go', async () => {
    const { email } = await world.person();
    const tab = world.tab();
    await tab.signIn(email);
    const kept = tab.cookie;
    const answer = await tab.post('/v1/session/end');
    expect(answer.status).toBe(200);
    const { logoutUrl } = answer.body as { logoutUrl: string };
    expect(new URL(logoutUrl).pathname).toBe('/logout');
    expect(new URL(logoutUrl).searchParams.get('logout_uri')).toBe(`${console}/`);
    expect(tab.setCookie).toMatch(/^__Secure-plinth-refresh=; Max-Age=0; Path=\/v1\/session;/);
    expect(world.asked['/oauth2/revoke']).toBe(1);
    tab.cookie = kept;
    expect(await refresh(tab)).toMatchObject(over);
  });

  test('[IDN-3] signing out twice, or without a session, is no mistake', async () => {
    const tab = world.tab();
    expect((await tab.post('/v1/session/end')).status).toBe(200);
    tab.cookie = '__Secure-plinth-refresh=nonsense';
    expect((await tab.post('/v1/session/end')).status).toBe(200);
    expect(tab.cookie).toBeUndefined();
  });
});

/** Moves the end of a session's idle time, as time would. */
async function moveIdleEnd(sub: string, sessionId: string, epochSeconds: number): Promise<void> {
  const { UpdateItemCommand } = await import('#shared/config/aws/dynamodb.ts');
  const { gateClient } = await import('#shared/limits/gate-client.ts');
  const { sessionAttributes } = await import('#shared/limits/session-attributes.ts');
  const { gateKeys } = await import('#shared/limits/keys.ts');
  const client = await gateClient();
  await client.send(
    new UpdateItemCommand({
      TableName: 'gate',
      Key: { pk: { S: gateKeys.user(formatId('user', sub)) } },
      UpdateExpression: 'SET #s = :s',
      ExpressionAttributeNames: { '#s': sessionAttributes(sessionId as never).idle },
      ExpressionAttributeValues: { ':s': { N: String(epochSeconds) } },
    }),
  );
}
