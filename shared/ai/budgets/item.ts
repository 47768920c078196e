/**
 * The tenant's one item of budgets, to the last digit: DynamoDB keeps 38 of them and a JavaScript number does not.
 * Every write has a condition that it meets only once, so a request that was lost and is sent again changes nothing.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { settings } from '../../config/environment.ts';
import { fail, problems } from '../../contract/errors.ts';
import type { TenantId } from '../../contract/ids.ts';
import { gateKeys } from '../../limits/keys.ts';
import { getItem, updateItem } from '../../limits/table.ts';
import { type Budget, unpack } from './budget.ts';

/** The version that the budgets stand under, and the budgets. */
export const versionName = 'cv';
export const budgetsName = 'cf';

/** An item as it is. */
export type BudgetItem = {
  /** Undefined while nobody has published budgets there. */
  version: number | undefined;
  budgets: readonly Budget[];
  amounts: ReadonlyMap<string, bigint>;
  texts: ReadonlyMap<string, string>;
};

/** An update under way of being written. */
export type Writing = {
  set: Record<string, bigint | string>;
  /** Only where there is no such attribute yet. */
  setNew?: Record<string, bigint>;
  add: Record<string, bigint>;
  remove: readonly string[];
  /** Conditions, all of which must hold; `n` makes the placeholder of a name, `v` that of a value. */
  when: readonly ((n: (name: string) => string, v: (value: bigint | string) => string) => string)[];
};

const nothing: Writing = { set: {}, add: {}, remove: [], when: [] };

/**
 * The item of a tenant as it is now.
 * @throws Failure `dependency.unavailable` when the table cannot be reached
 */
export async function readItem(tenantId: TenantId, deadlineMs: number): Promise<BudgetItem> {
  const input = { TableName: settings.gateTable(), Key: keyOf(tenantId), ConsistentRead: true };
  return toItem(await reaching(deadlineMs, (abortSignal) => getItem(input, { abortSignal })));
}

/**
 * Writes to the item; returns the amounts that were written, undefined when a condition did not hold.
 * @throws Failure `dependency.unavailable` when the table cannot be reached: never open
 */
export async function writeItem(
  tenantId: TenantId,
  writing: Partial<Writing>,
  deadlineMs: number,
): Promise<ReadonlyMap<string, bigint> | undefined> {
  const input = { TableName: settings.gateTable(), Key: keyOf(tenantId), ...expressions(writing) };
  const answered = await reaching(deadlineMs, (abortSignal) => updateItem(input, { abortSignal }));
  return answered === 'unmet' ? undefined : toItem(answered.item).amounts;
}

function expressions(writing: Partial<Writing>) {
  const { set, setNew = {}, add, remove, when } = { ...nothing, ...writing };
  const names = new Map<string, string>();
  const values: Record<string, AttributeValue> = {};
  const n = (name: string): string => {
    const found = names.get(name) ?? `#${names.size}`;
    names.set(name, found);
    return found;
  };
  const value = (of: AttributeValue): string => {
    const name = `:${Object.keys(values).length}`;
    values[name] = of;
    return name;
  };
  const v = (to: bigint | string): string => value(typeof to === 'string' ? { S: to } : { N: String(to) });
  const sets = [
    ...Object.entries(set).map(([name, to]) => `${n(name)} = ${v(to)}`),
    ...Object.entries(setNew).map(([name, to]) => `${n(name)} = if_not_exists(${n(name)}, ${v(to)})`),
  ];
  const adds = Object.entries(add).map(([name, by]) => `${n(name)} ${v(by)}`);
  const parts = { SET: sets, ADD: adds, REMOVE: remove.map(n) };
  const conditions = when.map((condition) => condition(n, v));
  return {
    UpdateExpression: Object.entries(parts)
      .filter(([, written]) => written.length > 0)
      .map(([verb, written]) => `${verb} ${written.join(', ')}`)
      .join(' '),
    ...(conditions.length === 0 ? {} : { ConditionExpression: conditions.join(' AND ') }),
    ExpressionAttributeNames: Object.fromEntries(
      [...names].map(([name, placeholder]) => [placeholder, name]),
    ),
    ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }),
    // Not all of it: with many holds the item is large.
    ReturnValues: 'UPDATED_NEW' as const,
  };
}

function toItem(item: Record<string, AttributeValue> | undefined): BudgetItem {
  const amounts = new Map<string, bigint>();
  const texts = new Map<string, string>();
  for (const [name, { N: number, S: text }] of Object.entries(item ?? {})) {
    if (number !== undefined) amounts.set(name, toBigInt(number));
    if (text !== undefined) texts.set(name, text);
  }
  const version = amounts.get(versionName);
  return {
    ...{ amounts, texts, version: version === undefined ? undefined : Number(version) },
    budgets: unpack(texts.get(budgetsName) ?? '[]'),
  };
}

/** DynamoDB writes large numbers as they are, some stand-ins with an exponent. */
function toBigInt(number: string): bigint {
  const [, digits = '', fraction = '', exponent = '0'] =
    /^(-?\d+)(?:\.(\d+))?(?:[eE]\+?(\d+))?$/.exec(number) ?? [];
  return BigInt(digits + fraction) * 10n ** BigInt(Number(exponent) - fraction.length);
}

function keyOf(tenantId: TenantId) {
  return { pk: { S: gateKeys.budget(tenantId) } };
}

async function reaching<T>(deadlineMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  // Not AbortSignal.timeout, which goes on, and makes its error, long after the answer.
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), Math.max(1, deadlineMs - Date.now()));
  try {
    return await work(giveUp.signal);
  } catch (error) {
    throw fail(problems.unavailable, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
