/** The trigger that guards signing in, on a real DynamoDB, called as Cognito calls it. */
import { randomUUID } from 'node:crypto';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { handler } from '../../functions/trigger/guard.ts';
import { answerSqs, sqs, startGateTable } from './guarding.ts';

let table: Awaited<ReturnType<typeof startGateTable>>;

beforeAll(async () => {
  table = await startGateTable();
});
beforeEach(answerSqs);
afterAll(() => table.stop());

type Name = { userName: string; sub?: string };

const somebody = (): Name => {
  const sub = randomUUID();
  return { userName: sub, sub };
};

const call = (triggerSource: string, { userName, sub }: Name): Promise<unknown> =>
  handler({
    ...{ version: '1', triggerSource, region: 'us-east-1', userPoolId: 'us-east-1_test', userName },
    callerContext: { awsSdkVersion: '3', clientId: 'console' },
    request: { userAttributes: sub === undefined ? {} : { sub } },
    response: {},
  } as unknown as Parameters<typeof handler>[0]);

const attempt = (name: Name) => call('PreAuthentication_Authentication', name);
const succeed = (name: Name) => call('PostAuthentication_Authentication', name);
const reset = (name: Name) => call('CustomMessage_ForgotPassword', name);
const confirmReset = (name: Name) => call('PostConfirmation_ConfirmForgotPassword', name);

/** How a number of calls ended, one after the other. */
async function outcomes(count: number, one: () => Promise<unknown>): Promise<string[]> {
  const all: string[] = [];
  for (let index = 0; index < count; index += 1) {
    all.push(
      await one().then(
        () => 'allowed',
        (error: Error) => error.message,
      ),
    );
  }
  return all;
}

const signals = (): object[] =>
  sqs
    .commandCalls(SendMessageCommand)
    .map(({ args: [{ input }] }) => JSON.parse(input.MessageBody ?? '') as { type: string; payload: object })
    .map(({ payload }) => payload);

const allowed = (count: number) => Array.from({ length: count }, () => 'allowed');
const locked = 'Too many failed sign-ins. Please wait 15 minutes.';

describe('signing in', () => {
  test('[IDN-6] after five failures the sixth attempt is refused, whatever its password', async () => {
    const name = somebody();
    expect(await outcomes(7, () => attempt(name))).toEqual([...allowed(5), locked, locked]);
  });

  test('[IDN-6] of fifty attempts at once five get to the password', async () => {
    const name = somebody();
    const all = await Promise.allSettled(Array.from({ length: 50 }, () => attempt(name)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  });

  test('[IDN-6] a success begins anew', async () => {
    const name = somebody();
    await outcomes(5, () => attempt(name));
    await succeed(name);
    expect(await outcomes(6, () => attempt(name))).toEqual([...allowed(5), locked]);
  });

  test('[IDN-6] a new password, set with the code from the mailbox, opens what a stranger has locked', async () => {
    const name = somebody();
    await outcomes(6, () => attempt(name));
    await reset(name);
    await confirmReset(name);
    expect(await outcomes(1, () => attempt(name))).toEqual(['allowed']);
  });

  test('[IDN-6] a name that nobody has is locked alike, in whatever case it is written', async () => {
    const userName = `Nobody-${randomUUID()}@example.com`;
    expect(await outcomes(5, () => attempt({ userName }))).toEqual(allowed(5));
    expect(await outcomes(1, () => attempt({ userName: userName.toLowerCase() }))).toEqual([locked]);
    expect(JSON.stringify(signals()).toLowerCase()).not.toContain('nobody');
  });

  test('[IDN-6] one name’s failures lock no other', async () => {
    await outcomes(6, () => attempt(somebody()));
    expect(await outcomes(1, () => attempt(somebody()))).toEqual(['allowed']);
  });
});

describe('password resets', () => {
  test('[LIM-1] a fourth within the hour is refused', async () => {
    const name = somebody();
    expect(await outcomes(4, () => reset(name))).toEqual([
      ...allowed(3),
      'Too many password resets. Please wait 60 minutes.',
    ]);
  });

  test('[LIM-1] other messages and confirmations are not counted', async () => {
    const name = somebody();
    for (const source of [
      'CustomMessage_SignUp',
      'CustomMessage_ResendCode',
      'PostConfirmation_ConfirmSignUp',
    ]) {
      expect(await outcomes(6, () => call(source, name))).toEqual(allowed(6));
    }
  });
});

describe('signals', () => {
  test('[IDN-6, AUD-3] a lock, a success after failures and too many resets are told once each', async () => {
    const name = somebody();
    await outcomes(9, () => attempt(name));
    await succeed(name);
    await outcomes(6, () => reset(name));
    const userId = `usr_${name.sub}`;
    expect(signals()).toMatchObject([
      { type: 'lockout', subject: 'sign_in', userId, detail: { failures: 5, minutes: 15 } },
      { type: 'login_failed', subject: 'sign_in', userId, detail: { failures: 4 } },
      { type: 'limit_exceeded', subject: 'password_reset', userId },
    ]);
  });

  test('[IDN-6] a signal that cannot be sent neither opens nor locks anything', async () => {
    sqs.on(SendMessageCommand).rejects(new Error('no queue'));
    const name = somebody();
    expect(await outcomes(6, () => attempt(name))).toEqual([...allowed(5), locked]);
  });

  test('[IDN-6] a few typing errors are not worth telling', async () => {
    const name = somebody();
    await outcomes(3, () => attempt(name));
    await succeed(name);
    expect(signals()).toEqual([]);
  });
});

test('[IDN-6, OPS-7] while failures cannot be counted nobody gets to the password', async () => {
  process.kill(table.pid, 'SIGSTOP');
  try {
    expect(await outcomes(1, () => attempt(somebody()))).toEqual([
      'Signing in is not possible at the moment. Please try again.',
    ]);
  } finally {
    process.kill(table.pid, 'SIGCONT');
  }
});
