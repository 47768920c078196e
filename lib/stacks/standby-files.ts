/**
 * The bucket in the residency's second region that tenants' objects are copied to, in a stack of its own: it must be
 * there before the cell that is followed copies to it, and all else of the standby comes after that cell.
 */
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { type CellFacts, CellStack, leaderOf } from '#lib/constructs/cell-stack.ts';
import { accessLogBucket, privateBucket } from '#lib/constructs/private-bucket.ts';
import { objectRules } from '#shared/config/objects.ts';

export class StandbyFilesStack extends CellStack {
  readonly files: IBucket;

  constructor(scope: Construct, facts: CellFacts) {
    const there: CellFacts = { ...facts, name: standbyName(facts), pair: 'follows' };
    super(scope, 'standby-files', there, 'Standby: copies of tenants’ objects', 'files');
    const accessLogs = accessLogBucket(this, 'AccessLogs');
    this.files = privateBucket(
      this,
      'TenantFiles',
      { bucket: accessLogs, prefix: 'tenant-files/' },
      // S3 copies no removal of a version, so copies go by their own age.
      { name: standbyBucketName(facts, this.account), keptDays: objectRules.keptDays },
    );
  }
}

/** The name of the cell that follows. */
export function standbyName(facts: Pick<CellFacts, 'deployment' | 'region'>): string {
  return `${leaderOf(facts)}-standby`;
}

/** Both cells know the bucket by its name: a template cannot refer to one of another region. */
export function standbyBucketName(facts: Pick<CellFacts, 'deployment' | 'region'>, account: string): string {
  return `${standbyName(facts)}-files-${account}`;
}
