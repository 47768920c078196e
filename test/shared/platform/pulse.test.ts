/** The weekly pulse: when it is sent, that it is sent once, and what it says. */
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import type { Pool } from 'pg';
import { logFor } from '#shared/middleware/telemetry.ts';
import { sendDuePulse } from '#shared/platform/pulse.ts';
import { type Kernel, startKernel } from '../../support/call-as.ts';

const [cloudwatch, ses] = [mockClient(CloudWatchClient), mockClient(SESv2Client)];
const log = logFor({ job: 'pulse' });
const to = 'operators@example.com';
let kernel: Kernel;
let pool: Pool;

beforeAll(async () => {
  Object.assign(process.env, {
    ...{ WATCHED_API_NAME: 'plinth-test-us', WATCHED_API_STAGE: 'live' },
    ...{ MAIL_FROM: 'no-reply@example.com', CONSOLE_URL: 'https://console.example.com' },
  });
  kernel = await startKernel('app_platform');
  pool = kernel.database.pool('app_platform');
});
beforeEach(async () => {
  for (const client of [cloudwatch, ses]) client.reset();
  cloudwatch.on(GetMetricDataCommand).rejects(new Error('not today'));
  ses.on(SendEmailCommand).resolves({});
  await kernel.database.admin.query('truncate app.pulses');
});
afterAll(() => kernel.stop());

const send = (at: string) => sendDuePulse(pool, to, new Date(at), log);
const sent = () => ses.commandCalls(SendEmailCommand).map(({ args }) => args[0].input);

test('[OPS-4] the pulse is sent on Monday from six o’clock, once, and again the week after', async () => {
  expect(await send('2026-11-23T05:59:00Z')).toBe(false);
  expect(await send('2026-11-23T06:00:00Z')).toBe(true);
  for (const later of ['2026-11-23T12:00:00Z', '2026-11-29T23:59:59Z']) expect(await send(later)).toBe(false);
  expect(await send('2026-11-30T06:00:00Z')).toBe(true);
  expect(sent()).toHaveLength(2);
});

test('[OPS-4] a Monday on which nothing ran is made up for, and two at once send one', async () => {
  const at = '2026-11-25T12:00:00Z';
  expect((await Promise.all([send(at), send(at), send(at)])).filter(Boolean)).toHaveLength(1);
  expect(sent()).toHaveLength(1);
});

test('[OPS-4] a pulse that could not be sent is tried again', async () => {
  ses.on(SendEmailCommand).rejectsOnce(new Error('no post today'));
  await expect(send('2026-11-24T06:00:00Z')).rejects.toThrow('no post today');
  expect(await send('2026-11-24T12:00:00Z')).toBe(true);
});

test('[OPS-4] it has the figures of the fleet, and says which are absent and why', async () => {
  await kernel.found();
  await send(new Date(Date.now() + 7 * 86_400_000).toISOString());
  const [mail] = sent();
  expect(mail?.Destination?.ToAddresses).toEqual([to]);
  const { Subject: subject, Body: body } = mail?.Content?.Simple ?? {};
  expect(subject?.Data).toMatch(/^The fleet in the week of \d{4}-\d\d-\d\d$/);
  expect(body?.Text?.Data).toContain('Tenants: 1\n');
  expect(body?.Text?.Data).toContain('Uptime in thirty days: CloudWatch did not answer.\n');
  expect(body?.Text?.Data).toContain('Subscriptions: not billed yet\n');
  expect(body?.Text?.Data).toContain('Messages that were put aside: 0\n');
  expect(body?.Html?.Data).toMatch(/Tenants<\/th>\s*<td>1<\/td>/);
});
