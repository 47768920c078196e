/** Messages to people: counted by recipient, by channel and in all, on a real table, and refused past each. */
import { randomUUID } from 'node:crypto';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { handler as invitations } from '../../../functions/http/members.ts';
import { handler as codes } from '../../../functions/http/verification.ts';
import { handler as alerts } from '../../../functions/queue/usage.ts';
import { newId } from '#shared/contract/ids.ts';
import {
  giveBackMessage,
  type MessageTo,
  takeMessage,
  takePersonalMessage,
} from '#shared/limits/channels.ts';
import { gateClient } from '#shared/limits/gate-client.ts';
import { type MeterUsage, readUsage } from '#shared/limits/usage.ts';
import type { TenantFacts } from '#shared/tenancy/entry.ts';
import { type Answer, type Chain, startChain } from '#test/support/chain.ts';
import { newPerson, type Person } from '#test/support/tokens.ts';
import { type Founded, foundTenant } from '#test/shared/db/tenants.ts';

let chain: Chain;
const ses = mockClient(SESv2Client);

beforeAll(async () => {
  Object.assign(process.env, {
    MAIL_FROM: 'no-reply@example.com',
    CONSOLE_URL: 'https://console.example.com',
  });
  chain = await startChain();
});
beforeEach(() => {
  ses.reset();
  ses.on(SendEmailCommand).resolves({ MessageId: 'sent' });
});
afterAll(() => chain.stop());

const morning = new Date('2026-11-21T06:00:00Z');
const at = (now = morning) => ({ now, deadlineMs: Date.now() + 10_000 });
const someone = (channel: MessageTo['channel'] = 'email'): MessageTo => ({
  ...{ channel, address: `${randomUUID()}@example.com` },
});

type Overrides = TenantFacts['settings']['overrides'];

function tenantWith(overrides: Partial<Overrides> = {}, timeZone = 'UTC'): TenantFacts {
  return {
    ...{ id: newId('tenant'), slug: 'acme', plan: 'basic', region: 'us', status: 'active', version: 1 },
    settings: {
      ...{ timeZone, environment: {}, flags: {}, switchedOff: [] },
      overrides: { rates: {}, usage: {}, capabilities: {}, flags: {}, ...overrides },
    },
    routing: { exceptions: [], tenant: [], preferred: { own: null, tenant: null } },
  };
}

const sentBy = async (tenant: TenantFacts, now = morning): Promise<MeterUsage | undefined> =>
  (await readUsage(tenant, at(now))).find(({ meter, window }) => meter === 'messages' && window === 'day');

/** How many of so many at once were counted, and what the others were refused with. */
async function atOnce(count: number, take: () => Promise<unknown>) {
  const outcomes = await Promise.allSettled(Array.from({ length: count }, take));
  const refused = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as { problem: object; detail: { policy: string } }] : [],
  );
  return {
    taken: count - refused.length,
    policies: [...new Set(refused.map(({ detail }) => detail.policy))],
  };
}

const refusal = (policy: string, code = 'limit.rate') => ({
  problem: { code, status: 429 },
  detail: { policy, headers: { 'retry-after': expect.stringMatching(/^\d+$/) } },
});

