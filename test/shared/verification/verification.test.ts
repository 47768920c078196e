/** One-time codes through the whole chain, on a real database and a real DynamoDB. */
import { randomUUID } from 'node:crypto';
import { SendTextMessageCommand } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { formatId } from '#shared/contract/ids.ts';
import { gateClient } from '#shared/limits/gate-client.ts';
import { identityOps } from '#shared/identity/identity.ops.ts';
import { identity } from '#shared/identity/module.ts';
import { gateKeys } from '#shared/limits/keys.ts';
import { serve } from '#shared/middleware/serve.ts';
import { askForCode, makeCode, verifyCode } from '#shared/verification/code-store.ts';
import { newPerson, type Person } from '../../support/tokens.ts';
import { answerAws, messages, sms, startVerifying, type Verifying } from './verifying.ts';

let it: Verifying;
/** Another one in each test: nobody gets more than five messages a day. */
let phone: string;
let phones = 100;

beforeAll(async () => {
  it = await startVerifying();
});
beforeEach(() => {
  answerAws();
  phones += 1;
  phone = `+447700901${phones}`;
});
afterAll(() => it.stop());

const refused = { status: 422, body: { code: 'verification.code_refused' } };
const tooMany = (policy: string) => ({
  status: 429,
  body: { code: 'limit.rate', policy },
  headers: { 'retry-after': expect.stringMatching(/^\d+$/) },
});

/** Somebody to whose phone a code was sent. */
async function someoneWithCode(): Promise<{ person: Person; code: string; wrong: string }> {
  const person = newPerson();
  expect(await it.send(person, 'sms', phone)).toMatchObject({ status: 202 });
  await it.deliver();
  const code = it.codeOf(phone);
  return { person, code, wrong: code === '000000' ? '111111' : '000000' };
}

const eventsOf = async ({ sub }: Person): Promise<unknown[]> => {
  const { rows } = await it.database.admin.query<{ type: string; subject: string }>(
    'select type, subject from app.security_events where user_id = $1 order by occurred_at',
    [sub],
  );
  return rows.map(({ type, subject }) => [type, subject]);
};

describe('proving an address', () => {
  test.each([
    ['sms', '+44 7700 900124', '+447700900124', 'phone'],
    ['whatsapp', '+447700900125', '+447700900125', 'phone'],
    ['email', 'Ada@Example.com', 'ada@example.com', 'email'],
  ])('[IDN-7] by %s', async (channel, given, address, kind) => {
    const person = newPerson();
    const asked = await it.send(person, channel, given);
    expect(asked).toMatchObject({ status: 202, body: { channel, address, validMinutes: 30 } });
    await it.deliver();
    const answer = await it.verify(person, it.codeOf(address), { channel });
    expect(answer).toMatchObject({ status: 200, body: { kind, address, channel } });
  });

  test('[IDN-7] the profile shows the verified number, and the newest one', async () => {
    const profile = async (who: Person) =>
      it.call(serve(identity, identityOps), {
        method: 'GET',
        path: '/v1/me',
        token: await it.pool.token(who),
      });
    const { person, code } = await someoneWithCode();
    expect(await profile(person)).toMatchObject({ body: { phone: null } });
    await it.verify(person, code);
    expect(await profile(person)).toMatchObject({
      body: { phone: { number: phone, verifiedAt: expect.any(String) } },
    });
    await it.send(person, 'whatsapp', '+447700900999');
    await it.deliver();
    await it.verify(person, it.codeOf('+447700900999'));
    expect(await profile(person)).toMatchObject({ body: { phone: { number: '+447700900999' } } });
    expect(await profile(newPerson())).toMatchObject({ body: { phone: null } });
  });

  test('[IDN-7] what is no address of the channel costs no send', async () => {
    const person = newPerson();
    for (let attempt = 0; attempt < 4; attempt += 1) {
      expect(await it.send(person, 'sms', 'ada@example.com')).toMatchObject({
        status: 400,
        body: { errors: [{ path: 'body.address' }] },
      });
    }
    expect(await it.send(person, 'sms', phone)).toMatchObject({ status: 202 });
  });
});

