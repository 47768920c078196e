/** The cell's network: outlives everything in it. The reasons stand in docs/decisions/cdk-network.md. */
import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  IpAddresses,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { type CellFacts, CellStack } from '#lib/constructs/cell-stack.ts';

export class NetworkStack extends CellStack {
  readonly vpc: IVpc;
  /** Functions: out to AWS over TLS and to the database, nothing in. */
  readonly functions: SecurityGroup;

  constructor(scope: Construct, facts: CellFacts) {
    super(scope, 'network', facts, 'Network: VPC, subnets, security groups');
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr('10.0.0.0/16'),
      maxAzs: 2,
      natGateways: facts.deployment.natGateways,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        { name: 'functions', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
        { name: 'database', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ],
      gatewayEndpoints: {
        DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
        S3: { service: GatewayVpcEndpointAwsService.S3 },
      },
    });
    // The library's classes and interfaces differ under exactOptionalPropertyTypes; they are the same objects.
    this.vpc = vpc as IVpc;
    vpc.addFlowLog('FlowLog', {
      trafficType: FlowLogTrafficType.REJECT,
      destination: FlowLogDestination.toCloudWatchLogs(
        new LogGroup(this, 'FlowLogs', {
          retention: facts.deployment.logRetentionDays,
          removalPolicy: this.dataPolicy,
        }),
      ),
    });
    this.functions = new SecurityGroup(this, 'Functions', {
      vpc: this.vpc,
      description: 'Lambda functions',
      allowAllOutbound: false,
    });
    this.functions.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'AWS services and token keys');
    // The network itself and not the database's group: that one lives, and may be replaced, with the data.
    this.functions.addEgressRule(Peer.ipv4(vpc.vpcCidrBlock), Port.POSTGRES, 'Database');
  }
}