describe('[LIM-1] one recipient', () => {
  test('gets five a day of a tenant, of forty at once as well, and what is refused costs the tenant nothing', async () => {
    const [tenant, to] = [tenantWith(), someone()];
    expect(await atOnce(40, () => takeMessage(tenant, to, at()))).toEqual({
      ...{ taken: 5, policies: ['messages-recipient-day'] },
    });
    expect(await sentBy(tenant)).toMatchObject({ used: 5, limit: 1_000 });
    await expect(takeMessage(tenant, to, at())).rejects.toMatchObject(refusal('messages-recipient-day'));
  });

  test('is one person on all channels, and another one to another tenant', async () => {
    const [tenant, to] = [tenantWith(), { ...someone('sms'), address: '+447700900200' }];
    for (const channel of ['sms', 'whatsapp', 'sms', 'whatsapp', 'sms'] as const) {
      await takeMessage(tenant, { ...to, channel }, at());
    }
    const sixth = takeMessage(tenant, { ...to, channel: 'whatsapp' }, at());
    await expect(sixth).rejects.toMatchObject(refusal('messages-recipient-day'));
    await takeMessage(tenantWith(), to, at());
  });

  test('gets five more when the day of the tenant’s time zone is over', async () => {
    const [tenant, to] = [tenantWith({}, 'America/New_York'), someone()];
    const evening = new Date('2026-11-22T04:59:59Z');
    for (let turn = 0; turn < 5; turn += 1) await takeMessage(tenant, to, at());
    await expect(takeMessage(tenant, to, at(evening))).rejects.toMatchObject({
      ...{ detail: { headers: { 'retry-after': '1' } } },
    });
    await takeMessage(tenant, to, at(new Date('2026-11-22T05:00:00Z')));
  });

  test('has room again for what was not sent', async () => {
    const [tenant, to] = [tenantWith(), someone()];
    const taken = [];
    for (let turn = 0; turn < 5; turn += 1) taken.push(await takeMessage(tenant, to, at()));
    await giveBackMessage(taken[0]?.receipts ?? [], Date.now() + 2_000);
    expect(await sentBy(tenant)).toMatchObject({ used: 4 });
    expect(await atOnce(3, () => takeMessage(tenant, to, at()))).toMatchObject({ taken: 1 });
  });

  test('stands nowhere in the table, neither in a key nor beside it', async () => {
    const [tenant, to] = [tenantWith(), someone()];
    const phone = '+447700900300';
    await takeMessage(tenant, to, at());
    await takePersonalMessage({ channel: 'sms', address: phone }, at());
    const client = await gateClient();
    const { Items } = await client.send(new ScanCommand({ TableName: 'gate' }));
    const all = JSON.stringify(Items);
    expect(all).toContain('"R#');
    expect(all).toContain('"C#');
    expect(all).not.toContain(to.address);
    expect(all).not.toContain(phone.slice(1));
  });
});

describe('[LIM-1] a channel', () => {
  test('is counted for itself, exactly, and leaves the others their room', async () => {
    const tenant = tenantWith({ rates: { smsPerDay: 20 } });
    expect(await atOnce(60, () => takeMessage(tenant, someone('sms'), at()))).toEqual({
      ...{ taken: 20, policies: ['messages-sms-day'] },
    });
    await takeMessage(tenant, someone('email'), at());
    expect(await sentBy(tenant)).toMatchObject({ used: 21 });
  });

  test('all of them together are the meter of messages, whose refusal gives the recipient back', async () => {
    const tenant = tenantWith({ usage: { messages: { day: 3 } } });
    const to = someone();
    for (const channel of ['sms', 'whatsapp', 'email'] as const) {
      await takeMessage(tenant, someone(channel), at());
    }
    for (let turn = 0; turn < 6; turn += 1) {
      await expect(takeMessage(tenant, to, at())).rejects.toMatchObject(
        refusal('messages-day', 'limit.usage'),
      );
    }
    const raised: TenantFacts = tenantWith({ usage: { messages: { day: 100 } } });
    expect(await atOnce(6, () => takeMessage({ ...raised, id: tenant.id }, to, at()))).toMatchObject({
      taken: 5,
    });
  });

  test('a tenant’s own limits bind: fewer, more, none at all', async () => {
    const to = someone();
    const more = tenantWith({ rates: { recipientPerDay: 8 } });
    expect(await atOnce(12, () => takeMessage(more, to, at()))).toMatchObject({ taken: 8 });
    const none = tenantWith({ rates: { recipientPerDay: 0 } });
    expect(await atOnce(3, () => takeMessage(none, to, at()))).toMatchObject({ taken: 0 });
  });

  test('nothing is counted, and nothing admitted, while the table does not answer', async () => {
    const [tenant, to] = [tenantWith(), someone()];
    await chain.withoutDynamoDb(async () => {
      const moment = { now: morning, deadlineMs: Date.now() + 300 };
      await expect(takeMessage(tenant, to, moment)).rejects.toThrow('dependency.unavailable');
      await expect(takePersonalMessage(to, { ...moment, deadlineMs: Date.now() + 300 })).rejects.toThrow(
        'dependency.unavailable',
      );
    });
  });
});

