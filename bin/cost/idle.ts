/** What a cell costs while nobody uses it, resource by resource. */
import type { Line } from './prices.ts';
import type { Resource } from './template.ts';

/** Hours of an average month. */
export const hoursPerMonth = 730;

/** What is not in the template and has to be assumed. */
export const idleAssumptions = {
  /** A database that pauses needs five minutes without a connection; awake it has half a unit at least. */
  minutesUntilPause: 5,
  leastAwakeCapacityUnits: 0.5,
  /** RDS Proxy is billed by the capacity behind it, eight units at least. */
  leastProxyCapacityUnits: 8,
  databaseGigabytes: 1,
  /** Lambda asks a queue with five pollers, each waiting up to 20 seconds. */
  pollersPerQueue: 5,
  pollSeconds: 20,
  scheduledRunMs: 50,
  scheduledRunGigabytes: 0.5,
} as const;

/** Types that cost nothing by being there: free, or paid by what passes through them. */
const withoutStandingCharge = new Set([
  ...['Account', 'Deployment', 'RestApi', 'Stage'].map((name) => `AWS::ApiGateway::${name}`),
  ...['Distribution', 'OriginAccessControl', 'ResponseHeadersPolicy'].map((n) => `AWS::CloudFront::${n}`),
  ...['ManagedLoginBranding', 'UserPool', 'UserPoolClient', 'UserPoolDomain', 'UserPoolGroup'].map(
    (name) => `AWS::Cognito::${name}`,
  ),
  ...['UserPoolIdentityProvider'].map((name) => `AWS::Cognito::${name}`),
  ...['Application', 'DeploymentGroup'].map((name) => `AWS::CodeDeploy::${name}`),
  'AWS::DynamoDB::Table',
  ...['FlowLog', 'InternetGateway', 'Route', 'RouteTable', 'SecurityGroup', 'SecurityGroupEgress'].map(
    (name) => `AWS::EC2::${name}`,
  ),
  ...['SecurityGroupIngress', 'Subnet', 'SubnetRouteTableAssociation', 'VPC', 'VPCGatewayAttachment'].map(
    (name) => `AWS::EC2::${name}`,
  ),
  ...['Archive', 'EventBus'].map((name) => `AWS::Events::${name}`),
  ...['Policy', 'Role'].map((name) => `AWS::IAM::${name}`),
  ...['Alias', 'Function', 'LayerVersion', 'Permission', 'Version'].map((name) => `AWS::Lambda::${name}`),
  // What is handed over is paid by the invocations of whoever gets it.
  ...['LogGroup', 'QueryDefinition', 'SubscriptionFilter'].map((name) => `AWS::Logs::${name}`),
  ...['DBCluster', 'DBClusterParameterGroup', 'DBProxyTargetGroup', 'DBSubnetGroup'].map(
    (name) => `AWS::RDS::${name}`,
  ),
  ...['Bucket', 'BucketPolicy'].map((name) => `AWS::S3::${name}`),
  ...['ConfigurationSet', 'EmailIdentity'].map((name) => `AWS::SES::${name}`),
  ...['Subscription', 'Topic', 'TopicPolicy'].map((name) => `AWS::SNS::${name}`),
  ...['Queue', 'QueuePolicy'].map((name) => `AWS::SQS::${name}`),
  ...['ResourcePolicy', 'RotationSchedule', 'SecretTargetAttachment'].map((n) => `AWS::SecretsManager::${n}`),
  'AWS::Serverless::Application',
  // Each step of a workflow is charged, and none runs by itself.
  'AWS::StepFunctions::StateMachine',
  'AWS::WAFv2::WebACLAssociation',
  'Custom::Trigger',
  'Custom::CDKBucketDeployment',
]);

type Resources = Readonly<Record<string, Resource>>;

