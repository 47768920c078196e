import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Stack, startStack, tableProperties } from '../front/stack.ts';

let stack: Stack;
let db: DynamoDBClient;
const now = () => Math.floor(Date.now() / 1000);

beforeAll(async () => {
  stack = await startStack();
  await stack.dynamodb.ensureTables([{ name: 'gate', properties: tableProperties }]);
  db = new DynamoDBClient(stack.as({ Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' }));
});
afterAll(() => stack.stop());

const put = (TableName: string, pk: string, more = {}) =>
  db.send(new PutItemCommand({ TableName, Item: { pk: { S: pk }, ...more } }));
const get = async (TableName: string, pk: string) =>
  (await db.send(new GetItemCommand({ TableName, Key: { pk: { S: pk } } }))).Item;

test('[LIM-1] of 200 concurrent conditional updates against a cap of 50 exactly 50 are admitted, through the front', async () => {
  const update = () =>
    db
      .send(
        new UpdateItemCommand({
          TableName: 'gate',
          Key: { pk: { S: 'cap' } },
          UpdateExpression: 'ADD c :one',
          ConditionExpression: 'attribute_not_exists(c) OR c < :cap',
          ExpressionAttributeValues: { ':one': { N: '1' }, ':cap': { N: '50' } },
        }),
      )
      .then(
        () => true,
        (error: unknown) => {
          if (error instanceof ConditionalCheckFailedException) return false;
          throw error;
        },
      );
  const admitted = await Promise.all(Array.from({ length: 200 }, update));
  expect(admitted.filter(Boolean)).toHaveLength(50);
  expect(await get('gate', 'cap')).toMatchObject({ c: { N: '50' } });
});

test('[IDN-5] what has expired is deleted, what has not stays, and a timestamp in milliseconds harms nothing', async () => {
  await put('gate', 'expired', { ttl: { N: String(now() - 60) } });
  await put('gate', 'alive', { ttl: { N: String(now() + 60) } });
  await put('gate', 'mistaken', { ttl: { N: '1' } });
  await put('gate', 'eternal');
  expect(await stack.dynamodb.sweep()).toBe(1);
  expect(await get('gate', 'expired')).toBeUndefined();
  for (const pk of ['alive', 'mistaken', 'eternal']) expect(await get('gate', pk)).toBeDefined();
});

test('[OPS-5] defining a table again keeps its items; a new index is filled from them; a new key is refused', async () => {
  await put('gate', 'kept', { owner: { S: 'me' } });
  await stack.dynamodb.ensureTables([{ name: 'gate', properties: tableProperties }]);
  expect(await get('gate', 'kept')).toBeDefined();

  const indexed = {
    ...tableProperties,
    AttributeDefinitions: [
      ...tableProperties.AttributeDefinitions,
      { AttributeName: 'owner', AttributeType: 'S' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byOwner',
        KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  };
  await stack.dynamodb.ensureTables([{ name: 'gate', properties: indexed }]);
  const query = {
    TableName: 'gate',
    IndexName: 'byOwner',
    KeyConditionExpression: '#o = :o',
    ExpressionAttributeNames: { '#o': 'owner' },
    ExpressionAttributeValues: { ':o': { S: 'me' } },
  };
  expect((await db.send(new QueryCommand(query))).Items?.map((item) => item.pk?.S)).toEqual(['kept']);

  const rekeyed = {
    ...tableProperties,
    KeySchema: [{ AttributeName: 'other', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'other', AttributeType: 'S' }],
  };
  await expect(stack.dynamodb.ensureTables([{ name: 'gate', properties: rekeyed }])).rejects.toThrow(
    'npm run reset',
  );
});
