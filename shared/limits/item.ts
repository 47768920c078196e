/** Updates of one item of the gate's table, written flat: the fewer clauses nest, the cheaper they are. */
import type { AttributeValue, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { settings } from '../config/environment.ts';
import { fail, problems } from '../contract/errors.ts';
import type { Counts } from './counters.ts';
import { gateClient } from './gate-client.ts';
import type { GateKey } from './keys.ts';

/** An update under way of being written. Attribute names are the kernel's own: letters, digits, underscores. */
export type ItemUpdate = {
  set(attribute: string, value: number): void;
  add(attribute: string, value: number): void;
  remove(attribute: string): void;
  /** A condition; `n` makes the placeholder of a name, `v` that of a value. All conditions must hold. */
  when(condition: (n: (attribute: string) => string, v: (value: number) => string) => string): void;
  input(): UpdateItemCommandInput;
};

/** An empty update of an item that returns all of it. */
export function updateOf(key: GateKey): ItemUpdate {
  const names: Record<string, string> = {};
  const values: Record<string, AttributeValue> = {};
  const parts = { SET: [] as string[], ADD: [] as string[], REMOVE: [] as string[] };
  const conditions: string[] = [];
  const n = (attribute: string) => {
    names[`#${attribute}`] = attribute;
    return `#${attribute}`;
  };
  const v = (value: number) => {
    const name = `:v${String(value).replace('-', '_')}`;
    values[name] = { N: String(value) };
    return name;
  };
  return {
    set: (attribute, value) => void parts.SET.push(`${n(attribute)} = ${v(value)}`),
    add: (attribute, value) => void parts.ADD.push(`${n(attribute)} ${v(value)}`),
    remove: (attribute) => void parts.REMOVE.push(n(attribute)),
    when: (condition) => void conditions.push(condition(n, v)),
    input: () => ({
      TableName: settings.gateTable(),
      Key: { pk: { S: key } },
      UpdateExpression: Object.entries(parts)
        .filter(([, written]) => written.length > 0)
        .map(([verb, written]) => `${verb} ${written.join(', ')}`)
        .join(' '),
      ...(conditions.length === 0 ? {} : { ConditionExpression: conditions.join(' AND ') }),
      ExpressionAttributeNames: names,
      ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }),
      ReturnValues: 'ALL_NEW',
    }),
  };
}

/**
 * Sends an update and returns the item's numbers; undefined when a condition did not hold.
 * @param deadlineMs until when an answer is waited for, in epoch milliseconds
 * @throws Failure `dependency.unavailable` when the table cannot be reached: never open
 */
export async function send(update: ItemUpdate, deadlineMs: number): Promise<Counts | undefined> {
  return reaching(deadlineMs, async (options) => {
    const { UpdateItemCommand } = await import('../config/aws/dynamodb.ts');
    const client = await gateClient();
    try {
      const { Attributes } = await client.send(new UpdateItemCommand(update.input()), options);
      return numbersOf(Attributes);
    } catch (error) {
      if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return undefined;
      throw error;
    }
  });
}

/**
 * The numbers of an item as they are now; none when there is no such item.
 * @throws Failure `dependency.unavailable` when the table cannot be reached
 */
export async function read(key: GateKey, deadlineMs: number): Promise<Counts> {
  return reaching(deadlineMs, async (options) => {
    const { GetItemCommand } = await import('../config/aws/dynamodb.ts');
    const client = await gateClient();
    const input = { TableName: settings.gateTable(), Key: { pk: { S: key } }, ConsistentRead: true };
    return numbersOf((await client.send(new GetItemCommand(input), options)).Item);
  });
}

/** Both attempts and the pause between them, however the service is in trouble. */
async function reaching<T>(
  deadlineMs: number,
  work: (options: { abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  try {
    return await work({ abortSignal: AbortSignal.timeout(Math.max(1, deadlineMs - Date.now())) });
  } catch (error) {
    throw fail(problems.unavailable, { cause: error });
  }
}

function numbersOf(item: Record<string, AttributeValue> | undefined): Counts {
  const numbers: Record<string, number> = {};
  for (const [name, { N: number }] of Object.entries(item ?? {})) {
    if (number !== undefined) numbers[name] = Number(number);
  }
  return numbers;
}
