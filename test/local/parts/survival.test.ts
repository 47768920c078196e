/** State outlives the process that wrote it, and nothing of that process outlives it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startDynamoDb } from '#local/parts/dynamodb/dynamodb.ts';
import { identify } from '#local/processes.ts';
import { accountId, region, settingsFor, startStack, temporaryState } from '../front/stack.ts';

async function hold(state: string): Promise<{ holder: ChildProcess; pids: number[] }> {
  const holder = spawn(process.execPath, [new URL('./holder.ts', import.meta.url).pathname, state], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const [line] = (await once(holder.stdout, 'data')) as [Buffer];
  const { pids } = JSON.parse(line.toString()) as { pids: number[] };
  return { holder, pids };
}

test('[ARC-2] DynamoDB items and SQS messages survive kill -9, and the next start need not wait for an operator', async () => {
  const state = temporaryState();
  const { holder, pids } = await hold(state);
  holder.kill('SIGKILL');

  // At once: the children may still be dying and hold the lock.
  const stack = await startStack(state);
  try {
    const settings = settingsFor(stack.front, 'LOCALADMIN');
    const item = await new DynamoDBClient(settings).send(
      new GetItemCommand({ TableName: 'gate', Key: { pk: { S: 'kept' } } }),
    );
    expect(item.Item).toEqual({ pk: { S: 'kept' } });
    const received = await new SQSClient(settings).send(
      new ReceiveMessageCommand({ QueueUrl: stack.front.queueUrl('jobs') }),
    );
    expect(received.Messages?.map((message) => message.Body)).toEqual(['kept']);
    expect(pids.filter((pid) => identify(pid) !== undefined)).toEqual([]);
  } finally {
    await stack.stop();
  }
});

test('[ARC-2] a folder that stays in use is reported, not waited for without end', async () => {
  const state = temporaryState();
  const { holder } = await hold(state);
  try {
    await expect(startDynamoDb({ state, region, accountId, log: () => undefined })).rejects.toThrow(
      /did not start|stopped while starting/,
    );
  } finally {
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    rmSync(state, { recursive: true, force: true });
  }
});
