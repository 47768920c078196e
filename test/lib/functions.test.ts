import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { bundleFunctions } from '#lib/bundle.ts';
import {
  actionsOf,
  environmentOf,
  flatten,
  kernelFunctions,
  modules,
  ofType,
  type Resource,
  type Statement,
  type Synthesized,
  stackNames,
  statementsOf,
  synthesize,
} from './synth.ts';

const root = join(import.meta.dirname, '..', '..');

const bundles = await bundleFunctions({ maps: false });

describe('kernel functions', () => {
  let cell: Synthesized;
  let functions: Map<string, Resource>;

  beforeAll(() => {
    cell = synthesize();
    functions = kernelFunctions(cell);
  });

  test('there is one for every entry, on Node 24 and arm64, traced, with a log of its own', () => {
    const kinds = ['http', 'stream', 'queue', 'workflow', 'schedule', 'trigger', 'probe', 'deploy'] as const;
    const entries = kinds.flatMap((kind) => bundles.names(kind).map((name) => `${kind}-${name}`));
    expect([...functions.keys()].sort()).toEqual(entries.sort());
    for (const fn of functions.values()) {
      expect(fn.Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
        LoggingConfig: { LogFormat: 'JSON' },
      });
    }
  });

  test('every function has the environment that its own code reads', () => {
    for (const [name, fn] of functions) {
      expect([name, missingSettings(sectionsOf(name), environmentOf(fn))]).toEqual([name, '']);
    }
  });

  test('a function without one of its variables would be found', () => {
    const complete = environmentOf(functions.get('http-members') ?? { Type: '' });
    for (const name of [
      'DATABASE_HOST',
      'USER_POOL_ID',
      'GATE_TABLE',
      'OUTBOX_QUEUE_URL',
      'LINK_SECRET_ARN',
    ]) {
      const { [name]: _left, ...rest } = complete;
      expect(missingSettings([...sectionsOf('http-members'), 'linkSecretArn'], rest)).toContain(name);
    }
  });

  test('[ARC-4] each connects as one login of its own plane, and only the migration reads the administrator', () => {
    const logins = [...functions].map(([name, fn]) => [name, environmentOf(fn).DATABASE_USER]);
    expect(Object.fromEntries(logins)).toMatchObject({
      'http-tenancy': 'app_tenant',
      'http-platform': 'app_platform',
      'stream-ai': 'app_tenant',
      'queue-members': 'app_tenant',
      'queue-outbox': 'app_system',
      'schedule-outbox': 'app_system',
      'schedule-maintenance': 'app_system',
      'schedule-ai-budgets': 'app_system',
      'schedule-pulse': 'app_platform',
      'trigger-metrics': 'app_system',
      'trigger-pre-token': undefined,
      'deploy-migrate': undefined,
    });
    for (const [name, fn] of functions) {
      const user = environmentOf(fn).DATABASE_USER;
      const connects = statementsOf(cell, name).filter(({ Action: action }) => action === 'rds-db:connect');
      expect([name, connects.map(({ Resource: resource }) => flatten(resource).split('/').at(-1))]).toEqual([
        name,
        user === undefined ? [] : [user],
      ]);
      expect([name, 'DATABASE_SECRET_ARN' in environmentOf(fn)]).toEqual([name, name === 'deploy-migrate']);
    }
  });

  test('no function may take every action, or any action on everything, but to be traced and attached, and to read metrics', () => {
    for (const name of functions.keys()) {
      for (const statement of statementsOf(cell, name)) {
        const actions = actionsOf([statement]);
        expect([name, actions.filter((action) => action.includes('*'))]).toEqual([name, []]);
        if (JSON.stringify(statement.Resource).includes('"*"')) {
          expect(everywhere).toContainEqual(actions);
        }
      }
    }
  });

  test('[OPS-5] grants follow what a module needs', () => {
    const services = (name: string) =>
      [...new Set(actionsOf(statementsOf(cell, name)).map((action) => action.split(':')[0]))].sort();
    const base = ['ec2', 'logs', 'xray'];
    expect(services('http-audit')).toEqual([...base, 'dynamodb', 'rds-db'].sort());
    expect(services('http-settings')).toEqual([...base, 'dynamodb', 'rds-db'].sort());
    // They publish and sign; http-audit and http-settings do neither.
    for (const name of ['http-tenancy', 'http-members']) {
      expect(services(name)).toEqual([...base, 'dynamodb', 'rds-db', 'secretsmanager', 'sqs'].sort());
    }
    expect(services('queue-members')).toEqual([...base, 'rds-db', 'secretsmanager', 'ses', 'sqs'].sort());
    expect(services('queue-outbox')).toEqual([...base, 'events', 'rds-db', 'sqs', 'states'].sort());
    expect(services('http-exports')).toEqual([...base, 'dynamodb', 'rds-db', 's3', 'sqs'].sort());
    expect(services('workflow-exports')).toEqual(
      [...base, 'dynamodb', 'rds-db', 's3', 'secretsmanager', 'ses', 'sqs'].sort(),
    );
    expect(services('schedule-maintenance')).toEqual([...base, 'rds-db'].sort());
    expect(services('schedule-pulse')).toEqual([...base, 'cloudwatch', 'rds-db', 'ses'].sort());
    expect(services('trigger-metrics')).toEqual([...base, 'rds-db'].sort());
    expect(services('schedule-ai-budgets')).toEqual([...base, 'dynamodb', 'rds-db'].sort());
    // The one asks models, the other only says what they cost.
    expect(services('stream-ai')).toEqual(
      [...base, 'bedrock', 'dynamodb', 'rds-db', 'secretsmanager'].sort(),
    );
    expect(services('http-ai')).toEqual([...base, 'dynamodb', 'rds-db'].sort());
    expect(services('trigger-pre-token')).toEqual(['logs', 'xray']);
    expect(services('trigger-guard')).toEqual(['dynamodb', 'logs', 'sqs', 'xray']);
    expect(services('queue-verification')).toEqual(
      [...base, 'dynamodb', 'rds-db', 'secretsmanager', 'ses', 'sms-voice', 'social-messaging', 'sqs'].sort(),
    );
    expect(services('deploy-migrate')).toEqual([...base, 'secretsmanager'].sort());
  });

  test('[OPS-5] a function that counts calls may count in the gate, and health may look at it', () => {
    for (const { name } of modules) {
      expect([name, granted(`http-${name}`, 'dynamodb')]).toEqual([
        name,
        name === 'health' ? ['dynamodb:GetItem'] : ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      ]);
    }
  });

  test('[OPS-5] whose code publishes may wake the dispatcher, and nobody else', () => {
    const served = [...functions.keys()].filter((name) => /^(http|stream|queue)-(?!outbox)/.test(name));
    for (const name of served) {
      const isPublishing = ownSources(name).some((text) => /\bctx\.(emit|enqueue|start)\(/.test(text));
      const mayWake = granted(name, 'sqs').includes('sqs:SendMessage');
      expect([name, mayWake]).toEqual([name, isPublishing]);
    }
    expect(served.filter((name) => granted(name, 'sqs').includes('sqs:SendMessage'))).not.toEqual([]);
  });

  test('[OPS-5] a module whose workers publish says so, and one without operations that publish loses the grant', () => {
    const changed = modules.map((module) => {
      if (module.name === 'members') return { ...module, needs: { ...module.needs, workersPublish: true } };
      return module.name === 'tenancy' ? { ...module, events: {} } : module;
    });
    const other = synthesize({ modules: changed });
    const mayWake = (name: string) => actionsOf(statementsOf(other, name)).includes('sqs:SendMessage');
    expect([mayWake('queue-members'), mayWake('http-tenancy')]).toEqual([true, false]);
  });

  test('[OPS-5] a worker may do with its queue what Lambda’s pollers do, and no more', () => {
    const polling = ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'];
    expect(granted('queue-members', 'sqs')).toEqual(polling);
    expect(granted('queue-outbox', 'sqs')).toEqual([...polling, 'sqs:SendMessage']);
  });

  test('[OPS-5] every role may do the same in every environment, and only the database’s proxy is another', () => {
    const dev = grantedTo(cell);
    for (const environment of ['staging', 'prod'] as const) {
      const other = grantedTo(synthesize({ environment }));
      const differing = Object.keys({ ...dev, ...other }).filter((id) => dev[id] !== other[id]);
      expect([environment, differing.map((id) => [id.replace(/\w{8}$/, ''), other[id]])]).toEqual([
        environment,
        [
          ['DatabaseProxyRole', '[[],[]]'],
          ['DatabaseProxyRoleDefaultPolicy', '["rds-db:connect"]'],
        ],
      ]);
    }
  });

  test('mail leaves from one address only', () => {
    const [mail] = statementsOf(cell, 'queue-members').filter(({ Sid: sid }) => sid === 'SendMail');
    expect(mail).toMatchObject({
      Action: 'ses:SendEmail',
      Condition: {
        StringEquals: {
          'ses:FromAddress': environmentOf(functions.get('queue-members') ?? { Type: '' }).MAIL_FROM,
        },
      },
    });
  });

  test('failed messages are kept and reported one by one; a queue waits six times its worker', () => {
    const { jobs } = cell.templates;
    for (const [, mapping] of ofType(jobs, 'AWS::Lambda::EventSourceMapping')) {
      expect(mapping.Properties).toMatchObject({ FunctionResponseTypes: ['ReportBatchItemFailures'] });
    }
    const queues = ofType(jobs, 'AWS::SQS::Queue').filter(([id]) => !id.includes('DeadLetters'));
    expect(queues).toHaveLength(1 + modules.filter((module) => Object.keys(module.jobs).length > 0).length);
    for (const [, queue] of queues) {
      expect(queue.Properties).toMatchObject({
        VisibilityTimeout: 360,
        RedrivePolicy: { maxReceiveCount: 5 },
      });
    }
  });

  test('each schedule runs as often as it should: outbox and audit trails every minute, drills daily', () => {
    const rules = ofType(cell.templates.jobs, 'AWS::Events::Rule').map(([, { Properties: rule }]) => [
      String(rule?.Description).split(' ')[1],
      rule?.ScheduleExpression,
    ]);
    expect(Object.fromEntries(rules)).toEqual({
      outbox: 'rate(1 minute)',
      audit: 'rate(1 minute)',
      'ai-budgets': 'rate(5 minutes)',
      backups: 'rate(10 minutes)',
      maintenance: 'rate(1 hour)',
      pulse: 'rate(6 hours)',
      drills: 'rate(1 day)',
    });
  });

  test('functions outside the VPC have no database; those inside have only subnets without public addresses', () => {
    for (const [name, fn] of functions) {
      const inside = fn.Properties?.VpcConfig !== undefined;
      expect([name, inside]).toEqual([name, !/^(trigger-(guard|pre-token)$|probe-)/.test(name)]);
      if (inside) expect(JSON.stringify(fn.Properties?.VpcConfig)).not.toContain('public');
    }
    expect(stackNames.flatMap((stack) => ofType(cell.templates[stack], 'AWS::EC2::NatGateway'))).toHaveLength(
      1,
    );
    const prod = synthesize({ environment: 'prod' });
    expect(ofType(prod.templates.network, 'AWS::EC2::NatGateway')).toHaveLength(2);
  });

  /** What each IAM resource of a cell grants, by logical id; the resources that it names differ. */
  function grantedTo({ templates }: Synthesized): Record<string, string> {
    const all = Object.values(templates);
    const roles = all.flatMap((template) => ofType(template, 'AWS::IAM::Role'));
    const policies = all.flatMap((template) => ofType(template, 'AWS::IAM::Policy'));
    return Object.fromEntries([
      ...roles.map(([id, { Properties: role }]) => [
        id,
        JSON.stringify([role?.Policies ?? [], role?.ManagedPolicyArns ?? []]),
      ]),
      ...policies.map(([id, { Properties: policy }]) => [
        id,
        JSON.stringify(actionsOf((policy?.PolicyDocument as { Statement: Statement[] }).Statement)),
      ]),
    ]) as Record<string, string>;
  }

  /** What a function may do with a service. */
  function granted(name: string, service: string): string[] {
    return actionsOf(statementsOf(cell, name)).filter((action) => action.startsWith(`${service}:`));
  }

  /** Sections of the settings that the sources in a function's bundle read. */
  function sectionsOf(name: string): string[] {
    return [
      ...new Set(
        ownSources(name).flatMap((text) =>
          [...text.matchAll(/\bsettings\.(\w+)\(/g)].map((match) => match[1] ?? ''),
        ),
      ),
    ];
  }

  /** The project's own sources in a function's bundle. */
  function ownSources(name: string): string[] {
    const { outputs } = bundles.metafile;
    const files = new Set(
      Object.keys(outputs).filter((path) =>
        [`/${name}/index.mjs`, `/${name}.mjs`].some((end) => path.endsWith(end)),
      ),
    );
    // A set visits what is added while it is walked: the files that a file imports.
    for (const file of files) {
      for (const { path, external } of outputs[file]?.imports ?? []) if (external !== true) files.add(path);
    }
    return [...files]
      .flatMap((file) => Object.entries(outputs[file]?.inputs ?? {}))
      .filter(([file, { bytesInOutput }]) => bytesInOutput > 0 && /^(shared|functions)\//.test(file))
      .map(([file]) => readFileSync(join(root, file), 'utf8'));
  }
});

/** Statements that no service offers a narrower resource for. */
const everywhere = [
  ['cloudwatch:GetMetricData'],
  ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
  [
    'ec2:AssignPrivateIpAddresses',
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:UnassignPrivateIpAddresses',
  ],
];

/** What reading these sections says with nothing but this environment; empty when all is there. */
function missingSettings(sections: readonly string[], environment: Record<string, string>): string {
  const program = `
    const { settings } = await import(${JSON.stringify(join(root, 'shared/config/environment.ts'))});
    const faults = ${JSON.stringify(sections)}.flatMap((section) => {
      try { settings[section](); return []; } catch (error) { return [error.message]; }
    });
    process.stdout.write(faults.join(' '));`;
  const { NODE_EXTRA_CA_CERTS: _certificates, ...variables } = environment;
  return execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    env: { ...variables, AWS_REGION: 'us-east-1' },
    encoding: 'utf8',
  });
}
