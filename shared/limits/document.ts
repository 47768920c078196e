/**
 * A small document in an item of the gate's table, for decisions that need more than counters. It is written only as
 * it was read: when somebody else came in between, it is read and decided anew. So of concurrent decisions each sees
 * what the one before it left, and none is taken twice.
 */
import { settings } from '../config/environment.ts';
import { fail, problems } from '../contract/errors.ts';
import { gateClient, gateSdk } from './gate-client.ts';
import type { GateKey } from './keys.ts';

/** What is decided on a document: what came of it, and the document from now on; unchanged when there is none. */
export type Decision<State, Result> = { result: Result; state?: State };

export type DocumentOptions = {
  /** How long a document that nobody changes is kept. */
  keptSeconds: number;
  now: Date;
  /** When waiting for the table has lost its use, in epoch milliseconds. */
  deadlineMs: number;
};

/** Among concurrent writers one always gets on, and few writes are allowed before all are refused without one. */
const tries = 32;

/**
 * Decides on a document, on all instances one after the other.
 * @param decide gets the document as it is, undefined when there is none; it may run several times
 * @throws Failure `dependency.unavailable` when the table cannot be reached: never open
 */
export async function decideOn<State, Result>(
  key: GateKey,
  decide: (state: State | undefined) => Decision<State, Result>,
  options: DocumentOptions,
): Promise<Result> {
  try {
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      const { version, state } = await read<State>(key, options);
      const decided = decide(state);
      if (decided.state === undefined) return decided.result;
      if (await write(key, version, decided.state, options)) return decided.result;
    }
  } catch (error) {
    throw fail(problems.unavailable, { cause: error });
  }
  throw fail(problems.unavailable);
}

async function read<State>(
  key: GateKey,
  { deadlineMs }: DocumentOptions,
): Promise<{ version: number; state: State | undefined }> {
  const { GetItemCommand } = await gateSdk();
  const client = await gateClient();
  const { Item } = await client.send(
    new GetItemCommand({ TableName: settings.gateTable(), Key: { pk: { S: key } }, ConsistentRead: true }),
    { abortSignal: until(deadlineMs) },
  );
  const text = Item?.document?.S;
  return {
    version: Number(Item?.version?.N ?? 0),
    state: text === undefined ? undefined : (JSON.parse(text) as State),
  };
}

/** Whether it was still as it had been read. */
async function write<State>(
  key: GateKey,
  version: number,
  state: State,
  { keptSeconds, now, deadlineMs }: DocumentOptions,
): Promise<boolean> {
  const { UpdateItemCommand } = await gateSdk();
  const client = await gateClient();
  try {
    await client.send(
      new UpdateItemCommand({
        TableName: settings.gateTable(),
        Key: { pk: { S: key } },
        UpdateExpression: 'SET #document = :document, #version = :next, #ttl = :ttl',
        ConditionExpression: version === 0 ? 'attribute_not_exists(#version)' : '#version = :read',
        ExpressionAttributeNames: { '#document': 'document', '#version': 'version', '#ttl': 'ttl' },
        ExpressionAttributeValues: {
          ':document': { S: JSON.stringify(state) },
          ':next': { N: String(version + 1) },
          ':ttl': { N: String(Math.floor(now.getTime() / 1000) + keptSeconds) },
          ...(version === 0 ? {} : { ':read': { N: String(version) } }),
        },
      }),
      { abortSignal: until(deadlineMs) },
    );
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}

function until(deadlineMs: number): AbortSignal {
  return AbortSignal.timeout(Math.max(1, deadlineMs - Date.now()));
}
