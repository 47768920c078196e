/**
 * The resource types that exist on AWS only: networks, keys, alarms, firewalls. They have no effect here, but
 * what refers to them must resolve.
 */
import { alphanumeric, hex, uuidOf } from '../names.ts';
import { arn, inert, named, type ResourceType } from './type.ts';
import { localAccount } from '../facts.ts';

type Table = Record<string, ResourceType>;

/** An id as EC2 gives: a prefix and 17 hexadecimal digits; some types also answer it as an attribute. */
function identified(prefix: string, attribute?: string, more: ResourceType['attributes'] = {}): ResourceType {
  const id: ResourceType['ref'] = (r) => `${prefix}-${hex(r.seed, 17)}`;
  return inert(id, { ...(attribute === undefined ? {} : { [attribute]: id }), ...more });
}

/** A type nothing ever refers to in a way that matters: Ref answers an opaque id. */
const opaque = inert((r) => alphanumeric(r.seed, 13), { Id: (r) => alphanumeric(r.seed, 13) });

const same =
  (property: string): ResourceType['ref'] =>
  (r) =>
    r.text(property);

const network: Table = {
  'AWS::EC2::VPC': identified('vpc', 'VpcId', {
    CidrBlock: same('CidrBlock'),
    DefaultSecurityGroup: (r) => `sg-${hex(`${r.seed}/default`, 17)}`,
    DefaultNetworkAcl: (r) => `acl-${hex(`${r.seed}/default`, 17)}`,
    CidrBlockAssociations: (r) => [`vpc-cidr-assoc-${hex(r.seed, 17)}`],
    Ipv6CidrBlocks: () => [],
  }),
  'AWS::EC2::Subnet': identified('subnet', 'SubnetId', {
    AvailabilityZone: same('AvailabilityZone'),
    CidrBlock: same('CidrBlock'),
    VpcId: same('VpcId'),
    NetworkAclAssociationId: (r) => `aclassoc-${hex(r.seed, 17)}`,
  }),
  'AWS::EC2::RouteTable': identified('rtb', 'RouteTableId'),
  'AWS::EC2::Route': opaque,
  'AWS::EC2::SubnetRouteTableAssociation': identified('rtbassoc', 'Id'),
  'AWS::EC2::InternetGateway': identified('igw', 'InternetGatewayId'),
  'AWS::EC2::EgressOnlyInternetGateway': identified('eigw', 'Id'),
  'AWS::EC2::VPCGatewayAttachment': opaque,
  'AWS::EC2::EIP': inert(() => '192.0.2.1', {
    AllocationId: (r) => `eipalloc-${hex(r.seed, 17)}`,
    PublicIp: () => '192.0.2.1',
  }),
  'AWS::EC2::NatGateway': identified('nat', 'NatGatewayId'),
  'AWS::EC2::NetworkAcl': identified('acl', 'Id'),
  'AWS::EC2::NetworkAclEntry': opaque,
  'AWS::EC2::SubnetNetworkAclAssociation': identified('aclassoc', 'AssociationId'),
  'AWS::EC2::SecurityGroup': identified('sg', 'GroupId', { VpcId: same('VpcId') }),
  'AWS::EC2::SecurityGroupIngress': identified('sgr', 'Id'),
  'AWS::EC2::SecurityGroupEgress': identified('sgr', 'Id'),
  'AWS::EC2::VPCEndpoint': identified('vpce', 'Id', { DnsEntries: () => [] }),
  'AWS::EC2::FlowLog': identified('fl', 'Id'),
  'Custom::VpcRestrictDefaultSG': opaque,
};

