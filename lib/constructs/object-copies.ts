/** Copies every object of a bucket to one in another region of the same residency, with its versions (BKP-4). */
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { accept } from './accept.ts';
import { cellOf } from './cell-stack.ts';

/** @param target the name of a bucket of ours, versioned, which is there already */
export function copyObjects(bucket: Bucket, target: string): void {
  const role = new Role(bucket, 'CopyRole', {
    assumedBy: new ServicePrincipal('s3.amazonaws.com'),
    description: 'Copies objects to the standby region',
  });
  const targetArn = `arn:aws:s3:::${target}`;
  const grants: [actions: string[], resource: string][] = [
    [['s3:GetReplicationConfiguration', 's3:ListBucket'], bucket.bucketArn],
    [
      ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'],
      bucket.arnForObjects('*'),
    ],
    [['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'], `${targetArn}/*`],
  ];
  for (const [actions, resource] of grants) {
    role.addToPolicy(new PolicyStatement({ actions, resources: [resource] }));
  }
  const raw = bucket.node.defaultChild as CfnBucket;
  raw.replicationConfiguration = {
    role: role.roleArn,
    rules: [
      {
        id: 'standby',
        status: 'Enabled',
        priority: 1,
        filter: { prefix: '' },
        // A marker is copied; that a version was removed is not, so copies also go by their age (standby-files.ts).
        deleteMarkerReplication: { status: 'Enabled' },
        destination: { bucket: targetArn },
      },
    ],
  };
  const { account } = cellOf(bucket).facts;
  const of = target.replace(cellOf(bucket).account, account ?? '<AWS::AccountId>');
  accept(role, {
    [`IAM5[Resource::<${cellOf(bucket).getLogicalId(raw)}.Arn>/*]`]: 'All objects of the bucket are copied.',
    [`IAM5[Resource::arn:aws:s3:::${of}/*]`]: 'All objects of the bucket are copied, to this one bucket.',
  });
}