describe('what is kept of a code', () => {
  test('[IDN-7] neither queue nor store holds the code, and the queue not the address either', async () => {
    const person = newPerson();
    await it.send(person, 'sms', phone);
    const payloads = (await it.deliver()).payloads.filter((payload) => payload.includes(person.sub));
    const code = it.codeOf(phone);
    expect(payloads).toHaveLength(1);
    expect(payloads.join()).not.toContain(code);
    expect(payloads.join()).not.toContain(phone);
    const client = await gateClient();
    const { Item } = await client.send(
      new GetItemCommand({
        TableName: 'gate',
        Key: { pk: { S: gateKeys.codes(formatId('user', person.sub)) } },
      }),
    );
    expect(JSON.stringify(Item)).toContain('hash');
    expect(JSON.stringify(Item).replaceAll(/[0-9a-f-]{36}|[0-9a-f]{64}/g, '')).not.toContain(`${code}"`);
  });

  test('[IDN-7] a message that could not be sent is tried again, with a code of its own', async () => {
    const person = newPerson();
    await it.send(person, 'sms', phone);
    const { rows } = await it.database.admin.query<{ payload: unknown }>(
      "select * from app.outbox where type = 'verification.sendCode'",
    );
    sms.on(SendTextMessageCommand).rejectsOnce(new Error('throttled')).resolves({});
    expect((await it.deliver()).failures).toBe(1);
    const lost = it.codeOf(phone);
    await it.database.admin.query(
      "insert into app.outbox (id, kind, type, payload) values ($1, 'job', $2, $3)",
      [randomUUID(), 'verification.sendCode', JSON.stringify(rows[0]?.payload)],
    );
    expect((await it.deliver()).failures).toBe(0);
    const sent = it.codeOf(phone);
    if (lost !== sent) expect(await it.verify(person, lost)).toMatchObject(refused);
    expect(await it.verify(person, sent)).toMatchObject({ status: 200 });
  });
});