const database: Table = {
  'AWS::RDS::GlobalCluster': inert(named('GlobalClusterIdentifier', 63)),
  'AWS::RDS::DBSubnetGroup': inert(named('DBSubnetGroupName', 255)),
  'AWS::RDS::DBClusterParameterGroup': inert(named('DBClusterParameterGroupName', 255)),
  'AWS::RDS::DBParameterGroup': inert(named('DBParameterGroupName', 255)),
  'AWS::RDS::DBProxyTargetGroup': inert((r) => arn(r, 'rds', `target-group:prx-tg-${hex(r.seed, 17)}`), {
    TargetGroupArn: (r) => arn(r, 'rds', `target-group:prx-tg-${hex(r.seed, 17)}`),
  }),
  'AWS::SecretsManager::RotationSchedule': opaque,
  'AWS::SecretsManager::ResourcePolicy': opaque,
  'AWS::ApplicationAutoScaling::ScalableTarget': opaque,
  'AWS::ApplicationAutoScaling::ScalingPolicy': opaque,
  'AWS::Backup::BackupVault': inert(named('BackupVaultName', 50), {
    BackupVaultName: named('BackupVaultName', 50),
    BackupVaultArn: (r) => arn(r, 'backup', `backup-vault:${named('BackupVaultName', 50)(r)}`),
  }),
  'AWS::Backup::BackupPlan': inert((r) => uuidOf(r.seed), {
    BackupPlanId: (r) => uuidOf(r.seed),
    BackupPlanArn: (r) => arn(r, 'backup', `backup-plan:${uuidOf(r.seed)}`),
  }),
  'AWS::Backup::BackupSelection': opaque,
};

const keyArn: ResourceType['ref'] = (r) => arn(r, 'kms', `key/${uuidOf(r.seed)}`);
const logGroupName: ResourceType['ref'] = (r) => r.text('LogGroupName') || named('LogGroupName', 512)(r);
const topicName = named('TopicName', 256);
const topicArn: ResourceType['ref'] = (r) => arn(r, 'sns', topicName(r));
const alarmName = named('AlarmName', 255);

const watching: Table = {
  'AWS::KMS::Key': inert((r) => uuidOf(r.seed), { Arn: keyArn, KeyId: (r) => uuidOf(r.seed) }),
  'AWS::KMS::Alias': inert(same('AliasName')),
  'AWS::Logs::LogGroup': inert(logGroupName, {
    Arn: (r) => arn(r, 'logs', `log-group:${logGroupName(r)}:*`),
  }),
  'AWS::Logs::LogStream': opaque,
  'AWS::Logs::MetricFilter': opaque,
  'AWS::Logs::ResourcePolicy': opaque,
  'AWS::Logs::QueryDefinition': opaque,
  'Custom::LogRetention': inert(same('LogGroupName'), { LogGroupName: same('LogGroupName') }),
  'AWS::CloudWatch::Alarm': inert(alarmName, { Arn: (r) => arn(r, 'cloudwatch', `alarm:${alarmName(r)}`) }),
  'AWS::CloudWatch::CompositeAlarm': inert(alarmName, {
    Arn: (r) => arn(r, 'cloudwatch', `alarm:${alarmName(r)}`),
  }),
  'AWS::CloudWatch::AnomalyDetector': opaque,
  'AWS::CloudWatch::InsightRule': inert(named('RuleName', 128)),
  'AWS::CloudWatch::Dashboard': inert(named('DashboardName', 255)),
  'AWS::SNS::Topic': inert(topicArn, { TopicArn: topicArn, TopicName: topicName }),
  'AWS::SNS::TopicPolicy': opaque,
  'AWS::SNS::Subscription': inert((r) => `${r.text('TopicArn')}:${uuidOf(r.seed)}`),
  'AWS::Budgets::Budget': inert((r) => r.text('Budget.BudgetName') || alphanumeric(r.seed, 13)),
};

const aclId: ResourceType['ref'] = (r) => uuidOf(r.seed);
const wafName = named('Name', 128);
const waf = (kind: string): ResourceType =>
  inert((r) => `${wafName(r)}|${aclId(r)}|${r.text('Scope')}`, {
    Id: aclId,
    Arn: (r) => arn(r, 'wafv2', `regional/${kind}/${wafName(r)}/${aclId(r)}`),
    LabelNamespace: (r) => `awswaf:${localAccount}:${kind}:${wafName(r)}:`,
  });

