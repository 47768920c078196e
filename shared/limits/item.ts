/** Updates of one item of the gate's table, written flat: the fewer clauses nest, the cheaper they are. */
import type { AttributeValue, GetItemCommandInput, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { settings } from '../config/environment.ts';
import { fail, problems } from '../contract/errors.ts';
import type { Counts } from './counters.ts';
import type { GateKey } from './keys.ts';
import { type CallOptions, getItem, getItemAgain, updateItem } from './table.ts';

type Condition = (n: (attribute: string) => string, v: (value: number) => string) => string;

/** An update under way of being written. Attribute names are the kernel's own: letters, digits, underscores. */
export type ItemUpdate = {
  set(attribute: string, value: number): void;
  setIfMissing(attribute: string, value: number): void;
  add(attribute: string, value: number): void;
  remove(attribute: string): void;
  /** A condition; `n` makes the placeholder of a name, `v` that of a value. All conditions must hold. */
  when(condition: Condition): void;
  /**
   * A condition that must not hold. A comparison with an attribute that the item does not have is false, so it may
   * be missing. That is shorter than to name both cases, and a table reads conditions with every request.
   */
  unless(condition: Condition): void;
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
    setIfMissing: (attribute, value) =>
      void parts.SET.push(`${n(attribute)} = if_not_exists(${n(attribute)}, ${v(value)})`),
    add: (attribute, value) => void parts.ADD.push(`${n(attribute)} ${v(value)}`),
    remove: (attribute) => void parts.REMOVE.push(n(attribute)),
    when: (condition) => void conditions.push(condition(n, v)),
    unless: (condition) => void conditions.push(`NOT ${condition(n, v)}`),
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
    const answered = await updateItem(update.input(), options);
    return answered === 'unmet' ? undefined : numbersOf(answered.item);
  });
}

/**
 * The numbers of an item as they are now; none when there is no such item.
 * @throws Failure `dependency.unavailable` when the table cannot be reached
 */
export async function read(key: GateKey, deadlineMs: number): Promise<Counts> {
  return reaching(deadlineMs, async (options) => numbersOf(await getItem(inputOf(key), options)));
}

/**
 * The same of an item that every request asks for: signed once a minute, sent each time.
 * @throws Failure `dependency.unavailable` when the table cannot be reached
 */
export async function readOften(key: GateKey, deadlineMs: number): Promise<Counts> {
  return reaching(deadlineMs, async (options) => numbersOf(await getItemAgain(key, inputOf(key), options)));
}

function inputOf(key: GateKey): GetItemCommandInput {
  return { TableName: settings.gateTable(), Key: { pk: { S: key } }, ConsistentRead: true };
}

/** Whatever goes wrong with the table, or takes too long, refuses the request. */
async function reaching<T>(deadlineMs: number, work: (options: CallOptions) => Promise<T>): Promise<T> {
  try {
    return await work({ abortSignal: endOf(deadlineMs) });
  } catch (error) {
    throw fail(problems.unavailable, { cause: error });
  }
}

let latest: { deadlineMs: number; signal: AbortSignal } | undefined;

/** The end of waiting; calls of one request share it, because each costs a timer. */
function endOf(deadlineMs: number): AbortSignal {
  if (latest?.deadlineMs !== deadlineMs) {
    latest = { deadlineMs, signal: AbortSignal.timeout(Math.max(1, deadlineMs - Date.now())) };
  }
  return latest.signal;
}

/** The numbers among an item's attributes. */
function numbersOf(item: Record<string, AttributeValue> | undefined): Counts {
  const numbers: Record<string, number> = {};
  for (const [name, { N: number }] of Object.entries(item ?? {})) {
    if (number !== undefined) numbers[name] = Number(number);
  }
  return numbers;
}
