/**
 * Grants that nothing on a laptop can use, and why they exist. An explanation that fits no grant any more, or one
 * that is used, fails the battery: it has to go, or to say less.
 */
import type { Explanation } from './usage.ts';

export const explained: readonly Explanation[] = [
  {
    action: /^logs:(CreateLogGroup|CreateLogStream|DescribeLogStreams|PutLogEvents)$/,
    why: 'Lambda and the VPC write logs as the role; here the runtime writes them to files itself.',
  },
  {
    action: /^xray:(PutTraceSegments|PutTelemetryRecords)$/,
    why: 'Lambda’s tracing daemon sends segments as the role; there is no daemon here.',
  },
  {
    action:
      /^ec2:(CreateNetworkInterface|DescribeNetworkInterfaces|DeleteNetworkInterface|AssignPrivateIpAddresses|UnassignPrivateIpAddresses)$/,
    why: 'Lambda attaches a function to the VPC as the role; there is no VPC here.',
  },
  {
    action: /service-role\/AmazonAPIGatewayPushToCloudWatchLogs$/,
    why: 'API Gateway writes logs through one role of the account, for which AWS prescribes this policy.',
  },
  {
    action:
      /^logs:(CreateLogDelivery|GetLogDelivery|UpdateLogDelivery|DeleteLogDelivery|ListLogDeliveries|PutResourcePolicy|DescribeResourcePolicies|DescribeLogGroups)$/,
    why: 'Step Functions delivers the logs of its machines as their role; here the interpreter keeps a record itself.',
  },
  {
    action: /^xray:(GetSamplingRules|GetSamplingTargets)$/,
    why: 'Step Functions asks which executions to trace as the machine’s role; nothing is traced here.',
  },
  {
    action: /^s3:DeleteObjectVersion$/,
    why: 'The bucket keeps versions, and what is removed is removed in its version; the local S3 has none.',
  },
  {
    role: /TriggerCustomResourceProvider/,
    action: /^lambda:InvokeFunction$/,
    resource: /-deploy-migrate:\*$/,
    why: 'CDK’s own function starts the migration during a deployment; here the runtime starts it itself.',
  },
  {
    action: /service-role\/AWSCodeDeployRoleForLambdaLimited$/,
    why: 'CodeDeploy moves the aliases as the role during a release; here an alias is always the newest version.',
  },
];
