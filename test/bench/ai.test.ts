/**
 * What `npm run bench -- ai` compares answers correctly, and ours accounts for every call while it is measured: a bench
 * of something that does not work says nothing. Nothing is timed here.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readItem } from '#shared/ai/budgets/item.ts';
import { type ApiKeyId, formatId, type TenantId, uuidOf } from '#shared/contract/ids.ts';
import {
  type Arm,
  direct,
  startOurs,
  startThinProxy,
  startUpstream,
  type Upstream,
} from '../../bench/ai/arms.ts';
import { ask } from '../../bench/ai/measure.ts';
import type { OurWay } from '../../bench/ai/ours.ts';
import { foundTenant } from '../shared/db/tenants.ts';
import { type Chain, startChain } from '../support/chain.ts';
import { storeKey } from '../support/stored-key.ts';

let chain: Chain;
let upstream: Upstream;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  chain = await startChain();
  upstream = await startUpstream();
});
afterAll(async () => {
  for (const stop of stops) await stop();
  await upstream?.stop();
  await chain?.stop();
});

type Caller = { tenantId: TenantId; apiKeyId: ApiKeyId; apiKey: string };

async function newCaller(): Promise<Caller> {
  const { admin } = chain.database;
  const tenantId = formatId('tenant', (await foundTenant(admin)).tenantId);
  const { id: apiKeyId, text: apiKey } = await storeKey(admin, tenantId);
  return { tenantId, apiKeyId, apiKey };
}

async function ours(way: OurWay, caller: Caller): Promise<Arm> {
  const arm = await startOurs(way, upstream, caller);
  stops.push(() => arm.stop());
  return arm;
}

/** So many calls at once, each answered as it should be. */
async function callsAtOnce(arm: Arm, callers: number, stream: boolean): Promise<number> {
  const { times, failed } = await ask(arm, { callers, stream }, 0);
  expect(failed).toEqual([]);
  return times.length;
}

describe('[AI-1] the ways that bench ai compares', () => {
  test('without us: in one piece and in pieces', async () => {
    const thin = await startThinProxy(upstream);
    stops.push(() => thin.stop());
    for (const arm of [direct(upstream), thin]) {
      for (const stream of [false, true]) expect(await callsAtOnce(arm, 3, stream)).toBe(3);
    }
  });

  test('our client alone leaves nothing behind', async () => {
    const caller = await newCaller();
    const arm = await ours('ungoverned', caller);
    for (const stream of [false, true]) expect(await callsAtOnce(arm, 3, stream)).toBe(3);
    expect(await booksOf(caller)).toMatchObject({ calls: 0, spent: [] });
  });

  test.each([
    ['engine', 0],
    ['governed', 6],
  ] as const)(
    '%s: each call is reserved, in the ledger to the pico-dollar, and settled',
    async (way, audited) => {
      const caller = await newCaller();
      const arm = await ours(way, caller);
      for (const stream of [false, true]) expect(await callsAtOnce(arm, 3, stream)).toBe(3);
      // 400 tokens at 0.10 and 230 at 0.50 dollars a million
      const all = 6n * 155_000_000n;
      expect(await booksOf(caller)).toEqual({
        calls: 6,
        costPico: all,
        spent: [all, all],
        holds: 0,
        audited,
      });
    },
  );

  test('a wrong answer is none', async () => {
    const arm = await ours('governed', { ...(await newCaller()), apiKey: 'plk_live_nobody' });
    expect(await ask(arm, { callers: 1, stream: false }, 0)).toMatchObject({
      times: [],
      failed: [expect.stringMatching(/^401 /)],
    });
  });
});

async function booksOf({ tenantId }: Caller) {
  const { rows } = await chain.database.admin.query<{ calls: number; cost: string; audited: number }>(
    `select count(*)::int as calls, coalesce(sum(cost_pico), 0) as cost,
            (select count(*)::int from app.audit_events where tenant_id = $1 and action = 'ai.called') as audited
     from app.ai_calls where tenant_id = $1 and status = 'settled'`,
    [uuidOf(tenantId)],
  );
  const { amounts, texts } = await readItem(tenantId, Date.now() + 5_000);
  const [{ calls = 0, cost = '0', audited = 0 } = {}] = rows;
  return {
    ...{ calls, costPico: BigInt(cost), audited },
    /** Of the day and of the month. */
    spent: [...amounts].flatMap(([name, amount]) => (/^s[dM]\d+_t$/.test(name) ? [amount] : [])),
    holds: [...texts.keys()].filter((name) => /^[hl]/.test(name)).length,
  };
}
