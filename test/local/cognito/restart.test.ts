/** What survives a stop and a kill, and what is swept. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { authorization, signInHosted, tokenRequest } from './browser.ts';
import { PASSWORD, startPool } from './pool.ts';

describe('a restart', () => {
  test('keeps users, keys, refresh tokens and the browser’s session', async () => {
    const before = await startPool();
    await before.addUser('ada@example.com');
    const { refresh_token, access_token } = await signInHosted(before.loginUrl, 'ada@example.com', PASSWORD);
    const keys = JSON.stringify(before.jwks());
    const after = await before.restart();
    expect(JSON.stringify(after.jwks())).toBe(keys);
    const userInfo = await fetch(`${after.loginUrl}/oauth2/userInfo`, {
      headers: { authorization: `Bearer ${access_token}` },
    });
    expect(userInfo.status).toBe(200);
    expect((await tokenRequest(after.loginUrl, { grant_type: 'refresh_token', refresh_token })).status).toBe(
      200,
    );
    expect((await signInHosted(after.loginUrl, 'ada@example.com', PASSWORD)).status).toBe(200);
    await after.stop();
  });

  test('a refresh token survives kill -9', async () => {
    const state = mkdtempSync(join(tmpdir(), 'plinth-cognito-'));
    const { child, loginUrl } = await startElsewhere(state);
    const { refresh_token } = await signInHosted(loginUrl, 'killed@example.com', PASSWORD);
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    const pool = await startPool({}, undefined, state);
    expect((await tokenRequest(pool.loginUrl, { grant_type: 'refresh_token', refresh_token })).status).toBe(
      200,
    );
    await pool.stop();
  });

  test('expired rows are swept', async () => {
    const before = await startPool();
    await before.addUser('ada@example.com');
    await signInHosted(before.loginUrl, 'ada@example.com', PASSWORD);
    await fetch(before.loginUrl + authorization().url, { redirect: 'manual' });
    before.sql('UPDATE oidc SET expires = 1');
    const after = await before.restart();
    expect(after.sql('SELECT * FROM oidc')).toEqual([]);
    expect(after.sql('SELECT * FROM users')).toHaveLength(1);
    await after.stop();
  });
});

/** A pool in a process of its own, with one user. */
function startElsewhere(state: string): Promise<{ child: ChildProcess; loginUrl: string }> {
  const program = join(import.meta.dirname, 'process.ts');
  const child = spawn(process.execPath, ['--no-warnings', program, state, 'killed@example.com'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The pool ended with ${code}`)));
    child.stdout.once('data', (line: Buffer) => resolve({ child, loginUrl: line.toString().trim() }));
  });
}
