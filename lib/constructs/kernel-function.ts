/**
 * A Lambda function of the kernel: Node 24 on arm64, its own role that starts with nothing but its own log,
 * traced, its log kept as long as AUD-4 says. Everything else it may do is added by `needs.ts`, need by need.
 */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EntryKind } from '#lib/bundle.ts';
import { accept } from './accept.ts';
import { cellOf } from './cell-stack.ts';

export type KernelFunctionProps = {
  kind: EntryKind;
  /** The entry file's name: `functions/<kind>/<entry>.ts`. */
  entry: string;
  description: string;
  timeoutSeconds: number;
  memoryMb: number;
  /** Inside the VPC, for functions that need the database. */
  network?: { vpc: IVpc; securityGroup: ISecurityGroup };
};

export class KernelFunction extends Construct {
  readonly lambda: LambdaFunction;

  constructor(scope: Construct, id: string, props: KernelFunctionProps) {
    super(scope, id);
    const { facts } = cellOf(this);
    const { network } = props;
    const { errorTrackingDsn: tracking } = facts.deployment;
    const logGroup = new LogGroup(this, 'Log', {
      retention: facts.deployment.logRetentionDays,
      removalPolicy: facts.deployment.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What ${props.kind}/${props.entry} may do`,
    });
    logGroup.grantWrite(role);
    if (network !== undefined) role.addToPolicy(networkInterfaces());
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName: `${facts.name}-${props.kind}-${props.entry}`,
      description: props.description,
      code: Code.fromAsset(facts.bundles.folder(props.kind, props.entry)),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      role,
      memorySize: props.memoryMb,
      timeout: Duration.seconds(props.timeoutSeconds),
      tracing: Tracing.ACTIVE,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      ...(network === undefined
        ? {}
        : {
            vpc: network.vpc,
            vpcSubnets: { subnetGroupName: 'functions' },
            securityGroups: [network.securityGroup],
          }),
      environment: {
        PLINTH_ENVIRONMENT: facts.deployment.environment,
        ...(tracking === undefined ? {} : { ERROR_TRACKING_DSN: tracking }),
      },
    });
    accept(role, {
      'IAM5[Resource::*]':
        'X-Ray’s put actions, the network interface actions that Lambda itself takes in a VPC and reading metrics exist for all resources only; each statement holds nothing else.',
    });
  }
}

/** What the Lambda service needs to attach a function to the VPC; EC2 offers no narrower resource. */
function networkInterfaces(): PolicyStatement {
  return new PolicyStatement({
    sid: 'AttachToVpc',
    actions: [
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ],
    resources: ['*'],
  });
}
