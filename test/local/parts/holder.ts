/** Run as a process: starts DynamoDB and SQS on a folder, stores one thing in each, says so, and waits to be killed. */
import { startDynamoDb } from '#local/parts/dynamodb/dynamodb.ts';
import { startQueues } from '#local/parts/queues/queues.ts';
import { dynamo } from '#local/parts/dynamodb/tables.ts';

const state = process.argv[2] ?? '';
const common = { state, region: 'us-east-1', accountId: '000000000000', log: console.error };
const dynamodb = await startDynamoDb(common);
const queues = await startQueues(common);
await dynamodb.ensureTables([
  {
    name: 'gate',
    properties: {
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    },
  },
]);
await queues.ensureQueues([{ name: 'jobs', properties: {} }]);
await dynamo({ port: dynamodb.port, region: 'us-east-1' }, 'PutItem', {
  TableName: 'gate',
  Item: { pk: { S: 'kept' } },
});
await queues.sendMessage('jobs', 'kept');
console.log(JSON.stringify({ pids: [dynamodb.pid, queues.pid] }));
setInterval(() => undefined, 1_000);