describe('refusals', () => {
  test('[IDN-7] wrong, used, older, expired, of another person, none at all: the same answer', async () => {
    const { person, code, wrong } = await someoneWithCode();
    const answers = [await it.verify(person, wrong), await it.verify(newPerson(), code)];
    expect(await it.verify(person, code, { channel: 'whatsapp' })).toMatchObject(refused);
    expect(await it.verify(person, code)).toMatchObject({ status: 200 });
    answers.push(await it.verify(person, code), await it.verify(newPerson(), '123456'));

    const other = await someoneWithCode();
    await it.send(other.person, 'sms', phone);
    answers.push(await it.verify(other.person, other.code));
    await it.deliver();
    if (it.codeOf(phone) !== other.code) answers.push(await it.verify(other.person, other.code));

    const bodies = answers.map(({ status, body }) => ({ status, ...(body as object), instance: '' }));
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
    expect(answers[0]).toMatchObject(refused);
  });

  test('[IDN-7] a code is dead thirty minutes after it was sent', async () => {
    const user = formatId('user', randomUUID());
    const at = (minutes: number) => {
      const now = new Date(Date.now() + minutes * 60_000);
      return { now, deadlineMs: Date.now() + 5_000 };
    };
    const asked = await askForCode(user, { channel: 'sms', address: phone }, at(0));
    if (!('id' in asked)) throw new Error('there is room for a first code');
    const made = await makeCode(user, asked.id, at(1));
    const guess = { code: made?.code ?? '', channel: undefined };
    expect(await verifyCode(user, guess, at(31))).toEqual({ wrong: true });
    expect(await verifyCode(user, guess, at(30))).toMatchObject({
      right: { channel: 'sms', address: phone },
    });
  });

  test('[IDN-7, LIM-1] a fourth send within the hour is refused, and is one security event', async () => {
    const person = newPerson();
    for (let sent = 0; sent < 3; sent += 1) {
      expect(await it.send(person, 'sms', phone)).toMatchObject({ status: 202 });
    }
    for (let more = 0; more < 3; more += 1) {
      expect(await it.send(person, 'sms', phone)).toMatchObject(tooMany('code-sends'));
    }
    await it.deliver();
    // The two older ones are dead before they are sent.
    expect(messages()).toHaveLength(1);
    expect(await eventsOf(person)).toEqual([['otp_abuse', 'code-sends']]);
  });

  test('[IDN-7, LIM-1] a sixth verify is refused though it is right, and a new code does not help', async () => {
    const { person, code, wrong } = await someoneWithCode();
    for (let guess = 0; guess < 5; guess += 1) expect(await it.verify(person, wrong)).toMatchObject(refused);
    expect(await it.verify(person, code)).toMatchObject(tooMany('code-verifies'));
    expect(await it.send(person, 'sms', phone)).toMatchObject(tooMany('code-sends'));
    expect(await it.verify(person, code)).toMatchObject(tooMany('code-verifies'));
    expect((await eventsOf(person)).toSorted()).toEqual([
      ['otp_abuse', 'code-sends'],
      ['otp_abuse', 'code-verifies'],
    ]);
  });

  test('[IDN-7] a use that was rolled back used nothing', async () => {
    const { person, code } = await someoneWithCode();
    // The transaction fails at its commit, after the code was found right.
    await it.database.admin.query(failingCommits(person));
    expect(await it.verify(person, code)).toMatchObject({ status: 500 });
    await it.database.admin.query('drop trigger fails on app.verified_addresses');
    expect(await it.verify(person, code)).toMatchObject({ status: 200 });
    expect(await it.verify(person, code)).toMatchObject(refused);
  });

  test('[IDN-7] another person’s guesses cost this person nothing', async () => {
    const { person, code, wrong } = await someoneWithCode();
    const stranger = newPerson();
    for (let guess = 0; guess < 6; guess += 1) await it.verify(stranger, wrong);
    expect(await it.verify(person, code)).toMatchObject({ status: 200 });
  });

  test('[IDN-7, OPS-7] without DynamoDB nothing is sent and nothing verified', async () => {
    const { person, code } = await someoneWithCode();
    await it.withoutDynamoDb(async () => {
      expect(await it.verify(person, code)).toMatchObject({ status: 503 });
      expect(await it.send(person, 'sms', phone)).toMatchObject({ status: 503 });
    });
    expect((await it.deliver()).payloads).toEqual([]);
  });
});

describe('at once', () => {
  test('[IDN-7] of fifty uses of one right code exactly one succeeds', async () => {
    const { person, code } = await someoneWithCode();
    const answers = await Promise.all(Array.from({ length: 50 }, () => it.verify(person, code)));
    const count = (status: number) => answers.filter((answer) => answer.status === status).length;
    expect(count(200)).toBe(1);
    // The budget of five is kept as well.
    expect(count(422)).toBeLessThanOrEqual(4);
    expect(count(200) + count(422) + count(429) + count(503)).toBe(50);
  });

  test('[IDN-7] of thirty sends at once three are taken', async () => {
    const person = newPerson();
    const answers = await Promise.all(Array.from({ length: 30 }, () => it.send(person, 'sms', phone)));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(3);
    await it.deliver();
    expect(messages()).toHaveLength(1);
  });
});

describe('idempotency', () => {
  test('[API-1, IDN-7] a repeated send is counted and sent once', async () => {
    const person = newPerson();
    const headers = { 'Idempotency-Key': randomUUID() };
    for (let call = 0; call < 5; call += 1) {
      expect(await it.send(person, 'sms', phone, headers)).toMatchObject({ status: 202 });
    }
    await it.deliver();
    expect(messages()).toHaveLength(1);
  });
});

/** A database whose commits fail for one person's verified address. */
function failingCommits({ sub }: Person): string {
  return `
    create or replace function app.fail_commit() returns trigger language plpgsql
      as $$ begin raise exception 'failed on purpose'; end $$;
    create constraint trigger fails after insert or update on app.verified_addresses deferrable initially deferred
      for each row when (new.user_id = '${sub}') execute function app.fail_commit()`;
}
