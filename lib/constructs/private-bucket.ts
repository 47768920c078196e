/** A bucket that nobody outside reaches: encrypted, versioned, TLS only, its access logged (ARC-4). */
import { Duration } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { objectRules } from '#shared/config/objects.ts';
import { cellOf } from './cell-stack.ts';
import { copyObjects } from './object-copies.ts';

/**
 * A private bucket whose accesses are logged to another, below a prefix of its own.
 * @param more a name where another region must know it, the bucket that its objects are copied to, and after how many
 * days an object is removed that nobody removed, where all of them have an end
 */
export function privateBucket(
  scope: Construct,
  id: string,
  log: { bucket: IBucket; prefix: string },
  { name, copiedTo, keptDays }: { name?: string; copiedTo?: string; keptDays?: number } = {},
): IBucket {
  const bucket = new Bucket(scope, id, {
    ...closedToStrangers,
    ...(name === undefined ? {} : { bucketName: name }),
    versioned: true,
    serverAccessLogsBucket: log.bucket,
    serverAccessLogsPrefix: log.prefix,
    removalPolicy: cellOf(scope).dataPolicy,
    lifecycleRules: [
      { abortIncompleteMultipartUploadAfter: Duration.days(objectRules.uploadDays) },
      ...(keptDays === undefined
        ? [{ noncurrentVersionExpiration: Duration.days(35) }]
        : [
            {
              expiration: Duration.days(keptDays),
              noncurrentVersionExpiration: Duration.days(objectRules.earlierVersionDays),
            },
          ]),
    ],
  });
  if (copiedTo !== undefined) copyObjects(bucket, copiedTo);
  return bucket as IBucket;
}

/** Where other buckets log their accesses; its own are not logged, or the log would never end. */
export function accessLogBucket(scope: Construct, id: string): IBucket {
  const cell = cellOf(scope);
  return new Bucket(scope, id, {
    ...closedToStrangers,
    // CloudFront writes its logs with an access control list.
    objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED,
    removalPolicy: cell.dataPolicy,
    lifecycleRules: [{ expiration: Duration.days(cell.facts.deployment.accessLogRetentionDays) }],
  }) as IBucket;
}

/** What holds for every bucket. */
export const closedToStrangers = {
  encryption: BucketEncryption.S3_MANAGED,
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
} satisfies BucketProps;
