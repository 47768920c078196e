/** A synthesized app with every resource type of a cell is read in full, and what it cannot mean here is named. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { readCell, UnsupportedTemplateError, type Cell } from '#local/template/cell.ts';
import * as read from '#local/template/readers.ts';
import { writeAssembly } from './assembly.ts';
import { synthesizeEverything } from './everything.ts';
import { facts } from './facts.ts';

let cell: Cell;
beforeAll(() => {
  cell = readCell(synthesizeEverything(), facts);
});
const account = '000000000000';

describe('functions', () => {
  test('the environment holds values of other stacks, resolved to what answers here', () => {
    const api = read.functions(cell).find((fn) => fn.logicalId.startsWith('Api'));
    const pool = read.userPool(cell);
    expect(api?.environment).toMatchObject({
      TABLE: 'us-data-Gate3038665D',
      TABLE_ARN: `arn:aws:dynamodb:us-east-1:${account}:table/us-data-Gate3038665D`,
      BUCKET: 'us-data-files8e6940b8',
      PROXY: '127.0.0.1',
      CLUSTER: '127.0.0.1',
      PORT: '5433',
      POOL: pool?.id,
      CLIENT: pool?.clients[0]?.id,
      LOGIN: 'http://localhost:4567',
      ISSUER: 'http://localhost:4567/pool',
      QUEUE: `http://127.0.0.1:4566/${account}/us-http-JobsDF1CC2D4`,
      JOINED: `us-east-1-${account}`,
    });
    expect(api).toMatchObject({
      timeoutMs: 20_000,
      memoryMb: 512,
      reservedConcurrency: 5,
      handler: 'index.handler',
    });
  });

  test('every function has its code folder', () => {
    const all = read.functions(cell);
    expect(all.length).toBeGreaterThanOrEqual(3);
    for (const fn of all) expect(existsSync(fn.codeFolder)).toBe(true);
  });

  test('a queue feeds the function through its alias', () => {
    expect(read.eventSourceMappings(cell)).toEqual([
      expect.objectContaining({
        functionArn: 'us-http-ApiF70053CD:live',
        queueArn: `arn:aws:sqs:us-east-1:${account}:us-http-JobsDF1CC2D4`,
        batchSize: 5,
        reportsFailures: true,
        maximumConcurrency: 2,
      }),
    ]);
  });

  test('a trigger names the function it runs at deployment', () => {
    const [trigger] = read.customResources(cell);
    const migrate = read.functions(cell).find((fn) => fn.logicalId.startsWith('Migrate'));
    expect(trigger).toMatchObject({
      type: 'Custom::Trigger',
      properties: { HandlerArn: `${migrate?.arn}:1` },
    });
  });
});

describe('what a cell is made of', () => {
  test('a role carries its attached policies and the managed ones, with real ARNs', () => {
    const api = read.functions(cell).find((fn) => fn.logicalId.startsWith('Api'));
    const role = read.roleByArn(read.rolePolicies(cell), api?.roleArn ?? '');
    const statements = role.policies.flatMap((policy) => policy.statements);
    expect(statements).toContainEqual(
      expect.objectContaining({
        Effect: 'Allow',
        Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
        Resource: read.secrets(cell).find((secret) => secret.logicalId.startsWith('Pepper'))?.arn,
      }),
    );
    expect(statements).toContainEqual(
      expect.objectContaining({ Action: expect.arrayContaining(['logs:PutLogEvents']), Resource: '*' }),
    );
  });

  test('tables, queues, buckets and secrets come in the shape that creates them', () => {
    expect(read.tables(cell)).toEqual([
      expect.objectContaining({
        name: 'us-data-Gate3038665D',
        keySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      }),
      expect.objectContaining({ name: 'us-data-Sessions8896A56D', ttlAttribute: 'ttl' }),
    ]);
    const jobs = read.queues(cell).find((queue) => queue.logicalId.startsWith('Jobs'));
    expect(jobs?.attributes.VisibilityTimeout).toBe('60');
    expect(JSON.parse(jobs?.attributes.RedrivePolicy ?? '')).toMatchObject({ maxReceiveCount: 3 });
    expect(read.buckets(cell).map((bucket) => bucket.name)).toContain('us-data-files8e6940b8');
    const pepper = read.secrets(cell).find((secret) => secret.logicalId.startsWith('Pepper'));
    expect(pepper?.generate).toMatchObject({ template: '{"v":1}', key: 'pepper', length: 32 });
    expect(pepper?.arn).toMatch(
      /^arn:aws:secretsmanager:us-east-1:000000000000:secret:us-http-Pepper\w+-\w{6}$/,
    );
    expect(read.emailIdentities(cell)[0]).toMatchObject({ identity: 'plinth@example.com' });
  });

  test('the user pool has its clients, groups, domain and triggers', () => {
    expect(read.userPool(cell)).toMatchObject({
      id: expect.stringMatching(/^us-east-1_[a-z0-9]{9}$/),
      domain: 'plinth-example',
      groups: ['admins'],
      resourceServers: [{ identifier: 'plinth', scopes: ['all'] }],
      triggers: { PreTokenGeneration: expect.stringContaining(':function:us-identity-PreToken') },
    });
  });

  test('rules, schedules and state machines point at ARNs that exist', () => {
    const [machine] = read.stateMachines(cell);
    expect(machine?.definition).toMatchObject({ StartAt: 'CreateRow' });
    expect(read.rules(cell)).toEqual([
      expect.objectContaining({
        bus: 'plinth',
        pattern: { 'detail-type': ['onboardingRequest'] },
        targets: [
          expect.objectContaining({ arn: machine?.arn }),
          expect.objectContaining({
            arn: expect.stringContaining(':sqs:'),
            deadLetterArn: expect.stringContaining('Dead'),
          }),
          expect.objectContaining({ arn: expect.stringMatching(/:function:us-http-Api\w+:live$/) }),
        ],
      }),
    ]);
    expect(read.schedules(cell)).toEqual([
      expect.objectContaining({
        expression: 'cron(0 3 * * ? *)',
        target: expect.objectContaining({ input: '{"job":"nightly"}' }),
      }),
    ]);
    expect(read.eventBuses(cell)).toEqual(['default', 'plinth']);
  });

  test('the API has its stage and its integrations resolved, and its address is the local one', () => {
    const [api] = read.restApis(cell);
    expect(api).toMatchObject({ stage: 'api' });
    expect(JSON.stringify(api?.body)).toContain(
      `functions/arn:aws:lambda:us-east-1:${account}:function:us-http-ApiF70053CD:live/invocations`,
    );
    expect(Object.values(read.outputs(cell)['us-http'] ?? {})).toContain('http://localhost:3000/api/');
  });

  test('names are the same on every start', () => {
    const again = readCell(synthesizeEverything(), facts);
    expect(again.resources.map((r) => r.ref)).toEqual(cell.resources.map((r) => r.ref));
  });
});

describe('gaps', () => {
  test('unknown types, attributes and intrinsics stop the start in one message', () => {
    const folder = writeAssembly({
      one: { Resources: { Cache: { Type: 'AWS::ElastiCache::CacheCluster', Properties: {} } } },
      two: {
        Resources: {
          Jobs: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::Cidr': ['10.0.0.0/8', 2] } } },
          Fn: {
            Type: 'AWS::Lambda::Function',
            Properties: {
              Environment: {
                Variables: {
                  A: { 'Fn::GetAtt': ['Jobs', 'Depth'] },
                  B: { Ref: 'Nobody' },
                  C: { 'Fn::ImportValue': 'nothing' },
                  D: '{{resolve:ssm:/x}}',
                },
              },
            },
          },
        },
      },
    });
    const attempt = () => readCell(folder, facts);
    expect(attempt).toThrow(UnsupportedTemplateError);
    for (const part of [
      'one / Cache (AWS::ElastiCache::CacheCluster): unknown resource type',
      'two / Jobs (AWS::SQS::Queue): unknown intrinsic function Fn::Cidr',
      'two / Jobs (AWS::SQS::Queue): unknown attribute Depth',
      'two / Fn (AWS::Lambda::Function): Ref to Nobody',
      'two / Fn (AWS::Lambda::Function): Fn::ImportValue of nothing',
      'two / Fn (AWS::Lambda::Function): dynamic reference {{resolve:ssm:/x}}',
    ]) {
      expect(attempt).toThrow(part);
    }
  });

  test('a circle of references is reported with its path', () => {
    const queue = (other: string) => ({
      Type: 'AWS::SQS::Queue',
      Properties: { QueueName: { 'Fn::Sub': `\${${other}.QueueName}x` } },
    });
    const folder = writeAssembly({ s: { Resources: { A: queue('B'), B: queue('A') } } });
    expect(() => readCell(folder, facts)).toThrow(
      'circular reference s/B.QueueName → s/A.QueueName → s/B.QueueName',
    );
  });

  test('a parameter without a local value is reported, and can be given one', () => {
    const folder = writeAssembly({
      s: {
        Parameters: { Image: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/image' } },
        Resources: { Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'Image' } } } },
      },
    });
    expect(() => readCell(folder, facts)).toThrow('parameter Image');
    const given = readCell(folder, { ...facts, parameters: { '/image': 'named' } });
    expect(given.resources[0]?.attributes.QueueName).toBe('named');
  });

  test('a managed policy that is not known is an error, not an empty grant', () => {
    const folder = writeAssembly({
      s: {
        Resources: {
          R: {
            Type: 'AWS::IAM::Role',
            Properties: { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] },
          },
        },
      },
    });
    expect(() => read.rolePolicies(readCell(folder, facts))).toThrow(
      'AdministratorAccess is not known locally',
    );
  });
});

describe('intrinsics', () => {
  const value = (expression: unknown, template: object = {}) => {
    const folder = writeAssembly({
      s: {
        Parameters: { Size: { Type: 'Number', Default: 2 } },
        ...template,
        Outputs: { Out: { Value: expression } },
      },
    });
    return read.outputs(readCell(folder, facts)).s?.Out;
  };

  test.each([
    [{ 'Fn::Sub': 'a-${AWS::Region}-${!kept}-${Size}' }, 'a-eu-west-1-${kept}-2'],
    [{ 'Fn::Sub': ['${x}/${AWS::AccountId}', { x: { 'Fn::Base64': 'hi' } }] }, 'aGk=/000000000000'],
    [{ 'Fn::Select': [1, { 'Fn::Split': [',', 'a,b,c'] }] }, 'b'],
    [{ 'Fn::Select': ['0', { 'Fn::GetAZs': '' }] }, 'eu-west-1a'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'AWS::NoValue' }, { Ref: 'AWS::URLSuffix' }]] }, 'a-amazonaws.com'],
    [{ 'Fn::Join': [':', ['arn', { Ref: 'AWS::Partition' }, { Ref: 'AWS::StackName' }]] }, 'arn:aws:s'],
  ])('%j is %j', (expression, expected) => {
    expect(value(expression)).toBe(expected);
  });

  test('conditions choose values, and leave resources and outputs out', () => {
    const template = {
      Conditions: {
        Big: { 'Fn::Equals': [{ Ref: 'Size' }, '2'] },
        Small: { 'Fn::Not': [{ Condition: 'Big' }] },
        Both: { 'Fn::And': [{ Condition: 'Big' }, { Condition: 'Small' }] },
        Any: { 'Fn::Or': [{ Condition: 'Big' }, { Condition: 'Small' }] },
      },
      Mappings: { Sizes: { 'eu-west-1': { big: 'L' } } },
    };
    const chosen = { 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'big'] };
    expect(value({ 'Fn::If': ['Any', chosen, 'none'] }, template)).toBe('L');
    expect(value({ 'Fn::If': ['Both', chosen, 'none'] }, template)).toBe('none');
    const folder = writeAssembly({
      s: {
        Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
        Resources: { Q: { Type: 'AWS::SQS::Queue', Condition: 'Never' }, K: { Type: 'AWS::SQS::Queue' } },
        Outputs: { Gone: { Condition: 'Never', Value: { Ref: 'Q' } } },
      },
    });
    const read = readCell(folder, facts);
    expect(read.resources.map((r) => r.logicalId)).toEqual(['K']);
    expect(read.outputs.s).toEqual({});
  });
});
