/** The hosted flow over real HTTP: sign-up to log-out, and everything it must refuse. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { authorization, browser, exchange, signInHosted, tokenRequest } from './browser.ts';
import { PASSWORD, POOL_ID, startPool } from './pool.ts';
import type { TestPool } from './pool.ts';

let pool: TestPool;
beforeAll(async () => {
  pool = await startPool();
});
afterAll(async () => {
  await pool.stop();
});

describe('from sign-up to log-out', () => {
  test('[IDN-1] a person signs up, confirms the address, signs in, refreshes and signs out', async () => {
    const visitor = browser(pool.loginUrl);
    const request = authorization();
    const signIn = await visitor.open(request.url);
    expect(signIn.text).toContain('<h1>Sign in</h1>');

    const signUp = await visitor.open(`${new URL(signIn.url).pathname}/signup`);
    const confirm = await visitor.submit(signUp, {
      name: 'Ada',
      email: 'Ada@Example.com',
      password: PASSWORD,
    });
    expect(confirm.text).toContain('ada@example.com');
    const back = await visitor.submit(confirm, { code: pool.codeFor('ada@example.com') });
    expect(back.text).toContain('Your e-mail address is confirmed');

    const done = await visitor.submit(back, { email: 'ada@example.com', password: PASSWORD });
    const callback = new URL(done.location ?? '');
    expect(callback.origin + callback.pathname).toBe('http://localhost:5173/callback');
    expect(callback.searchParams.get('state')).toBe('state-1');

    const tokens = await exchange(pool.loginUrl, callback.searchParams.get('code') ?? '', request);
    expect(tokens).toMatchObject({ status: 200, expires_in: 300, token_type: 'Bearer' });
    const userInfo = await fetch(`${pool.loginUrl}/oauth2/userInfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(await userInfo.json()).toMatchObject({
      email: 'ada@example.com',
      email_verified: 'true',
      name: 'Ada',
    });

    const refreshed = await tokenRequest(pool.loginUrl, {
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token,
    });
    expect(refreshed.status).toBe(200);
    expect(refreshed.refresh_token).not.toBe(tokens.refresh_token);

    // While the browser's session lasts, the next request needs no form.
    expect((await visitor.open(authorization().url)).location).toContain('code=');
    const left = await visitor.open('/logout?client_id=console&logout_uri=http://localhost:5173/goodbye');
    expect(left.location).toBe('http://localhost:5173/goodbye');
    expect((await visitor.open(authorization().url)).text).toContain('<h1>Sign in</h1>');
  });

  test('the entry pages of the login domain lead into the same request', async () => {
    const { url } = authorization();
    const visitor = browser(pool.loginUrl);
    expect((await visitor.open(url.replace('/oauth2/authorize', '/signup'))).text).toContain(
      '<h1>Create an account</h1>',
    );
    expect((await visitor.open(url.replace('/oauth2/authorize', '/login'))).text).toContain(
      '<h1>Sign in</h1>',
    );
  });

  test('the browser stays signed in for an hour from the sign-in, however often it is used', async () => {
    await pool.addUser('hour@example.com');
    const { visitor } = await signInHosted(pool.loginUrl, 'hour@example.com', PASSWORD);
    const rows =
      "SELECT rowid, payload, expires FROM oidc WHERE model = 'Session' ORDER BY rowid DESC LIMIT 1";
    const [row] = pool.sql(rows);
    const payload = JSON.parse(String(row?.payload)) as { loginTs: number };
    pool.sql(
      'UPDATE oidc SET payload = ? WHERE rowid = ?',
      JSON.stringify({ ...payload, loginTs: payload.loginTs - 3000 }),
      Number(row?.rowid),
    );
    expect((await visitor.open(authorization().url)).location).toContain('code=');
    expect(Number(pool.sql(rows)[0]?.expires) - Date.now()).toBeLessThan(700_000);
  });

  test('another user may sign in after a prompt, and inherits nothing', async () => {
    await pool.addUser('first@example.com');
    const second = await pool.addUser('second@example.com');
    const { visitor } = await signInHosted(pool.loginUrl, 'first@example.com', PASSWORD);
    const request = authorization({ prompt: 'login' });
    const done = await visitor.submit(await visitor.open(request.url), {
      email: 'second@example.com',
      password: PASSWORD,
    });
    const tokens = await exchange(
      pool.loginUrl,
      new URL(done.location ?? '').searchParams.get('code') ?? '',
      request,
    );
    const [, payload = ''] = tokens.id_token.split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ sub: second });
  });
});

describe('authorization requests', () => {
  test.each([
    ['without PKCE', { code_challenge: null, code_challenge_method: null }, 'invalid_request'],
    ['with plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['for a scope the client does not have', { scope: 'openid phone' }, 'invalid_scope'],
    ['for a token in the fragment', { response_type: 'token' }, 'unsupported_response_type'],
  ])('[IDN-1] a request %s is refused', async (_title, overrides, error) => {
    const page = await browser(pool.loginUrl).open(authorization(overrides).url);
    expect(
      new URL(page.location?.replace('#', '?') ?? 'about:blank').searchParams.get('error') ?? page.text,
    ).toContain(error);
  });

  test.each([
    'https://evil.example.com/callback',
    'http://localhost:5173/other',
    'http://localhost.evil.example.com:5173/callback',
    'http://localhost:5173@evil.example.com/callback',
    'https://app.example.com:8443/callback',
  ])('[IDN-1] the unregistered callback %s is never redirected to', async (redirect_uri) => {
    const page = await browser(pool.loginUrl).open(authorization({ redirect_uri }).url);
    expect(page.status).toBe(400);
    expect(page.location).toBeUndefined();
  });

  test('a request without scopes gets all of the client’s', async () => {
    await pool.addUser('scopes@example.com');
    const visitor = browser(pool.loginUrl);
    const request = authorization({ scope: null });
    const done = await visitor.submit(await visitor.open(request.url), {
      email: 'scopes@example.com',
      password: PASSWORD,
    });
    const tokens = await exchange(
      pool.loginUrl,
      new URL(done.location ?? '').searchParams.get('code') ?? '',
      request,
    );
    const [, payload = ''] = tokens.access_token.split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      scope: 'openid email profile',
    });
  });

  test('a registered loopback callback may come on another port', async () => {
    await pool.addUser('port@example.com');
    const redirect_uri = 'http://localhost:49321/callback';
    expect((await signInHosted(pool.loginUrl, 'port@example.com', PASSWORD, { redirect_uri })).status).toBe(
      200,
    );
  });

  test('[IDN-1] a code is worth nothing with the wrong verifier, without one, or twice', async () => {
    await pool.addUser('pkce@example.com');
    const visitor = browser(pool.loginUrl);
    const request = authorization();
    const done = await visitor.submit(await visitor.open(request.url), {
      email: 'pkce@example.com',
      password: PASSWORD,
    });
    const code = new URL(done.location ?? '').searchParams.get('code') ?? '';
    const wrong = await exchange(pool.loginUrl, code, authorization());
    expect(wrong).toMatchObject({ status: 400, error: 'invalid_grant' });
    const { verifier: _verifier, ...without } = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: 'http://localhost:5173/callback',
      verifier: '',
    };
    expect(await tokenRequest(pool.loginUrl, without)).toMatchObject({ status: 400, error: 'invalid_grant' });
    const first = await exchange(pool.loginUrl, code, request);
    expect(first.status).toBe(200);
    expect(await exchange(pool.loginUrl, code, request)).toMatchObject({
      status: 400,
      error: 'invalid_grant',
    });
    // A code used twice was stolen by one of the two: what the first got ends as well.
    const refreshed = await tokenRequest(pool.loginUrl, {
      grant_type: 'refresh_token',
      refresh_token: first.refresh_token,
    });
    expect(refreshed).toMatchObject({ status: 400, error: 'invalid_grant' });
  });
});

describe('browsers and origins', () => {
  test('a page calls the token endpoint from a registered origin, not from another', async () => {
    const call = (origin: string) =>
      fetch(`${pool.loginUrl}/oauth2/token`, {
        method: 'POST',
        headers: { origin },
        body: new URLSearchParams({ client_id: 'console', grant_type: 'refresh_token', refresh_token: 'x' }),
      });
    expect((await call('http://localhost:5199')).headers.get('access-control-allow-origin')).toBe(
      'http://localhost:5199',
    );
    const refused = await call('https://evil.example.com');
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    expect(await refused.json()).toMatchObject({ error: 'invalid_request' });
  });

  test('log-out leads only to a registered address', async () => {
    for (const query of [
      'client_id=console&logout_uri=https://evil.example.com',
      'client_id=nobody&logout_uri=http://localhost:5173/goodbye',
      '',
    ]) {
      const page = await browser(pool.loginUrl).open(`/logout?${query}`);
      expect([page.status, page.location]).toEqual([400, undefined]);
    }
    const page = await browser(pool.loginUrl).open(
      '/logout?client_id=console&logout_uri=http://localhost:5199/goodbye',
    );
    expect(page.location).toBe('http://localhost:5199/goodbye');
  });

  test('[IDN-6] a disabled user is signed out of the browser as well', async () => {
    await pool.addUser('gone@example.com');
    const { visitor, refresh_token } = await signInHosted(pool.loginUrl, 'gone@example.com', PASSWORD);
    await pool.call('AdminDisableUser', { UserPoolId: POOL_ID, Username: 'gone@example.com' });
    expect((await visitor.open(authorization().url)).text).toContain('<h1>Sign in</h1>');
    expect(await tokenRequest(pool.loginUrl, { grant_type: 'refresh_token', refresh_token })).toMatchObject({
      error: 'invalid_grant',
    });
  });
});
