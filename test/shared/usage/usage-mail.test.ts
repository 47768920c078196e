/** Owners get a mail when a limit of a day or a month is nearly used up; nobody else does, and nobody twice. */
import { randomUUID } from 'node:crypto';
import { SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { handler as worker } from '../../../functions/queue/usage.ts';
import { formatId } from '#shared/contract/ids.ts';
import { eventRow, jobRow } from '#shared/db/outbox.ts';
import { pool } from '#shared/db/pool.ts';
import { transact } from '#shared/db/transaction.ts';
import { tellUsage } from '#shared/limits/alerts.ts';
import { tenantFactsIn } from '#shared/tenancy/facts-in.ts';
import { type Chain, startChain } from '#test/support/chain.ts';
import { type Founded, foundTenant } from '#test/shared/db/tenants.ts';

let chain: Chain;
const ses = mockClient(SESv2Client);

beforeAll(async () => {
  chain = await startChain();
  Object.assign(process.env, {
    MAIL_FROM: 'no-reply@example.com',
    CONSOLE_URL: 'https://console.example.com',
    LINK_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:link',
  });
});
beforeEach(() => {
  ses.reset();
  ses.on(SendEmailCommand).resolves({ MessageId: 'sent' });
});
afterAll(() => chain.stop());

const now = new Date('2026-11-10T12:00:00Z');

/** Tells a tenant where one limit stands. */
function reach({ entry }: Founded, policy: string, used: number, limit: number): Promise<void> {
  const state = {
    policy,
    limit,
    remaining: Math.max(0, limit - used),
    resetSeconds: 60,
    windowSeconds: 3_600,
  };
  return transact(pool(), entry, async (tx) =>
    tellUsage(
      {
        ...{ tx, now: () => now },
        emit: (type, data) => tx.record(eventRow(type, data, undefined)),
        enqueue: (type, payload) => tx.record(jobRow(type, payload, undefined)),
      },
      await tenantFactsIn(tx),
      [state],
    ),
  );
}

/** Takes the jobs that wait for the tenant and gives them to the worker, as its queue would. */
async function deliver({ tenantId }: Founded) {
  const { rows } = await chain.database.admin.query<{ id: string; type: string; payload: unknown }>(
    "delete from app.outbox where tenant_id = $1 and kind = 'job' returning id, type, payload",
    [tenantId],
  );
  const { batchItemFailures } = await worker({
    Records: rows.map(({ id, type, payload }) => ({
      messageId: id,
      body: JSON.stringify({
        ...{ messageId: formatId('message', id), type, payload, trace: null },
        tenantId: formatId('tenant', tenantId),
      }),
      attributes: { ApproximateReceiveCount: '1' },
    })),
  } as unknown as SQSEvent);
  const mails = ses.commandCalls(SendEmailCommand).map(({ args: [{ input }] }) => ({
    to: input.Destination?.ToAddresses?.[0],
    subject: input.Content?.Simple?.Subject?.Data,
    text: input.Content?.Simple?.Body?.Text?.Data,
  }));
  return { failures: batchItemFailures.length, mails };
}

async function join({ tenantId }: Founded, role: string): Promise<string> {
  const id = randomUUID();
  const { admin } = chain.database;
  await admin.query("insert into app.users (id, email, name) values ($1, $2, 'Member')", [
    id,
    `${id}@example.com`,
  ]);
  await admin.query('insert into app.memberships (tenant_id, user_id, role) values ($1, $2, $3)', [
    ...[tenantId, id, role],
  ]);
  return `${id}@example.com`;
}

describe('[LIM-3] a limit that is nearly used up', () => {
  test('is mailed to every owner once, in the time of the tenant, and to nobody else', async () => {
    const tenant = await foundTenant(chain.database.admin);
    await chain.database.admin.query(
      "insert into app.tenant_settings (tenant_id, time_zone) values ($1, 'Pacific/Auckland')",
      [tenant.tenantId],
    );
    const second = await join(tenant, 'owner');
    await join(tenant, 'admin');
    for (let turn = 0; turn < 2; turn += 1) await reach(tenant, 'exports-month', 8, 10);
    const { mails, failures } = await deliver(tenant);
    expect(failures).toBe(0);
    expect(mails.map(({ to }) => to).toSorted()).toEqual([`${tenant.userId}@example.com`, second].toSorted());
    expect(mails[0]?.subject).toBe(`${tenant.slug}: 80 % of the exports this month used`);
    expect(mails[0]?.text).toContain('has used 8 exports this month; it may use 10.');
    expect(mails[0]?.text).toContain('refused until 1 December 2026 at 00:00 (Pacific/Auckland)');
  });

  test('is one mail where both thresholds were crossed at once: all of it is used', async () => {
    const tenant = await foundTenant(chain.database.admin);
    await reach(tenant, 'exports-month', 40, 10);
    const { mails } = await deliver(tenant);
    expect(mails).toHaveLength(1);
    expect(mails[0]?.subject).toContain('all of the exports this month used');
  });

  test('is not mailed when it was an hour’s: that is over before anybody reads it', async () => {
    const tenant = await foundTenant(chain.database.admin);
    await reach(tenant, 'api_calls-hour', 1_000, 1_000);
    expect((await deliver(tenant)).mails).toEqual([]);
  });

  test('is not mailed to somebody who is no owner any more', async () => {
    const tenant = await foundTenant(chain.database.admin);
    await reach(tenant, 'messages-day', 1_000, 1_000);
    await chain.database.admin.query("update app.memberships set role = 'viewer' where tenant_id = $1", [
      tenant.tenantId,
    ]);
    expect(await deliver(tenant)).toEqual({ failures: 0, mails: [] });
  });

  test('[CAP-3] waits while messaging is switched off', async () => {
    const tenant = await foundTenant(chain.database.admin);
    await chain.database.admin.query(
      "insert into app.tenant_settings (tenant_id, switched_off) values ($1, '{messaging}')",
      [tenant.tenantId],
    );
    await reach(tenant, 'exports-month', 8, 10);
    expect(await deliver(tenant)).toEqual({ failures: 1, mails: [] });
  });
});
