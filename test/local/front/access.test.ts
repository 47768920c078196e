/** Every service, called with its real client: what is granted works, what is not is refused by name. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  BatchGetItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { SQSClient, SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { PolicyStatement } from '#local/iam/policy.ts';
import { type ClientSettings, type Stack, startStack, tableProperties } from './stack.ts';

let stack: Stack;
const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/gate';
const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:jobs';

beforeAll(async () => {
  stack = await startStack(undefined, {
    handlers: {
      events: async () => ({ status: 200, body: { FailedEntryCount: 0, Entries: [{ EventId: '1' }] } }),
    },
    configurationSet: (identity) => (identity === 'news.example' ? 'news' : undefined),
  });
  await stack.dynamodb.ensureTables([
    { name: 'gate', properties: tableProperties },
    { name: 'other', properties: tableProperties },
  ]);
  await stack.queues.ensureQueues([{ name: 'jobs', properties: {} }]);
  await stack.queues.ensureBuckets([{ name: 'files' }]);
  stack.secrets.ensureSecrets([{ name: 'pepper', properties: { SecretString: 'x' } }]);
});
afterAll(() => stack.stop());

const allow = (
  Action: string | string[],
  Resource: string | string[] = '*',
  more: Partial<PolicyStatement> = {},
): PolicyStatement => ({ Effect: 'Allow', Action, Resource, ...more });

type Case = {
  name: string;
  action: string;
  resource: string;
  send: (settings: ClientSettings) => Promise<unknown>;
};

const mail = {
  FromEmailAddress: 'Plinth <hello@example.com>',
  Destination: { ToAddresses: ['a@b.test'] },
  Content: { Simple: { Subject: { Data: 'Hi' }, Body: { Text: { Data: 'Hi' } } } },
};
const cases: Case[] = [
  {
    name: 'dynamodb PutItem',
    action: 'dynamodb:PutItem',
    resource: TABLE,
    send: (s) =>
      new DynamoDBClient(s).send(new PutItemCommand({ TableName: 'gate', Item: { pk: { S: 'a' } } })),
  },
  {
    name: 'dynamodb BatchGetItem',
    action: 'dynamodb:BatchGetItem',
    resource: TABLE,
    send: (s) =>
      new DynamoDBClient(s).send(
        new BatchGetItemCommand({ RequestItems: { gate: { Keys: [{ pk: { S: 'a' } }] } } }),
      ),
  },
  {
    name: 'sqs SendMessage',
    action: 'sqs:SendMessage',
    resource: QUEUE,
    send: (s) =>
      new SQSClient(s).send(
        new SendMessageCommand({ QueueUrl: stack.front.queueUrl('jobs'), MessageBody: 'x' }),
      ),
  },
  {
    name: 'sqs SendMessageBatch',
    action: 'sqs:SendMessage',
    resource: QUEUE,
    send: (s) =>
      new SQSClient(s).send(
        new SendMessageBatchCommand({
          QueueUrl: stack.front.queueUrl('jobs'),
          Entries: [{ Id: '1', MessageBody: 'x' }],
        }),
      ),
  },
  {
    name: 's3 PutObject',
    action: 's3:PutObject',
    resource: 'arn:aws:s3:::files/a/b.txt',
    send: (s) => new S3Client(s).send(new PutObjectCommand({ Bucket: 'files', Key: 'a/b.txt', Body: 'x' })),
  },
  {
    name: 's3 GetObject',
    action: 's3:GetObject',
    resource: 'arn:aws:s3:::files/a/b.txt',
    send: (s) => new S3Client(s).send(new GetObjectCommand({ Bucket: 'files', Key: 'a/b.txt' })),
  },
  {
    name: 's3 ListObjectsV2',
    action: 's3:ListBucket',
    resource: 'arn:aws:s3:::files',
    send: (s) => new S3Client(s).send(new ListObjectsV2Command({ Bucket: 'files', Prefix: 'a/' })),
  },
  {
    name: 's3 DeleteObjects',
    action: 's3:DeleteObject',
    resource: 'arn:aws:s3:::files/x&y',
    send: (s) =>
      new S3Client(s).send(
        new DeleteObjectsCommand({ Bucket: 'files', Delete: { Objects: [{ Key: 'x&y' }] } }),
      ),
  },
  {
    name: 'ses SendEmail',
    action: 'ses:SendEmail',
    resource: 'arn:aws:ses:us-east-1:000000000000:identity/example.com',
    send: (s) => new SESv2Client(s).send(new SendEmailCommand(mail)),
  },
  {
    name: 'secretsmanager GetSecretValue',
    action: 'secretsmanager:GetSecretValue',
    resource: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:pepper-??????',
    send: (s) => new SecretsManagerClient(s).send(new GetSecretValueCommand({ SecretId: 'pepper' })),
  },
  {
    name: 'events PutEvents',
    action: 'events:PutEvents',
    resource: 'arn:aws:events:us-east-1:000000000000:event-bus/plinth',
    send: (s) =>
      new EventBridgeClient(s).send(
        new PutEventsCommand({
          Entries: [{ EventBusName: 'plinth', Source: 'a', DetailType: 'b', Detail: '{}' }],
        }),
      ),
  },
];

describe('grants', () => {
  test.each(cases)(
    '[GOV-3] $name works with its grant and is refused by name without it',
    async ({ action, resource, send }) => {
      const settings = stack.as(allow(action, resource));
      await send(settings);

      stack.grant(settings, allow('*', 'arn:aws:none:::nothing'));
      const refusal = await send(settings).catch((error: unknown) => error as Error & { $metadata: object });
      expect(refusal).toMatchObject({ name: expect.stringMatching(/^AccessDenied/) });
      expect((refusal as Error).message).toContain(
        'User: arn:aws:sts::000000000000:assumed-role/Caller/local is not authorized to perform: ' + action,
      );
      expect((refusal as Error).message).toContain(
        `because no identity-based policy allows the ${action} action`,
      );

      stack.grant(settings, [allow('*'), { Effect: 'Deny', Action: action, Resource: '*' }]);
      await expect(send(settings)).rejects.toThrow('explicit deny');
    },
  );

  test('[GOV-3] a missing grant is said on the terminal, once until grants change', async () => {
    const settings = stack.as(allow('dynamodb:*', 'arn:aws:none:::nothing'));
    const db = new DynamoDBClient(settings);
    const get = new GetItemCommand({ TableName: 'gate', Key: { pk: { S: 'a' } } });
    const said = () => stack.lines.filter((line) => line.includes('perform: dynamodb:GetItem on')).length;
    for (const _time of [1, 2]) await expect(db.send(get)).rejects.toThrow('not authorized');
    expect(said()).toBe(1);
    stack.grant(settings, allow('sqs:*'));
    await expect(db.send(get)).rejects.toThrow('not authorized');
    expect(said()).toBe(2);
  });

  test('[GOV-3] every table of a batch and every item of a transaction is judged', async () => {
    const db = new DynamoDBClient(stack.as(allow('dynamodb:*', TABLE)));
    const batch = new BatchGetItemCommand({
      RequestItems: { gate: { Keys: [{ pk: { S: 'a' } }] }, other: { Keys: [{ pk: { S: 'a' } }] } },
    });
    await expect(db.send(batch)).rejects.toThrow('table/other');
    const items = [{ Delete: { TableName: 'other', Key: { pk: { S: 'a' } } } }];
    await expect(db.send(new TransactWriteItemsCommand({ TransactItems: items }))).rejects.toThrow(
      'dynamodb:DeleteItem',
    );
  });

  test('[GOV-3] mail needs the configuration set of its identity, even if it names none', async () => {
    const [identity, set] = ['identity/news.example', 'configuration-set/news'].map(
      (name) => `arn:aws:ses:us-east-1:000000000000:${name}`,
    );
    const news = new SendEmailCommand({ ...mail, FromEmailAddress: 'hello@news.example' });
    const send = (...resources: string[]) =>
      new SESv2Client(stack.as(allow('ses:SendEmail', resources))).send(news);
    await expect(send(String(identity))).rejects.toThrow(`perform: ses:SendEmail on resource: ${set}`);
    await expect(send(String(identity), String(set))).rejects.toThrow(/not verified/);
  });

  test('[GOV-3] an index is a resource of its own', async () => {
    const db = new DynamoDBClient(stack.as(allow('dynamodb:Query', TABLE)));
    const query = {
      TableName: 'gate',
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: { ':p': { S: 'a' } },
    };
    await db.send(new QueryCommand(query));
    await expect(db.send(new QueryCommand({ ...query, IndexName: 'byOwner' }))).rejects.toThrow(
      'table/gate/index/byOwner',
    );
  });

  test('[GOV-3] reading an object that may not be read says no more than 403', async () => {
    const s3 = new S3Client(stack.as(allow('s3:PutObject')));
    await expect(s3.send(new HeadObjectCommand({ Bucket: 'files', Key: 'a/b.txt' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
  });

  test('[TEN-5] leading keys confine a caller to its own items, whether it gets, puts or queries', async () => {
    const own = { Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['T#a'] } } };
    const db = new DynamoDBClient(stack.as(allow('dynamodb:*', TABLE, own)));
    const query = (pk: string) =>
      new QueryCommand({
        TableName: 'gate',
        KeyConditionExpression: '#k = :v',
        ExpressionAttributeNames: { '#k': 'pk' },
        ExpressionAttributeValues: { ':v': { S: pk } },
      });
    await db.send(new PutItemCommand({ TableName: 'gate', Item: { pk: { S: 'T#a' } } }));
    expect((await db.send(query('T#a'))).Count).toBe(1);
    for (const foreign of [
      new PutItemCommand({ TableName: 'gate', Item: { pk: { S: 'T#b' } } }),
      new GetItemCommand({ TableName: 'gate', Key: { pk: { S: 'T#b' } } }),
      query('T#b'),
    ]) {
      await expect(db.send(foreign as GetItemCommand)).rejects.toThrow('is not authorized');
    }
    // Allowed once must not mean allowed for every key.
    await db.send(new GetItemCommand({ TableName: 'gate', Key: { pk: { S: 'T#a' } } }));
    await expect(
      db.send(new GetItemCommand({ TableName: 'gate', Key: { pk: { S: 'T#c' } } })),
    ).rejects.toThrow('is not authorized');
  });

  test('[GOV-3] an unknown condition operator is an error that names it, not a grant', async () => {
    const odd = { Condition: { DateGreaterThan: { 'aws:CurrentTime': '2020-01-01' } } };
    const db = new DynamoDBClient(stack.as(allow('dynamodb:*', '*', odd)));
    await expect(db.send(new GetItemCommand({ TableName: 'gate', Key: { pk: { S: 'a' } } }))).rejects.toThrow(
      'Unknown condition operator DateGreaterThan',
    );
  });
});
