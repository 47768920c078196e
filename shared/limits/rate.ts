/**
 * Request rates (LIM-1): fixed minutes, counted by conditional updates in DynamoDB, so that concurrent
 * requests can never pass together. A minute may reach twice the rate if the one before stayed within it.
 */
import type { UpdateItemCommandOutput } from '@aws-sdk/client-dynamodb';
import { settings } from '../config/environment.ts';
import { fail, problems } from '../contract/errors.ts';
import { gateClient } from './gate-client.ts';
import type { GateKey } from './keys.ts';

/** Somebody whose requests are counted. */
export type Counted = { policy: 'user' | 'key' | 'tenant'; key: GateKey; perMinute: number };

/** Where a counted party stands after this request; times in seconds. */
export type RateState = { policy: string; limit: number; remaining: number; resetSeconds: number };

const windowSeconds = 60;
const keptSeconds = 24 * 60 * 60;

/** The response headers of the IETF draft: the policies and what is left of each. */
export function rateHeaders(states: readonly RateState[]): Record<string, string> {
  if (states.length === 0) return {};
  return {
    'ratelimit-policy': states
      .map((state) => `"${state.policy}";q=${state.limit};w=${windowSeconds}`)
      .join(', '),
    ratelimit: states
      .map((state) => `"${state.policy}";r=${state.remaining};t=${state.resetSeconds}`)
      .join(', '),
  };
}

/**
 * Counts one request against a party.
 * @param deadlineMs until when counters that do not answer are waited for, in epoch milliseconds
 * @throws Failure `limit.rate` with Retry-After when it has none left
 * @throws Failure `dependency.unavailable` when the counters cannot be reached: never open
 */
export async function takeRate(party: Counted, now: Date, deadlineMs: number): Promise<RateState> {
  const minute = Math.floor(now.getTime() / 1000 / windowSeconds);
  const resetSeconds = windowSeconds - (Math.floor(now.getTime() / 1000) % windowSeconds);
  if (party.perMinute <= 0) throw refusal(party, resetSeconds);
  try {
    const counted = await count(party, minute, now, deadlineMs);
    const used = Number(counted.Attributes?.[`m${minute}`]?.N ?? 0);
    // Once a minute for each party, so that the item never grows.
    if (used === 1) await dropOldWindows(party, counted, minute);
    const remaining = Math.max(0, party.perMinute - used);
    return { policy: party.policy, limit: party.perMinute, remaining, resetSeconds };
  } catch (error) {
    if (isRefusal(error)) throw refusal(party, resetSeconds);
    throw fail(problems.unavailable, { cause: error });
  }
}

async function count(
  party: Counted,
  minute: number,
  now: Date,
  deadlineMs: number,
): Promise<UpdateItemCommandOutput> {
  const { UpdateItemCommand } = await import('../config/aws/dynamodb.ts');
  const client = await gateClient();
  return client.send(
    new UpdateItemCommand({
      TableName: settings.gateTable(),
      Key: { pk: { S: party.key } },
      UpdateExpression: 'SET #ttl = :ttl ADD #m :one',
      ConditionExpression:
        '(attribute_not_exists(#m) OR #m < :burst) AND ' +
        '(attribute_not_exists(#prev) OR #prev <= :rate OR attribute_not_exists(#m) OR #m < :rate)',
      ExpressionAttributeNames: { '#m': `m${minute}`, '#prev': `m${minute - 1}`, '#ttl': 'ttl' },
      ExpressionAttributeValues: {
        ':one': { N: '1' },
        ':rate': { N: String(party.perMinute) },
        ':burst': { N: String(party.perMinute * 2) },
        ':ttl': { N: String(Math.floor(now.getTime() / 1000) + keptSeconds) },
      },
      ReturnValues: 'ALL_NEW',
    }),
    // Both attempts and the pause between them, however the service is in trouble.
    { abortSignal: AbortSignal.timeout(Math.max(1, deadlineMs - now.getTime())) },
  );
}

async function dropOldWindows(
  party: Counted,
  counted: UpdateItemCommandOutput,
  minute: number,
): Promise<void> {
  const old = Object.keys(counted.Attributes ?? {}).filter(
    (name) => /^m\d+$/.test(name) && Number(name.slice(1)) < minute - 1,
  );
  if (old.length === 0) return;
  const { UpdateItemCommand } = await import('../config/aws/dynamodb.ts');
  const client = await gateClient();
  await client.send(
    new UpdateItemCommand({
      TableName: settings.gateTable(),
      Key: { pk: { S: party.key } },
      UpdateExpression: `REMOVE ${old.map((_name, index) => `#old${index}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(old.map((name, index) => [`#old${index}`, name])),
    }),
  );
}

function refusal(party: Counted, resetSeconds: number) {
  return fail(problems.rateLimited, {
    policy: party.policy,
    detail: `At most ${party.perMinute} requests a minute for this ${party.policy}.`,
    headers: {
      'retry-after': String(resetSeconds),
      ...rateHeaders([{ policy: party.policy, limit: party.perMinute, remaining: 0, resetSeconds }]),
    },
  });
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}
