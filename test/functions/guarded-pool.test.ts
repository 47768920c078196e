/** The guard together with the local user pool, which calls it as Cognito does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { handler } from '../../functions/trigger/guard.ts';
import { PASSWORD, startPool, type TestPool } from '../local/cognito/pool.ts';
import { answerSqs, startGateTable } from './guarding.ts';

let table: Awaited<ReturnType<typeof startGateTable>>;
let pool: TestPool;

beforeAll(async () => {
  table = await startGateTable();
});
beforeEach(async () => {
  answerSqs();
  const guard = 'arn:aws:lambda:us-east-1:000000000000:function:guard';
  const names = ['PreAuthentication', 'PostAuthentication', 'PostConfirmation', 'CustomMessage'];
  pool = await startPool({ triggers: Object.fromEntries(names.map((name) => [name, guard])) }, (event) =>
    handler(event as never).then(
      (payload) => ({ ok: true, payload }),
      (error: Error) => ({ ok: false, errorType: error.name, errorMessage: error.message }),
    ),
  );
  await pool.addUser(email);
});
afterEach(() => pool.stop());
afterAll(() => table.stop());

const email = 'ada@example.com';

const signIn = (password: string, name = email) =>
  pool.call('InitiateAuth', {
    ClientId: 'console',
    AuthFlow: 'USER_PASSWORD_AUTH',
    AuthParameters: { USERNAME: name, PASSWORD: password },
  });
const forgot = () => pool.call('ForgotPassword', { ClientId: 'console', Username: email });
const setPassword = (code: string, password: string) =>
  pool.call('ConfirmForgotPassword', {
    ...{ ClientId: 'console', Username: email },
    ...{ ConfirmationCode: code, Password: password },
  });

const wrong = { code: 'NotAuthorizedException', message: 'Incorrect username or password.' };
const refused = (what: string) => ({
  code: 'UserLambdaValidationException',
  message: expect.stringContaining(`Too many ${what}.`),
});

async function failFiveTimes(): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await expect(signIn('a wrong Password 1')).rejects.toMatchObject(wrong);
  }
  // The pool's own lock after the fifth failure takes a second; ours is still there after it.
  await sleep(1_050);
}

describe('a guarded pool', () => {
  test('[IDN-6] after five wrong passwords the right one is refused', async () => {
    await failFiveTimes();
    await expect(signIn(PASSWORD)).rejects.toMatchObject(refused('failed sign-ins'));
  });

  test('[IDN-6] a success in between begins anew', async () => {
    for (let round = 0; round < 3; round += 1) {
      for (let attempt = 0; attempt < 4; attempt += 1)
        await expect(signIn('Wrong 123456')).rejects.toMatchObject(wrong);
      expect(await signIn(PASSWORD)).toHaveProperty('AuthenticationResult');
    }
  });

  test('[IDN-6] whoever reads the mailbox is never locked out: a new password opens', async () => {
    await failFiveTimes();
    await forgot();
    await setPassword(pool.codeFor(email), 'another Good 1 password');
    expect(await signIn('another Good 1 password')).toHaveProperty('AuthenticationResult');
  });

  test('[LIM-1] a fourth reset within the hour is refused, and the last code that was mailed still works', async () => {
    for (let request = 0; request < 3; request += 1) await forgot();
    const code = pool.codeFor(email);
    await expect(forgot()).rejects.toMatchObject(refused('password resets'));
    expect(pool.codeFor(email)).toBe(code);
    await setPassword(code, 'another Good 1 password');
    expect(await signIn('another Good 1 password')).toHaveProperty('AuthenticationResult');
  });

  test('[IDN-6] a name that nobody has is refused in the same words', async () => {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await expect(signIn('Wrong 123456', 'nobody@example.com')).rejects.toMatchObject(wrong);
    }
    await sleep(1_050);
    await expect(signIn('Wrong 123456', 'nobody@example.com')).rejects.toMatchObject(
      refused('failed sign-ins'),
    );
  });
});
