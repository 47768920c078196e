/**
 * The resource types that a local part stands for.
 */
import { alphanumeric, hex, uuidOf } from '../names.ts';
import { arn, hosted, inert, named, type ResourceContext, type ResourceType } from './type.ts';
import { localAccount } from '../facts.ts';

type Table = Record<string, ResourceType>;

const lower =
  (name: ResourceType['ref']): ResourceType['ref'] =>
  (r) =>
    name(r).toLowerCase();

/** `arn:…:function:NAME`, from a property that holds a name, an ARN, or either with a qualifier. */
function functionArn(r: ResourceContext): string {
  const value = r.text('FunctionName');
  const name = value.startsWith('arn:') ? (value.split(':')[6] ?? '') : (value.split(':')[0] ?? '');
  return arn(r, 'lambda', `function:${name}`);
}

const functionName = named('FunctionName', 64);
const functions: Table = {
  'AWS::Lambda::Function': hosted(functionName, {
    Arn: (r) => arn(r, 'lambda', `function:${functionName(r)}`),
  }),
  // A version exists in one copy here: the code that the template was synthesized with.
  'AWS::Lambda::Version': hosted((r) => `${functionArn(r)}:1`, {
    Version: () => '1',
    FunctionArn: (r) => `${functionArn(r)}:1`,
  }),
  'AWS::Lambda::Alias': hosted((r) => `${functionArn(r)}:${r.text('Name')}`, {
    AliasArn: (r) => `${functionArn(r)}:${r.text('Name')}`,
  }),
  'AWS::Lambda::EventSourceMapping': hosted((r) => uuidOf(r.seed), {
    Id: (r) => uuidOf(r.seed),
    EventSourceMappingArn: (r) => arn(r, 'lambda', `event-source-mapping:${uuidOf(r.seed)}`),
  }),
  'Custom::Trigger': hosted((r) => r.text('HandlerArn')),
};

const tableName = named('TableName', 255);
const table = hosted(tableName, {
  Arn: (r) => arn(r, 'dynamodb', `table/${tableName(r)}`),
  TableId: (r) => uuidOf(r.seed),
});

const queueName: ResourceType['ref'] = (r) => {
  const fifo = r.value('FifoQueue') === true || r.text('FifoQueue') === 'true';
  return fifo && r.text('QueueName') === '' ? `${named('QueueName', 75)(r)}.fifo` : named('QueueName', 80)(r);
};
const queueUrl: ResourceType['ref'] = (r) => `${r.facts.awsUrl}/${localAccount}/${queueName(r)}`;

const bucketName = lower(named('BucketName', 63));
const secretArn: ResourceType['ref'] = (r) =>
  arn(r, 'secretsmanager', `secret:${named('Name', 505)(r)}-${alphanumeric(r.seed, 6)}`);

const clusterName = lower(named('DBClusterIdentifier', 63));
const instanceName = lower(named('DBInstanceIdentifier', 63));
const proxyName = lower(named('DBProxyName', 60));
const databaseHost: ResourceType['ref'] = (r) => r.facts.database.host;
const databasePort: ResourceType['ref'] = (r) => String(r.facts.database.port);

const stores: Table = {
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::SQS::Queue': hosted(queueUrl, {
    Arn: (r) => arn(r, 'sqs', queueName(r)),
    QueueName: queueName,
    QueueUrl: queueUrl,
  }),
  'AWS::S3::Bucket': hosted(bucketName, {
    Arn: (r) => `arn:aws:s3:::${bucketName(r)}`,
    DomainName: (r) => `${bucketName(r)}.s3.amazonaws.com`,
    RegionalDomainName: (r) => `${bucketName(r)}.s3.${r.region}.amazonaws.com`,
  }),
  'AWS::SecretsManager::Secret': hosted(secretArn, { Id: secretArn }),
  // Locally the credentials of the database are the runtime's own: attaching adds nothing to the secret.
  'AWS::SecretsManager::SecretTargetAttachment': inert((r) => r.text('SecretId'), {
    Id: (r) => r.text('SecretId'),
  }),
  'AWS::RDS::DBCluster': hosted(clusterName, {
    'Endpoint.Address': databaseHost,
    'Endpoint.Port': databasePort,
    'ReadEndpoint.Address': databaseHost,
    DBClusterArn: (r) => arn(r, 'rds', `cluster:${clusterName(r)}`),
    DBClusterResourceId: (r) => `cluster-${hex(r.seed, 26).toUpperCase()}`,
    'MasterUserSecret.SecretArn': (r) =>
      arn(r, 'secretsmanager', `secret:rds!cluster-${uuidOf(r.seed)}-${alphanumeric(r.seed, 6)}`),
  }),
  'AWS::RDS::DBInstance': hosted(instanceName, {
    'Endpoint.Address': databaseHost,
    'Endpoint.Port': databasePort,
    DBInstanceArn: (r) => arn(r, 'rds', `db:${instanceName(r)}`),
    DbiResourceId: (r) => `db-${hex(r.seed, 26).toUpperCase()}`,
  }),
  'AWS::RDS::DBProxy': hosted(proxyName, {
    Endpoint: databaseHost,
    DBProxyArn: (r) => arn(r, 'rds', `db-proxy:prx-${hex(r.seed, 17)}`),
    VpcId: () => 'vpc-local',
  }),
};

