/** Subscriptions to logs: which lines are handed to whom, in the form that CloudWatch gives them. */
import { gunzipSync } from 'node:zlib';
import { afterEach, expect, test } from '@jest/globals';
import type { FunctionDefinition } from '#local/functions/host.ts';
import type { Invoke, InvokeResult } from '#local/parts/contract.ts';
import { linePattern } from '#local/sources/line-pattern.ts';
import { startSubscriptions, type Subscriptions } from '#local/sources/logs.ts';

let subscriptions: Subscriptions;
afterEach(() => subscriptions.stop());

const pattern = '{ $.message = "request" && $.tenantId = "ten_*" }';
const filters = [{ name: 'f', logGroup: 'api-log', pattern, functionArn: 'arn:counter' }];
const functions = [
  { name: 'api', logGroup: 'api-log' },
  { name: 'other', logGroup: 'other-log' },
] as FunctionDefinition[];

type Batch = { messageType: string; logGroup: string; logEvents: { timestamp: number; message: string }[] };

/** What subscribers got, and what they answer. */
function following(results: InvokeResult[] = []): { got: Batch[]; said: string[] } {
  const [got, said] = [new Array<Batch>(), new Array<string>()];
  subscriptions = startSubscriptions({ log: (line) => said.push(line), everyMs: 10 });
  const invoke: Invoke = async (arn, event) => {
    const { awslogs } = event as { awslogs: { data: string } };
    expect(arn).toBe('arn:counter');
    got.push(JSON.parse(gunzipSync(Buffer.from(awslogs.data, 'base64')).toString()) as Batch);
    return results.shift() ?? { ok: true, payload: null };
  };
  subscriptions.follow(filters, functions, invoke);
  return { got, said };
}

const line = (n: number) => `${JSON.stringify({ message: 'request', tenantId: 'ten_1', n })}\n`;

test('[OPS-1] lines that a subscriber wants reach it, zipped, and others do not', async () => {
  const { got } = following();
  subscriptions.printed('api', line(1).slice(0, 20));
  subscriptions.printed('other', line(2));
  subscriptions.printed(
    'api',
    `${line(1).slice(20)}${JSON.stringify({ message: 'done', tenantId: 'ten_1' })}\n`,
  );
  await subscriptions.stop();
  expect(got).toHaveLength(1);
  expect(got[0]).toMatchObject({ messageType: 'DATA_MESSAGE', logGroup: 'api-log' });
  expect(got[0]?.logEvents.map(({ message }) => message)).toEqual([line(1).trim()]);
});

test('[OPS-1] what a subscriber failed on is handed to it again', async () => {
  const { got, said } = following([{ ok: false, errorType: 'E', errorMessage: 'not yet' }]);
  subscriptions.printed('api', line(1));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(got.map(({ logEvents }) => logEvents.length)).toEqual([1, 1]);
  expect(said).toEqual(['Logs for arn:counter: E: not yet']);
});

test('[OPS-1] patterns compare words, beginnings and numbers, and what is not understood is refused', () => {
  const fits = (text: string, value: object) => linePattern(text)(JSON.stringify(value));
  expect(fits(pattern, { message: 'request', tenantId: 'ten_x' })).toBe(true);
  expect(fits(pattern, { message: 'request', tenantId: 'usr_x' })).toBe(false);
  expect(fits(pattern, { message: 'request' })).toBe(false);
  expect(fits('{ $.JobDuration >= 0 }', { JobDuration: 0 })).toBe(true);
  expect(fits('{ $.JobDuration >= 5 }', { JobDuration: 4 })).toBe(false);
  expect(linePattern(pattern)('"message" "tenantId" is not JSON')).toBe(false);
  for (const strange of ['ERROR', '{ $.a = 1 || $.b = 2 }', '{ $.a > 1 }', '{ $.a >= "b" }']) {
    expect(() => linePattern(strange)).toThrow('not understood');
  }
  following();
});
