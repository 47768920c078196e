/** What the guard of sign-ins stands on: a real DynamoDB, and a queue that takes what it is told. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { startDynamoDb } from '#local/parts/dynamodb/dynamodb.ts';

export const sqs = mockClient(SQSClient);

/** Before each test: the queue takes everything and has nothing yet. */
export function answerSqs(): void {
  sqs.reset();
  sqs.on(SendMessageCommand).resolves({});
}

/** Starts the table and points the environment at it; once per test file. */
export async function startGateTable(): Promise<{ pid: number; stop(): Promise<void> }> {
  const state = mkdtempSync(join(tmpdir(), 'plinth-guard-'));
  const place = { state, region: 'us-east-1', accountId: '000000000000', log: () => undefined };
  const dynamodb = await startDynamoDb(place);
  await dynamodb.ensureTables([
    {
      name: 'gate',
      properties: {
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      },
    },
  ]);
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'LOCALTEST',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${dynamodb.port}`,
    GATE_TABLE: 'gate',
    SIGNAL_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/000000000000/signals',
  });
  return {
    pid: dynamodb.pid,
    stop: async () => {
      await dynamodb.stop();
      rmSync(state, { recursive: true, force: true });
    },
  };
}