/** Types with a standing charge. */
const meters: Readonly<Record<string, (resource: Resource, all: Resources) => Line[]>> = {
  'AWS::RDS::DBInstance': (_instance, all) => [
    { what: 'Database instances', price: 'databaseCapacity', units: idleUnits(all) * hoursPerMonth },
  ],
  'AWS::RDS::DBProxy': () => [
    {
      what: 'Database proxy',
      price: 'databaseProxy',
      units: idleAssumptions.leastProxyCapacityUnits * hoursPerMonth,
    },
  ],
  'AWS::EC2::NatGateway': () => [{ what: 'NAT gateways', price: 'natHour', units: hoursPerMonth }],
  'AWS::EC2::EIP': () => [{ what: 'Public addresses', price: 'addressHour', units: hoursPerMonth }],
  'AWS::EC2::VPCEndpoint': ({ Properties: properties }) => {
    if (properties?.VpcEndpointType === 'Gateway') return [];
    throw new Error('An interface endpoint has no price yet: add one to bin/cost/prices.ts and idle.ts.');
  },
  'AWS::SecretsManager::Secret': () => [{ what: 'Secrets', price: 'secret', units: 1 }],
  'AWS::WAFv2::WebACL': ({ Properties: properties }) => [
    { what: 'Firewall', price: 'firewallAcl', units: 1 },
    { what: 'Firewall rules', price: 'firewallRule', units: (properties?.Rules as unknown[]).length },
  ],
  'AWS::CloudWatch::Alarm': ({ Properties: properties }) => [
    { what: 'Alarms', price: 'alarmMetric', units: metricsOf(properties?.Metrics) },
  ],
  'AWS::CloudWatch::Dashboard': () => [{ what: 'Dashboards', price: 'dashboard', units: 1 }],
  'AWS::CloudWatch::InsightRule': () => [{ what: 'Rankings of tenants', price: 'insightRule', units: 1 }],
  'AWS::Lambda::EventSourceMapping': () => [
    {
      what: 'Polling of queues',
      price: 'queueRequest',
      units:
        (idleAssumptions.pollersPerQueue * hoursPerMonth * 3_600) / idleAssumptions.pollSeconds / 1_000_000,
    },
  ],
  'AWS::Events::Rule': (rule) => {
    const minutes = minutesOf(rule);
    if (minutes === undefined) return [];
    const runs = (hoursPerMonth * 60) / minutes;
    const gbSeconds = runs * (idleAssumptions.scheduledRunMs / 1_000) * idleAssumptions.scheduledRunGigabytes;
    return [
      { what: 'Scheduled functions', price: 'functionRequest', units: runs / 1_000_000 },
      { what: 'Scheduled functions', price: 'functionSecond', units: gbSeconds },
    ];
  },
};

/**
 * The lines of an idle month.
 * @throws Error naming a type of resource that is neither priced nor known to be free
 */
export function idleMonth(resources: Resources): Line[] {
  const lines = Object.values(resources).flatMap((resource) => {
    const meter = meters[resource.Type];
    if (meter !== undefined) return meter(resource, resources);
    if (withoutStandingCharge.has(resource.Type)) return [];
    throw new Error(
      `${resource.Type} has no price: add it to bin/cost/idle.ts, with a meter or among those without a standing charge.`,
    );
  });
  const storage: Line = {
    what: 'Database storage, 1 GB',
    price: 'databaseStorage',
    units: idleAssumptions.databaseGigabytes,
  };
  return merged([...lines, storage]);
}

/** Lines of the same thing at the same price as one. */
function merged(lines: readonly Line[]): Line[] {
  const groups = Map.groupBy(lines, ({ what, price }) => `${what}/${price}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ ...first, units: group.reduce((sum, { units }) => sum + units, 0) }];
  });
}

/** Capacity units of one idle instance, averaged over the month: a paused one has none. */
function idleUnits(all: Resources): number {
  const cluster = Object.values(all).find(({ Type: type }) => type === 'AWS::RDS::DBCluster');
  const scaling = cluster?.Properties?.ServerlessV2ScalingConfiguration as
    { MinCapacity: number } | undefined;
  if (scaling === undefined) throw new Error('There is no serverless database cluster to price.');
  if (scaling.MinCapacity > 0) return scaling.MinCapacity;
  const { minutesUntilPause, leastAwakeCapacityUnits } = idleAssumptions;
  const schedules = Object.values(all).flatMap((resource) => minutesOf(resource) ?? []);
  // Every scheduled run wakes the database, and it stays awake until it may pause again.
  const awake = schedules.reduce((share, minutes) => share + minutesUntilPause / minutes, 0);
  return leastAwakeCapacityUnits * Math.min(1, awake);
}

function minutesOf({ Type: type, Properties: properties }: Resource): number | undefined {
  if (type !== 'AWS::Events::Rule') return undefined;
  const [, count, unit] =
    /^rate\((\d+) (minute|hour|day)s?\)$/.exec(String(properties?.ScheduleExpression)) ?? [];
  if (count === undefined) return undefined;
  return Number(count) * (unit === 'minute' ? 1 : unit === 'hour' ? 60 : 1_440);
}

/** An alarm over an expression is paid for each metric that it reads. */
function metricsOf(metrics: unknown): number {
  if (!Array.isArray(metrics)) return 1;
  return metrics.filter((metric: Record<string, unknown>) => metric.MetricStat !== undefined).length;
}
