/**
 * What each role of a cell may do: its inline policies, the policies attached to it, and AWS's own managed ones.
 */
import { ofType, type Cell } from './cell.ts';
import { propertiesOf } from './properties.ts';

/** A policy statement in IAM's JSON vocabulary, with references resolved. */
export type PolicyStatement = {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
  Condition?: Record<string, Record<string, unknown>>;
};

/** A policy and where it comes from. */
export type RolePolicy = { name: string; statements: PolicyStatement[] };

/** A role and everything it is granted or denied. */
export type Role = { stack: string; logicalId: string; name: string; arn: string; policies: RolePolicy[] };

/** Every role with its resolved policies. */
export function rolePolicies(cell: Cell): Role[] {
  const attached = ofType(cell, 'AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy');
  return ofType(cell, 'AWS::IAM::Role').map((role) => {
    const properties = propertiesOf(role);
    const where = `${role.stack}/${role.logicalId}`;
    if (properties.raw.PermissionsBoundary !== undefined) {
      throw new Error(`${where}: permission boundaries are not supported`);
    }
    const inline = properties.objects('Policies').map((policy) => ({
      name: policy.needText('PolicyName'),
      statements: statementsOf(policy.raw.PolicyDocument),
    }));
    const arns = properties.texts('ManagedPolicyArns');
    const own = attached
      .filter((policy) => propertiesOf(policy).texts('Roles').includes(role.ref) || arns.includes(policy.ref))
      .map((policy) => ({
        name: policy.logicalId,
        statements: statementsOf(policy.properties.PolicyDocument),
      }));
    const managed = arns
      .filter((arn) => !attached.some((policy) => policy.ref === arn))
      .map((arn) => ({ name: arn, statements: managedStatements(arn, where) }));
    return {
      stack: role.stack,
      logicalId: role.logicalId,
      name: role.ref,
      arn: String(role.attributes.Arn),
      policies: [...inline, ...own, ...managed],
    };
  });
}

/** The role that a function, state machine or target runs as. */
export function roleByArn(roles: Role[], arn: string): Role {
  const role = roles.find((candidate) => candidate.arn === arn);
  if (role === undefined) throw new Error(`The template has no role ${arn}`);
  return role;
}

function statementsOf(document: unknown): PolicyStatement[] {
  return [((document ?? {}) as { Statement?: PolicyStatement | PolicyStatement[] }).Statement ?? []].flat();
}

function managedStatements(arn: string, where: string): PolicyStatement[] {
  const name = arn.replace(/^arn:aws:iam::aws:policy\//, '');
  const actions = awsManaged[name];
  if (actions === undefined) throw new Error(`${where}: the managed policy ${arn} is not known locally`);
  return actions.length === 0 ? [] : [{ Effect: 'Allow', Action: actions, Resource: '*' }];
}

const logging = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

/** AWS's managed policies; all of these allow their actions on every resource. Source: AWS managed policy reference. */
const awsManaged: Record<string, string[]> = {
  'service-role/AWSLambdaBasicExecutionRole': logging,
  'service-role/AWSLambdaVPCAccessExecutionRole': [
    ...logging,
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ],
  'service-role/AWSLambdaSQSQueueExecutionRole': [
    ...logging,
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
  ],
  AWSXRayDaemonWriteAccess: [
    'xray:PutTraceSegments',
    'xray:PutTelemetryRecords',
    'xray:GetSamplingRules',
    'xray:GetSamplingTargets',
    'xray:GetSamplingStatisticSummaries',
  ],
  // Assumed by services that do not exist here; nothing ever acts with them.
  'service-role/AmazonAPIGatewayPushToCloudWatchLogs': [],
  'service-role/AmazonRDSEnhancedMonitoringRole': [],
  'service-role/AWSBackupServiceRolePolicyForBackup': [],
  'service-role/AWSBackupServiceRolePolicyForRestores': [],
  'service-role/AWSCodeDeployRoleForLambda': [],
  'service-role/AWSCodeDeployRoleForLambdaLimited': [],
};