const poolId: ResourceType['ref'] = (r) => `${r.region}_${alphanumeric(r.seed, 9)}`;
const clientId: ResourceType['ref'] = (r) => alphanumeric(r.seed, 26);

const identity: Table = {
  'AWS::Cognito::UserPool': hosted(poolId, {
    Arn: (r) => arn(r, 'cognito-idp', `userpool/${poolId(r)}`),
    ProviderName: (r) => `cognito-idp.${r.region}.amazonaws.com/${poolId(r)}`,
    ProviderURL: (r) => `https://cognito-idp.${r.region}.amazonaws.com/${poolId(r)}`,
    UserPoolId: poolId,
  }),
  'AWS::Cognito::UserPoolClient': hosted(clientId, {
    ClientId: clientId,
    ClientSecret: (r) => alphanumeric(`${r.seed}/secret`, 51),
    Name: named('ClientName', 128),
  }),
  'AWS::Cognito::UserPoolDomain': hosted((r) => r.text('Domain'), {
    CloudFrontDistribution: (r) => `${alphanumeric(r.seed, 14)}.cloudfront.net`,
  }),
  'AWS::Cognito::UserPoolGroup': hosted((r) => r.text('GroupName')),
  'AWS::Cognito::UserPoolResourceServer': hosted((r) => r.text('Identifier')),
  'AWS::Cognito::UserPoolIdentityProvider': hosted((r) => r.text('ProviderName')),
  'AWS::Cognito::ManagedLoginBranding': inert((r) => `${r.text('UserPoolId')}|${uuidOf(r.seed)}`, {
    ManagedLoginBrandingId: (r) => uuidOf(r.seed),
  }),
  'AWS::SES::EmailIdentity': hosted((r) => r.text('EmailIdentity'), {
    ...Object.fromEntries(
      [1, 2, 3].flatMap((n) => [
        [`DkimDNSTokenName${n}`, (r: ResourceContext) => `token${n}._domainkey.${r.text('EmailIdentity')}`],
        [`DkimDNSTokenValue${n}`, () => `token${n}.dkim.amazonses.com`],
      ]),
    ),
  }),
};

const apiId: ResourceType['ref'] = (r) => alphanumeric(r.seed, 10);
const busName = named('Name', 256);
const ruleName = named('Name', 64);
const scheduleName = named('Name', 64);
const machineName = named('StateMachineName', 80);
const machineArn: ResourceType['ref'] = (r) => arn(r, 'states', `stateMachine:${machineName(r)}`);

/** Rules and schedules on the default bus or group omit it from what they are called. */
const ruleBus: ResourceType['ref'] = (r) => r.text('EventBusName').split('/').at(-1) ?? '';
const scheduleGroup: ResourceType['ref'] = (r) => r.text('GroupName') || 'default';
const prefixed = (bus: string, separator: string, name: string) =>
  bus === '' || bus === 'default' ? name : `${bus}${separator}${name}`;

const signals: Table = {
  'AWS::ApiGateway::RestApi': hosted(apiId, {
    RestApiId: apiId,
    RootResourceId: (r) => alphanumeric(`${r.seed}/root`, 10),
  }),
  'AWS::ApiGateway::Stage': hosted((r) => r.text('StageName')),
  'AWS::ApiGateway::GatewayResponse': hosted((r) => alphanumeric(r.seed, 10), {
    Id: (r) => alphanumeric(r.seed, 10),
  }),
  'AWS::Events::EventBus': hosted(busName, {
    Arn: (r) => arn(r, 'events', `event-bus/${busName(r)}`),
    Name: busName,
  }),
  'AWS::Events::Rule': hosted((r) => prefixed(ruleBus(r), '|', ruleName(r)), {
    Arn: (r) => arn(r, 'events', `rule/${prefixed(ruleBus(r), '/', ruleName(r))}`),
  }),
  'AWS::Scheduler::ScheduleGroup': hosted(named('Name', 64), {
    Arn: (r) => arn(r, 'scheduler', `schedule-group/${named('Name', 64)(r)}`),
  }),
  'AWS::Scheduler::Schedule': hosted(scheduleName, {
    Arn: (r) => arn(r, 'scheduler', `schedule/${scheduleGroup(r)}/${scheduleName(r)}`),
  }),
  'AWS::Logs::SubscriptionFilter': hosted(named('FilterName', 512)),
  'AWS::StepFunctions::StateMachine': hosted(machineArn, { Arn: machineArn, Name: machineName }),
};

const roleName = named('RoleName', 64);
const managedPolicyArn: ResourceType['ref'] = (r) =>
  `arn:aws:iam::${localAccount}:policy/${named('ManagedPolicyName', 128)(r)}`;

const access: Table = {
  'AWS::IAM::Role': hosted(roleName, {
    Arn: (r) => `arn:aws:iam::${localAccount}:role/${roleName(r)}`,
    RoleId: (r) => `AROA${alphanumeric(r.seed, 17).toUpperCase()}`,
  }),
  'AWS::IAM::Policy': hosted(named('PolicyName', 128), { Id: named('PolicyName', 128) }),
  'AWS::IAM::ManagedPolicy': hosted(managedPolicyArn, { PolicyArn: managedPolicyArn }),
};

/** Types some local part stands for. */
export const hostedTypes: Table = { ...functions, ...stores, ...identity, ...signals, ...access };
