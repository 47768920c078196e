/** The gate's short way to its table: when it is taken, and what happens where it does not lead through. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { formatId } from '#shared/contract/ids.ts';
import { read, readOften, send, updateOf } from '#shared/limits/item.ts';
import { type GateKey, gateKeys } from '#shared/limits/keys.ts';
import { type Chain, startChain } from '#test/support/chain.ts';
import { type Fate, recordDynamoDb, type RecordedDynamoDb } from '#test/support/recorded-dynamodb.ts';

let chain: Chain;
let gate: RecordedDynamoDb;

beforeAll(async () => {
  chain = await startChain();
  gate = await recordDynamoDb(chain.gatePort, 0);
  process.env.AWS_ENDPOINT_URL_DYNAMODB = `http://127.0.0.1:${gate.port}`;
  // The first call of an instance shows the short way what a request looks like.
  await add(newKey());
  expect(gate.calls.map(isCommand)).toEqual([true]);
  gate.reset();
});

afterEach(() => {
  gate.decide(() => 'passes');
  gate.reset();
});

afterAll(async () => {
  await gate.stop();
  await chain.stop();
});

const soon = () => Date.now() + 2_000;
const newKey = () => gateKeys.user(formatId('user', randomUUID()));

/** One more, while there are fewer than a hundred. */
function add(key: GateKey) {
  const update = updateOf(key);
  update.add('n', 1);
  update.when((n, v) => `(attribute_not_exists(${n('n')}) OR ${n('n')} < ${v(100)})`);
  return send(update, soon());
}

/** Whether the SDK's command sent it: it numbers its attempts. */
const isCommand = ({ headers }: { headers: Record<string, unknown> }) => 'amz-sdk-request' in headers;

/** Refuses calls that came by the short way, or all of them. */
const refuse = (fate: Fate, all = false) =>
  gate.decide(({ headers }) => (all || !isCommand({ headers }) ? fate : 'passes'));

describe('the short way', () => {
  test('does what the command does: updates, reads, and says when a condition does not hold', async () => {
    const key = newKey();
    expect(await add(key)).toEqual({ n: 1 });
    expect(await add(key)).toEqual({ n: 2 });
    expect(await read(key, soon())).toEqual({ n: 2 });
    expect(await read(newKey(), soon())).toEqual({});
    const unmet = updateOf(key);
    unmet.add('n', 1);
    unmet.when((n, v) => `${n('n')} > ${v(2)}`);
    expect(await send(unmet, soon())).toBeUndefined();
    expect(gate.calls.map(isCommand)).toEqual([false, false, false, false, false]);
  });

  test('signs what is read often once, and reads it anew each time', async () => {
    const key = newKey();
    expect(await readOften(key, soon())).toEqual({});
    await add(key);
    expect(await readOften(key, soon())).toEqual({ n: 1 });
    const reads = gate.calls.filter(({ operation }) => operation === 'GetItem');
    expect(new Set(reads.map(({ headers }) => headers.authorization)).size).toBe(1);
    expect(reads.map(isCommand)).toEqual([false, false]);
  });

  test.each(['breaks', 'throttles'] as const)(
    'where it %s, the command takes over and counts once',
    async (fate) => {
      const key = newKey();
      refuse(fate);
      expect(await add(key)).toEqual({ n: 1 });
      expect(await readOften(key, soon())).toEqual({ n: 1 });
      expect(await read(key, soon())).toEqual({ n: 1 });
      expect(gate.calls.filter(isCommand)).toHaveLength(3);
    },
  );

  test.each(['breaks', 'throttles'] as const)(
    '[LIM-1] where everything %s, nobody is let in',
    async (fate) => {
      const key = newKey();
      refuse(fate, true);
      const unavailable = { problem: { code: 'dependency.unavailable' } };
      await expect(add(key)).rejects.toMatchObject(unavailable);
      await expect(readOften(key, soon())).rejects.toMatchObject(unavailable);
      gate.decide(() => 'passes');
      expect(await read(key, soon())).toEqual({});
    },
  );
});
