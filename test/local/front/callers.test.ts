/** Who is calling, what the observer hears, and what nobody answers. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoDBClient, GetItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { PolicyStatement } from '#local/iam/policy.ts';
import { type Stack, settingsFor, startStack, tableProperties } from './stack.ts';

let stack: Stack;
const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/gate';

beforeAll(async () => {
  stack = await startStack();
  await stack.dynamodb.ensureTables(['gate', 'other'].map((name) => ({ name, properties: tableProperties })));
  await stack.queues.ensureBuckets([{ name: 'files' }]);
});
afterAll(() => stack.stop());

const allow = (Action: string, Resource = '*', more: Partial<PolicyStatement> = {}): PolicyStatement => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const mail = {
  FromEmailAddress: 'hello@example.com',
  Destination: { ToAddresses: ['a@b.test'] },
  Content: { Simple: { Subject: { Data: 'Hi' }, Body: { Text: { Data: 'Hi' } } } },
};

describe('callers', () => {
  test('[GOV-3] an unknown access key is nobody, in every protocol', async () => {
    const nobody = settingsFor(stack.front, 'LOCALunknown');
    await expect(
      new DynamoDBClient(nobody).send(new GetItemCommand({ TableName: 'gate', Key: { pk: { S: 'a' } } })),
    ).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
    await expect(new SESv2Client(nobody).send(new SendEmailCommand(mail))).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
    await expect(
      new S3Client(nobody).send(new ListObjectsV2Command({ Bucket: 'files' })),
    ).rejects.toMatchObject({ name: 'InvalidAccessKeyId' });
  });

  test('[GOV-3] a request without a signature is refused', async () => {
    const response = await fetch(stack.front.url, {
      method: 'POST',
      headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables' },
      body: '{}',
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('MissingAuthenticationToken');
    expect((await fetch(`${stack.front.url}/files/a/b.txt`)).status).toBe(403);
  });

  test('[GOV-3] the runtime itself passes', async () => {
    const db = new DynamoDBClient(settingsFor(stack.front, 'LOCALADMIN'));
    await db.send(new GetItemCommand({ TableName: 'other', Key: { pk: { S: 'a' } } }));
  });

  test('[GOV-3] every decision is reported with the statement that made it', async () => {
    const db = new DynamoDBClient(
      stack.as([allow('s3:*'), allow('dynamodb:GetItem', TABLE, { Sid: 'Read' })]),
    );
    stack.decisions.length = 0;
    for (let call = 0; call < 2; call += 1)
      await db.send(new GetItemCommand({ TableName: 'gate', Key: { pk: { S: 'a' } } }));
    const decision = {
      role: 'Caller',
      service: 'dynamodb',
      action: 'dynamodb:GetItem',
      resource: TABLE,
      allowed: true,
      statement: { policy: 0, statement: 'Read' },
    };
    expect(stack.decisions).toEqual([decision, decision]);
  });
});

describe('what is not there', () => {
  test('[ARC-2] a service or an action that nobody implements is answered with 501 and its name', async () => {
    const all = stack.as(allow('*'));
    const start = new SFNClient(all).send(
      new StartExecutionCommand({ stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:x' }),
    );
    await expect(start).rejects.toThrow('does not implement states StartExecution');
    const items = [{ Put: { TableName: 'gate', Item: { pk: { S: 'a' } } } }];
    const transaction = new DynamoDBClient(all).send(new TransactWriteItemsCommand({ TransactItems: items }));
    await expect(transaction).rejects.toMatchObject({ $metadata: { httpStatusCode: 501 } });
    const tagging = await fetch(`${stack.front.url}/files/a?tagging`, {
      method: 'PUT',
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=LOCALADMIN/20260101/us-east-1/s3/aws4_request' },
    });
    expect([tagging.status, await tagging.text()]).toEqual([501, expect.stringContaining('PUT ?tagging')]);
  });
});
