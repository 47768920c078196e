/** Owners are told once a day that AI has cost as much as their tenant wants to be told of, whoever finds it. */
import { randomUUID } from 'node:crypto';
import { SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { aiOps } from '#shared/ai/ai.ops.ts';
import type { Payer } from '#shared/ai/budgets/reserve.ts';
import { completeGoverned, type GovernedCall } from '#shared/ai/governed.ts';
import { ai } from '#shared/ai/module.ts';
import { toDollars } from '#shared/ai/pricing/pico.ts';
import { sweepBudgets } from '#shared/ai/sweep.ts';
import { formatId } from '#shared/contract/ids.ts';
import { transact } from '#shared/db/transaction.ts';
import { serve } from '#shared/middleware/serve.ts';
import { handler as worker } from '../../../functions/queue/ai.ts';
import { type Answer, type Chain, startChain } from '../../support/chain.ts';
import { type Founded, foundTenant } from '../db/tenants.ts';
import { final, haiku, scripted, usageOf } from './scripted-models.ts';

let chain: Chain;
let ours: Founded;
const ses = mockClient(SESv2Client);
const handler = serve(ai, aiOps);
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** What each call costs. */
const pricePico = 800n * 100_000n + 200n * 500_000n;
const dayMs = 86_400_000;

beforeAll(async () => {
  chain = await startChain();
  Object.assign(process.env, {
    MAIL_FROM: 'no-reply@example.com',
    CONSOLE_URL: 'https://console.example.com',
    LINK_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:link',
  });
});
beforeEach(async () => {
  ours = await foundTenant(chain.database.admin);
  ses.reset();
  ses.on(SendEmailCommand).resolves({ MessageId: 'sent' });
});
afterAll(() => chain?.stop());

async function api(body?: object, as = ours): Promise<Answer> {
  return chain.call(handler, {
    ...{ method: body === undefined ? 'GET' : 'PUT', path: '/v1/ai/daily-alert', body },
    headers: { 'idempotency-key': randomUUID() },
    token: await chain.pool.token({ sub: as.userId, email: `${as.userId}@example.com`, name: 'Owner' }),
  });
}

/** Threshold of so many calls, and a little less: the last of them reaches it. */
const at = (calls: bigint) => toDollars(calls * pricePico - 1n);

/** Calls a model so often, all at once. */
async function spend(calls: number, now: () => Date = () => new Date(), timeZone = 'UTC'): Promise<void> {
  const payer: Payer = { id: formatId('tenant', ours.tenantId), plan: 'basic', timeZone };
  const pool = chain.database.pool('app_tenant', 4);
  const call: GovernedCall = {
    ...{ payer, feature: 'chat', rule: 'plan', requestId: 'test', inputTokens: 1_000, now },
    ...{ deadlineMs: Date.now() + 10_000, log: quiet },
    transact: (work) => transact(pool, ours.entry, work),
  };
  const { models } = scripted({ attempt: haiku, spent: final(usageOf(800, 200)) });
  const request = { model: haiku.model, maxTokens: 1_000, messages: [] };
  await Promise.all(Array.from({ length: calls }, () => completeGoverned(models, call, request)));
}

async function outbox(kind: 'event' | 'job') {
  const { rows } = await chain.database.admin.query<{
    id: string;
    type: string;
    payload: Record<string, unknown>;
  }>('select id, type, payload from app.outbox where tenant_id = $1 and kind = $2 order by id', [
    ours.tenantId,
    kind,
  ]);
  return rows;
}

const told = async () =>
  (await outbox('event')).filter(({ type }) => type === 'aiDailyCostReached').map(({ payload }) => payload);

/** Gives the jobs that wait to the worker, as its queue would; answers the mails that it sent. */
async function delivered(): Promise<{ to: string; subject: string; text: string }[]> {
  const jobs = await outbox('job');
  const records = jobs.map(({ id, type, payload }) => ({
    messageId: randomUUID(),
    attributes: { ApproximateReceiveCount: '1' },
    body: JSON.stringify({
      ...{ messageId: formatId('message', id), type, payload, trace: null },
      tenantId: formatId('tenant', ours.tenantId),
    }),
  }));
  const { batchItemFailures } = await worker({ Records: records } as unknown as SQSEvent);
  expect(batchItemFailures).toEqual([]);
  return ses.commandCalls(SendEmailCommand).map(({ args: [{ input }] }) => ({
    to: input.Destination?.ToAddresses?.join() ?? '',
    subject: input.Content?.Simple?.Subject?.Data ?? '',
    text: input.Content?.Simple?.Body?.Text?.Data ?? '',
  }));
}

describe('[AI-2] what a day may cost before its tenant is told', () => {
  test('is its plan’s until it sets its own, and its plan’s again; the trail says so', async () => {
    expect((await api()).body).toEqual({
      ...{ threshold: '1', isDefault: true, spentToday: '0', toldToday: false },
    });
    expect((await api({ threshold: '0.25' })).body).toMatchObject({ threshold: '0.25', isDefault: false });
    expect((await api()).body).toMatchObject({ threshold: '0.25', isDefault: false });
    expect((await api({ threshold: null })).body).toMatchObject({ threshold: '1', isDefault: true });
    const { rows } = await chain.database.admin.query<{ after: object }>(
      "select after from app.audit_events where tenant_id = $1 and action = 'ai.daily_alert_set' order by id",
      [ours.tenantId],
    );
    expect(rows.map(({ after }) => after)).toEqual([{ threshold: '0.25' }, { threshold: null }]);
  });

  test('is nobody else’s, and not for operators to set', async () => {
    await api({ threshold: '0.25' });
    const theirs = await foundTenant(chain.database.admin);
    expect((await api(undefined, theirs)).body).toMatchObject({ threshold: '1', isDefault: true });
    await chain.database.admin.query("update app.memberships set role = 'operator' where user_id = $1", [
      theirs.userId,
    ]);
    expect(await api({ threshold: '0.25' }, theirs)).toMatchObject({ status: 403 });
  });

  test('is told once, however many calls find it at once, and stops none', async () => {
    await api({ threshold: at(3n) });
    await spend(2);
    expect(await told()).toEqual([]);
    await spend(8);
    const period = expect.stringMatching(/^d\d{8}$/);
    expect(await told()).toMatchObject([{ period, threshold: at(3n) }]);
    await spend(1);
    expect(await told()).toHaveLength(1);
    expect((await api()).body).toMatchObject({ spentToday: toDollars(11n * pricePico), toldToday: true });
  });

  test('is told once a day, whatever becomes of the threshold, and again the next day', async () => {
    await api({ threshold: at(1n) });
    await spend(1);
    await api({ threshold: at(2n) });
    await spend(1);
    expect(await told()).toHaveLength(1);
    await spend(1, () => new Date(Date.now() + dayMs));
    // The day is its own: yesterday's calls are not part of it.
    expect(await told()).toHaveLength(1);
    await spend(1, () => new Date(Date.now() + dayMs));
    expect(new Set((await told()).map(({ period }) => period)).size).toBe(2);
  });

  test('is told by the sweep where the call could not, and by nobody twice', async () => {
    await api({ threshold: at(1n) });
    await spend(1);
    const { admin } = chain.database;
    for (const table of ['ai_budget_alerts', 'outbox']) {
      await admin.query(`delete from app.${table} where tenant_id = $1`, [ours.tenantId]);
    }
    const sweep = () => sweepBudgets(chain.database.pool('app_system'), new Date(), quiet);
    expect((await sweep()).failed).toBe(0);
    expect(await told()).toHaveLength(1);
    await Promise.all([sweep(), sweep(), spend(1)]);
    expect(await told()).toHaveLength(1);
    expect(await outbox('job')).toHaveLength(1);
  });

  test('is measured for all tenants together, by day', async () => {
    const measured = async (now = new Date()) =>
      (await sweepBudgets(chain.database.pool('app_system'), now, quiet)).spentTodayPico;
    const before = await measured();
    await spend(2);
    expect(await measured()).toBe(before + 2n * pricePico);
    expect(await measured(new Date(Date.now() + 30 * dayMs))).toBe(0n);
  });

  test('a budget of the same day is told of beside it', async () => {
    await api({ threshold: at(1n) });
    await chain.call(handler, {
      ...{ method: 'PUT', path: '/v1/ai/budgets', headers: { 'idempotency-key': randomUUID() } },
      body: { scope: 'tenant', window: 'day', limit: toDollars((pricePico * 11n) / 10n), policy: 'overage' },
      token: await chain.pool.token({ sub: ours.userId, email: 'a@example.com', name: 'Owner' }),
    });
    await spend(1);
    const events = (await outbox('event')).map(({ type, payload: { percent } }) => [type, percent]);
    expect(events).toEqual([
      ['aiBudgetThresholdReached', 80],
      ['aiBudgetThresholdReached', 90],
      ['aiDailyCostReached', undefined],
    ]);
    // One mail for the budget, of the larger share, and one for the day.
    expect((await outbox('job')).map(({ payload: { percent } }) => percent)).toEqual([90, null]);
  });
});

describe('[AI-2] [AI-3] the mail', () => {
  test('goes to every owner and to nobody else, with what was spent', async () => {
    const { admin } = chain.database;
    const other = await foundTenant(admin);
    await admin.query("insert into app.memberships (tenant_id, user_id, role) values ($1, $2, 'owner')", [
      ours.tenantId,
      other.userId,
    ]);
    const member = await foundTenant(admin);
    await admin.query("insert into app.memberships (tenant_id, user_id, role) values ($1, $2, 'admin')", [
      ours.tenantId,
      member.userId,
    ]);
    await api({ threshold: '0.0001' });
    await spend(1);
    const mails = await delivered();
    expect(mails.map(({ to }) => to).sort()).toEqual(
      [ours, other].map(({ userId }) => `${userId}@example.com`).sort(),
    );
    expect(mails[0]).toMatchObject({
      subject: `${ours.slug}: AI has cost $0.01 today`,
      text: expect.stringContaining('Nothing is stopped.'),
    });
  });

  test('is not sent to who is no owner any more', async () => {
    await api({ threshold: at(1n) });
    await spend(1);
    await chain.database.admin.query("update app.memberships set role = 'viewer' where user_id = $1", [
      ours.userId,
    ]);
    expect(await delivered()).toEqual([]);
  });
});
