/**
 * A job that cannot be done, through the whole local stack: it fails five times, is put aside and kept, is found by
 * the staff and by its request, is sent again when the cause is gone, and done.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type TenantId, uuidOf } from '#shared/contract/ids.ts';
import type { OutputOf } from '#shared/contract/endpoint.ts';
import type { investigation } from '#shared/investigation/module.ts';
import { queueUrlOf, sqsClient } from '#test/battery/alarms/counters.ts';
import { type BatterySite, startSite } from '#test/battery/support/site.ts';

type Contract = (typeof investigation)['contract'];
type Letters = OutputOf<Contract['deadLetters']>;

const patienceMs = 120_000;
let site: BatterySite;
let tenant: TenantId;
const tokens = { owner: '', admin: '' };

beforeAll(async () => {
  site = await startSite();
  tenant = await site.world.tenant();
  tokens.owner = await site.world.token(await site.world.member(tenant, 'owner'));
  const staff = await site.world.member(await site.world.tenant(), 'owner');
  tokens.admin = await site.world.token(staff, { 'cognito:groups': ['platform-admin'] });
  // Five attempts in seconds instead of half an hour.
  const client = sqsClient(site);
  await client.send(
    new SetQueueAttributesCommand({
      QueueUrl: queueUrlOf(site, '-members'),
      Attributes: { VisibilityTimeout: '1' },
    }),
  );
}, 300_000);
afterAll(() => site.stop());

async function call<Output>(who: keyof typeof tokens, method: string, path: string, body?: object) {
  const headers = {
    authorization: `Bearer ${tokens[who]}`,
    'content-type': 'application/json',
    'idempotency-key': randomUUID(),
    ...(who === 'owner' ? { 'x-tenant-id': tenant } : {}),
  };
  const send = () =>
    fetch(`${site.url}${path}`, {
      ...{ method, headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  let response = await send();
  // On a busy machine functions that start can miss their deadline; the key makes trying again safe.
  for (let tries = 1; response.status === 503 && tries < 5; tries += 1) {
    await sleep(1_000);
    response = await send();
  }
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status} ${text}`);
  return JSON.parse(text) as Output;
}

async function until<T>(look: () => Promise<T | undefined>, what: string): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`${what} did not happen\n${site.lines.slice(-20).join('\n')}`);
    await sleep(500);
  }
}

const waiting = () => call<Letters>('admin', 'GET', '/v1/platform/dead-letters?status=waiting');
const switchMessaging = (messaging: boolean) =>
  call('admin', 'PATCH', '/v1/platform/settings', { reason: 'A drill', switchedOff: { messaging } });

async function mailsTo(address: string): Promise<number> {
  const headers = { accept: 'application/json' };
  const answer = await fetch(`${site.url}/mail/messages?to=${encodeURIComponent(address)}`, { headers });
  return ((await answer.json()) as { messages: unknown[] }).messages.length;
}

test('[OPS-1] what failed is kept, found, sent again when the cause is gone, and done', async () => {
  const { id, email } = await site.world.invitation(tenant);
  const requestId = randomUUID();
  await switchMessaging(true);
  await site.world.admin.query(
    `insert into app.outbox (id, tenant_id, kind, type, payload, request_id)
     values (gen_random_uuid(), $1, 'job', 'members.sendInvitation', $2, $3)`,
    [uuidOf(tenant), { invitationId: id }, requestId],
  );
  const letter = await until(
    async () => (await waiting()).items.find((one) => one.requestId === requestId),
    'the message being put aside',
  );
  expect(letter).toMatchObject({ queue: 'members', type: 'members.sendInvitation', tenantId: tenant });
  expect(await mailsTo(email)).toBe(0);
  const traces = await call<OutputOf<Contract['request']>>(
    'admin',
    'GET',
    `/v1/platform/requests/${requestId}?reason=A%20drill`,
  );
  expect(traces.items).toMatchObject([{ kind: 'dead_letter', id: letter.id, facts: { status: 'waiting' } }]);
  const own = await call<{ items: unknown[] }>('owner', 'GET', `/v1/requests/${requestId}`);
  expect(own.items).toHaveLength(1);

  await switchMessaging(false);
  const decision = { ids: [letter.id], reason: 'Messaging is on again' };
  expect(await call('admin', 'POST', '/v1/platform/dead-letters/members/replay', decision)).toEqual({
    replayed: 1,
    left: 0,
  });
  await until(async () => ((await mailsTo(email)) === 1 ? true : undefined), 'the mail');
  expect((await waiting()).queues).toEqual([]);
}, 300_000);

test('[OPS-1] a message that nobody wrote is kept as well, and can only be given up', async () => {
  const client = sqsClient(site);
  const QueueUrl = queueUrlOf(site, '-members');
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: '{"type":"members.unheardOf"}' }));
  const unreadable = async () => (await waiting()).items.find(({ type }) => type === null);
  const letter = await until(unreadable, 'the poison being put aside');
  expect(letter).toMatchObject({ queue: 'members', replayable: false });
  const body = { reason: 'Nobody knows it' };
  expect(await call('admin', 'POST', '/v1/platform/dead-letters/members/replay', body)).toEqual({
    replayed: 0,
    left: 1,
  });
  expect(await call('admin', 'POST', '/v1/platform/dead-letters/members/discard', body)).toEqual({
    discarded: 1,
    left: 0,
  });
}, 180_000);
