/** Which IAM actions a DynamoDB call needs, and the leading keys it touches. */
import type { RequestContext } from '../../iam/conditions.ts';
import { type Body, type Need, type Place, arn, objects, text } from './need.ts';

/** What dynalite implements; everything else is answered with 501 instead of its bare error. */
const IMPLEMENTED = new Set([
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeTable',
  'DescribeTimeToLive',
  'GetItem',
  'ListTables',
  'ListTagsOfResource',
  'PutItem',
  'Query',
  'Scan',
  'TagResource',
  'UntagResource',
  'UpdateItem',
  'UpdateTable',
]);

const TRANSACTION_ACTIONS: Record<string, string> = {
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

export function dynamoDbImplements(action: string): boolean {
  return IMPLEMENTED.has(action);
}

/** The needs of a call; `undefined` for an action of which the resources are not known here. */
export function dynamoDbNeeds(place: Place, action: string, body: Body): Need[] | undefined {
  if (action === 'ListTables') return [{ action: 'dynamodb:ListTables', resource: '*' }];
  if (action === 'BatchGetItem' || action === 'BatchWriteItem') {
    return Object.keys((body.RequestItems ?? {}) as Body).map((table) =>
      need(action, tableArn(place, table)),
    );
  }
  if (action === 'TransactWriteItems' || action === 'TransactGetItems') {
    return objects(body.TransactItems).flatMap((item) =>
      Object.entries(item).map(([kind, one]) =>
        need(TRANSACTION_ACTIONS[kind] ?? kind, tableArn(place, text(one as Body, 'TableName'))),
      ),
    );
  }
  if (typeof body.ResourceArn === 'string') return [need(action, body.ResourceArn)];
  if (typeof body.TableName !== 'string') return undefined;
  const table = tableArn(place, body.TableName);
  // Reading an index is a permission on the index, not on its table.
  return [need(action, typeof body.IndexName === 'string' ? `${table}/index/${body.IndexName}` : table)];
}

/** The partition key values that a call names, per IAM key `dynamodb:LeadingKeys`; absent when it names none. */
export async function leadingKeys(place: Place, action: string, body: Body): Promise<RequestContext> {
  const values: string[] = [];
  for (const { table, key, query } of touched(action, body)) {
    const attribute = await place.partitionKey?.(table);
    if (attribute === undefined) continue;
    const value = query === undefined ? key?.[attribute] : keyOfQuery(query, attribute);
    const scalar = value === undefined ? undefined : Object.values(value as Body)[0];
    if (typeof scalar === 'string') values.push(scalar);
  }
  return values.length === 0 ? {} : { 'dynamodb:LeadingKeys': values };
}

type Touch = { table: string; key?: Body; query?: Body };

function touched(action: string, body: Body): Touch[] {
  if (action === 'BatchGetItem') {
    return perTable(body).flatMap(([table, request]) =>
      objects((request as Body).Keys).map((key) => ({ table, key })),
    );
  }
  if (action === 'BatchWriteItem') {
    return perTable(body).flatMap(([table, requests]) =>
      objects(requests).flatMap((request) =>
        Object.values(request).map((one) => ({
          table,
          key: ((one as Body).Item ?? (one as Body).Key) as Body,
        })),
      ),
    );
  }
  if (action === 'TransactWriteItems' || action === 'TransactGetItems') {
    return objects(body.TransactItems).flatMap((item) =>
      Object.values(item).map((one) => ({
        table: text(one as Body, 'TableName'),
        key: ((one as Body).Item ?? (one as Body).Key) as Body,
      })),
    );
  }
  const table = text(body, 'TableName');
  if (action === 'Query') return [{ table, query: body }];
  const key = (body.Key ?? body.Item) as Body | undefined;
  return key === undefined ? [] : [{ table, key }];
}

function perTable(body: Body): [string, unknown][] {
  return Object.entries((body.RequestItems ?? {}) as Body);
}

/** The value that a key condition compares the partition key with: `pk = :v`, with or without a `#name`. */
function keyOfQuery(query: Body, attribute: string): unknown {
  const names = (query.ExpressionAttributeNames ?? {}) as Record<string, string>;
  const values = (query.ExpressionAttributeValues ?? {}) as Body;
  for (const [, name, value] of text(query, 'KeyConditionExpression').matchAll(/([#\w.-]+)\s*=\s*(:\w+)/g)) {
    if (name !== undefined && value !== undefined && (names[name] ?? name) === attribute)
      return values[value];
  }
  return undefined;
}

function need(action: string, resource: string): Need {
  return { action: `dynamodb:${action}`, resource };
}

function tableArn(place: Place, table: string): string {
  return table.startsWith('arn:') ? table : arn(place, 'dynamodb', `table/${table}`);
}
