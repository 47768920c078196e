/** Refresh tokens: rotation, reuse, revocation, and how they are kept. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signInHosted, tokenRequest } from './browser.ts';
import { PASSWORD, startPool } from './pool.ts';
import type { TestPool } from './pool.ts';

let pool: TestPool;
beforeAll(async () => {
  pool = await startPool();
});
afterAll(async () => {
  await pool.stop();
});

describe('refresh tokens', () => {
  const refresh = (token: string) =>
    tokenRequest(pool.loginUrl, { grant_type: 'refresh_token', refresh_token: token });

  test('[IDN-1] using an old refresh token again ends the whole family', async () => {
    await pool.addUser('family@example.com');
    const first = await signInHosted(pool.loginUrl, 'family@example.com', PASSWORD);
    const other = await signInHosted(pool.loginUrl, 'family@example.com', PASSWORD);
    const second = await refresh(first.refresh_token);
    expect(second.status).toBe(200);
    expect(await refresh(first.refresh_token)).toMatchObject({ status: 400, error: 'invalid_grant' });
    expect(await refresh(second.refresh_token)).toMatchObject({ status: 400, error: 'invalid_grant' });
    const userInfo = await fetch(`${pool.loginUrl}/oauth2/userInfo`, {
      headers: { authorization: `Bearer ${second.access_token}` },
    });
    expect(userInfo.status).toBe(401);
    // A sign-in elsewhere is another family.
    expect((await refresh(other.refresh_token)).status).toBe(200);
  });

  test('of several uses at the same moment at most one succeeds', async () => {
    await pool.addUser('race@example.com');
    const { refresh_token } = await signInHosted(pool.loginUrl, 'race@example.com', PASSWORD);
    const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(refresh_token)));
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
  });

  test('a rotated token does not live longer than the first would have', async () => {
    await pool.addUser('life@example.com');
    const { refresh_token } = await signInHosted(pool.loginUrl, 'life@example.com', PASSWORD);
    const soon = Math.floor(Date.now() / 1000) + 100;
    const rows = `SELECT rowid, payload FROM oidc WHERE model = 'RefreshToken' ORDER BY rowid DESC LIMIT 1`;
    const [row] = pool.sql(rows);
    const payload = JSON.stringify({ ...(JSON.parse(String(row?.payload)) as object), exp: soon });
    pool.sql('UPDATE oidc SET payload = ? WHERE rowid = ?', payload, Number(row?.rowid));
    expect((await refresh(refresh_token)).status).toBe(200);
    expect((JSON.parse(String(pool.sql(rows)[0]?.payload)) as { exp: number }).exp).toBeLessThanOrEqual(
      soon + 1,
    );
  });

  test('without rotation the client keeps its token', async () => {
    await pool.addUser('keeps@example.com');
    const { refresh_token } = await signInHosted(pool.loginUrl, 'keeps@example.com', PASSWORD, {
      client_id: 'plain',
    });
    const again = () =>
      tokenRequest(pool.loginUrl, { grant_type: 'refresh_token', refresh_token, client_id: 'plain' });
    expect(await again()).not.toHaveProperty('refresh_token');
    expect((await again()).status).toBe(200);
  });

  test('[IDN-1] another client cannot use or revoke a refresh token', async () => {
    await pool.addUser('theirs@example.com');
    const { refresh_token } = await signInHosted(pool.loginUrl, 'theirs@example.com', PASSWORD);
    const body = { refresh_token, token: refresh_token, client_id: 'plain' };
    expect(await tokenRequest(pool.loginUrl, { ...body, grant_type: 'refresh_token' })).toMatchObject({
      error: 'invalid_grant',
    });
    await fetch(`${pool.loginUrl}/oauth2/revoke`, { method: 'POST', body: new URLSearchParams(body) });
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  test('a revoked refresh token is refused, and its access token at the API too', async () => {
    await pool.addUser('revoke@example.com');
    const tokens = await signInHosted(pool.loginUrl, 'revoke@example.com', PASSWORD);
    const revoke = (token: string) =>
      fetch(`${pool.loginUrl}/oauth2/revoke`, {
        method: 'POST',
        body: new URLSearchParams({ client_id: 'console', token }),
      });
    expect((await revoke(tokens.access_token)).status).toBe(400);
    expect((await revoke(tokens.refresh_token)).status).toBe(200);
    expect(await refresh(tokens.refresh_token)).toMatchObject({ error: 'invalid_grant' });
    const userInfo = await fetch(`${pool.loginUrl}/oauth2/userInfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(userInfo.status).toBe(401);
  });

  test('the file holds no refresh token, code or password in the clear', async () => {
    await pool.addUser('clear@example.com');
    const { refresh_token } = await signInHosted(pool.loginUrl, 'clear@example.com', PASSWORD);
    const everything = ['users', 'codes', 'oidc']
      .map((table) => JSON.stringify(pool.sql(`SELECT * FROM ${table}`)))
      .join();
    expect(everything).not.toContain(refresh_token);
    expect(everything).not.toContain(PASSWORD);
  });
});