describe('what sends', () => {
  const invite = async ({ userId, tenantId }: Founded, email: string): Promise<Answer> =>
    chain.call(invitations, {
      ...{ method: 'POST', path: '/v1/invitations', body: { email, role: 'viewer' } },
      headers: { 'idempotency-key': randomUUID(), 'x-tenant-id': `ten_${tenantId}` },
      token: await chain.pool.token({ sub: userId, email: `${userId}@example.com`, name: 'Owner' }),
    });
  const withdrawAll = ({ tenantId }: Founded) =>
    chain.database.admin.query("update app.invitations set status = 'withdrawn' where tenant_id = $1", [
      tenantId,
    ]);
  const events = async (column: 'tenant_id' | 'user_id', id: string) => {
    const { rows } = await chain.database.admin.query<{ type: string; subject: string }>(
      `select type, subject from app.security_events where ${column} = $1`,
      [id],
    );
    return rows.map(({ type, subject }) => [type, subject]);
  };

  test('[LIM-1] the sixth invitation of somebody in a day is refused with 429, and is one security event', async () => {
    const founded = await foundTenant(chain.database.admin);
    const email = `${randomUUID()}@example.com`;
    for (let turn = 0; turn < 5; turn += 1) {
      expect((await invite(founded, email)).status).toBe(201);
      await withdrawAll(founded);
    }
    for (let turn = 0; turn < 3; turn += 1) {
      const answer = await invite(founded, email);
      expect(answer).toMatchObject({
        status: 429,
        headers: { 'content-type': 'application/problem+json' },
        body: { code: 'limit.rate', policy: 'messages-recipient-day' },
      });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect(await events('tenant_id', founded.tenantId)).toEqual([
      ['limit_exceeded', 'messages-recipient-day'],
    ]);
    const { rows } = await chain.database.admin.query(
      "select from app.invitations where tenant_id = $1 and status = 'pending'",
      [founded.tenantId],
    );
    expect(rows).toEqual([]);
    expect((await invite(founded, `${randomUUID()}@example.com`)).status).toBe(201);
  });

  test('[LIM-1] an invitation that was refused for another reason is not counted', async () => {
    const founded = await foundTenant(chain.database.admin);
    const email = `${randomUUID()}@example.com`;
    expect((await invite(founded, email)).status).toBe(201);
    for (let turn = 0; turn < 6; turn += 1) expect((await invite(founded, email)).status).toBe(409);
    await withdrawAll(founded);
    expect((await invite(founded, email)).status).toBe(201);
  });

  test('[LIM-1] [IDN-7] one number gets five codes a day, whoever asks; who is refused keeps the code they have', async () => {
    const phone = '+447700900400';
    const ask = async (person: Person, address: string): Promise<Answer> =>
      chain.call(codes, {
        ...{ method: 'POST', path: '/v1/me/verifications', body: { channel: 'sms', address } },
        token: await chain.pool.token(person),
      });
    const people = [newPerson(), newPerson()] as const;
    for (const person of people) {
      for (let turn = 0; turn < 2; turn += 1) expect((await ask(person, phone)).status).toBe(202);
    }
    const [third, fourth] = [newPerson(), newPerson()];
    expect((await ask(third, phone)).status).toBe(202);
    expect((await ask(fourth, '+447700900401')).status).toBe(202);
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await ask(fourth, phone)).toMatchObject({
        status: 429,
        body: { code: 'limit.rate', policy: 'messages-recipient-day' },
      });
    }
    expect(await events('user_id', fourth.sub)).toEqual([['limit_exceeded', 'messages-recipient-day']]);
    // Three an hour: two of them are left, so the refused ones were not counted.
    for (let turn = 0; turn < 2; turn += 1) expect((await ask(fourth, '+447700900402')).status).toBe(202);
    expect(await ask(fourth, '+447700900402')).toMatchObject({ body: { policy: 'code-sends' } });
  });

  test('[LIM-1] alerts to an owner are counted: the sixth of a day is not sent, once told, and not tried again', async () => {
    const { tenantId, userId } = await foundTenant(chain.database.admin);
    const deliver = async () =>
      alerts({
        Records: [
          {
            messageId: randomUUID(),
            body: JSON.stringify({
              ...{ messageId: newId('message'), type: 'usage.mailOwner', trace: null },
              tenantId: `ten_${tenantId}`,
              payload: {
                ...{ userId: `usr_${userId}`, meter: 'exports', window: 'month', threshold: 80 },
                ...{ limit: 10, used: 8, resetsAt: '2026-12-01T00:00:00.000Z' },
              },
            }),
            attributes: { ApproximateReceiveCount: '1' },
          },
        ],
      } as unknown as SQSEvent);
    ses.on(SendEmailCommand).rejects(new Error('not now'));
    expect((await deliver()).batchItemFailures).toHaveLength(1);
    ses.on(SendEmailCommand).resolves({ MessageId: 'sent' });
    ses.resetHistory();
    for (let turn = 0; turn < 7; turn += 1) expect((await deliver()).batchItemFailures).toEqual([]);
    expect(ses.commandCalls(SendEmailCommand)).toHaveLength(5);
    expect(await events('tenant_id', tenantId)).toEqual([['limit_exceeded', 'messages-recipient-day']]);
  });
});
