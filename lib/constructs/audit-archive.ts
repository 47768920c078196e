/**
 * Where the chains of audit trails are archived (AUD-4): objects that nobody changes or removes before their time is
 * over, and a function that may only add to them.
 */
import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Bucket, type IBucket, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { accept } from './accept.ts';
import { type CellStack, cellOf } from './cell-stack.ts';
import type { KernelFunction } from './kernel-function.ts';
import { closedToStrangers } from './private-bucket.ts';

/** The archive as other stacks know it. */
export type AuditArchive = { name: string; arn: string; exportName: string };

/**
 * The bucket. In the mode `compliance` its lock binds the account's root as well; in `governance` all but those who may
 * bypass it.
 */
export function auditArchive(stack: CellStack, accessLogs: IBucket): AuditArchive {
  const { deployment, name } = cellOf(stack).facts;
  const { mode, days } = deployment.auditArchive;
  const retention = ObjectLockRetention[mode](Duration.days(days));
  const bucket = new Bucket(stack, 'AuditArchive', {
    ...closedToStrangers,
    versioned: true,
    objectLockDefaultRetention: retention,
    serverAccessLogsBucket: accessLogs,
    serverAccessLogsPrefix: 'audit-archive/',
    removalPolicy: stack.dataPolicy,
    // A lock outlasts this: earlier versions of heads go a month after theirs.
    lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(days + 30) }],
  });
  const exportName = `${name}-audit-archive-arn`;
  const arn = stack.exportValue(bucket.bucketArn, { name: exportName });
  return { name: bucket.bucketName, arn, exportName };
}

/** Writes and reads the archive; to remove something of it is granted to nobody. */
export function archiveTrails(fn: KernelFunction, archive: AuditArchive): void {
  fn.lambda.addEnvironment('AUDIT_ARCHIVE_BUCKET', archive.name);
  fn.lambda.addToRolePolicy(
    new PolicyStatement({
      actions: ['s3:PutObject', 's3:GetObject'],
      resources: [`${archive.arn}/audit/*`],
    }),
  );
  accept(fn, {
    [`IAM5[Resource::${archive.exportName}/audit/*]`]:
      'Tenants come and go, and each has objects of its own below its id; nothing else stands in the bucket.',
  });
}