const edge: Table = {
  'AWS::WAFv2::WebACL': waf('webacl'),
  'AWS::WAFv2::IPSet': waf('ipset'),
  'AWS::WAFv2::RuleGroup': waf('rulegroup'),
  'AWS::WAFv2::RegexPatternSet': waf('regexpatternset'),
  'AWS::WAFv2::WebACLAssociation': opaque,
  'AWS::WAFv2::LoggingConfiguration': opaque,
  'AWS::ApiGateway::Account': opaque,
  'AWS::ApiGateway::Deployment': inert((r) => alphanumeric(r.seed, 6), {
    DeploymentId: (r) => alphanumeric(r.seed, 6),
  }),
  'AWS::ApiGateway::BasePathMapping': opaque,
  'AWS::ApiGateway::DomainName': inert(same('DomainName'), {
    RegionalDomainName: (r) => `d-${alphanumeric(r.seed, 10)}.execute-api.${r.region}.amazonaws.com`,
    RegionalHostedZoneId: () => 'Z00000000000000000000',
    DomainNameArn: (r) => `arn:aws:apigateway:${r.region}::/domainnames/${r.text('DomainName')}`,
  }),
  'AWS::CertificateManager::Certificate': inert((r) => arn(r, 'acm', `certificate/${uuidOf(r.seed)}`)),
  'AWS::Route53::HostedZone': inert((r) => `Z${alphanumeric(r.seed, 20).toUpperCase()}`, {
    Id: (r) => `Z${alphanumeric(r.seed, 20).toUpperCase()}`,
    NameServers: () => [],
  }),
  'AWS::Route53::RecordSet': inert(same('Name')),
  // The console is served by the local web server, not from a distribution.
  'AWS::CloudFront::Distribution': inert((r) => `E${alphanumeric(r.seed, 13).toUpperCase()}`, {
    Id: (r) => `E${alphanumeric(r.seed, 13).toUpperCase()}`,
    DomainName: (r) => `d${alphanumeric(r.seed, 13)}.cloudfront.net`,
  }),
  'AWS::CloudFront::OriginAccessControl': opaque,
  'AWS::CloudFront::ResponseHeadersPolicy': opaque,
  'AWS::CloudFront::CachePolicy': opaque,
  'AWS::CloudFront::OriginRequestPolicy': opaque,
  'AWS::CloudFront::Function': inert(
    (r) => `arn:aws:cloudfront::${localAccount}:function/${named('Name', 64)(r)}`,
    { FunctionARN: (r) => `arn:aws:cloudfront::${localAccount}:function/${named('Name', 64)(r)}` },
  ),
  'Custom::CDKBucketDeployment': opaque,
};

const policies: Table = {
  // A layer's content is not read: our functions are bundled, only the CDK's own provider functions use one.
  'AWS::Lambda::LayerVersion': inert((r) => arn(r, 'lambda', `layer:${named('LayerName', 64)(r)}:1`)),
  'AWS::Lambda::Permission': opaque,
  'AWS::S3::BucketPolicy': opaque,
  'AWS::SQS::QueuePolicy': opaque,
  'AWS::Events::EventBusPolicy': opaque,
  'AWS::Events::Archive': inert(named('ArchiveName', 48), {
    ArchiveName: named('ArchiveName', 48),
    Arn: (r) => arn(r, 'events', `archive/${named('ArchiveName', 48)(r)}`),
  }),
  'AWS::SES::ConfigurationSet': inert(named('Name', 64)),
  'AWS::SES::ConfigurationSetEventDestination': opaque,
  'AWS::CodeDeploy::Application': inert(named('ApplicationName', 100)),
  'AWS::CodeDeploy::DeploymentGroup': inert(named('DeploymentGroupName', 100)),
  'AWS::SSM::Parameter': inert(named('Name', 1011), { Type: same('Type'), Value: same('Value') }),
  'Custom::S3AutoDeleteObjects': opaque,
  'AWS::CDK::Metadata': opaque,
};

/** Types without effect on a laptop. */
export const inertTypes: Table = { ...network, ...database, ...watching, ...edge, ...policies };
