/**
 * A database over the two regions of a residency (BKP-4): an Aurora global database, in which one cluster writes and the
 * other follows within a second. Both are known by names, since templates cannot refer to another region.
 */
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnDBCluster, CfnGlobalCluster, type DatabaseCluster } from 'aws-cdk-lib/aws-rds';
import { type CellFacts, cellOf, leaderOf } from './cell-stack.ts';

/** Lets a cluster be followed. It becomes the first of a global database of the cell's name, and stays as it is. */
export function letFollow(cluster: DatabaseCluster): void {
  const { facts } = cellOf(cluster);
  new CfnGlobalCluster(cluster, 'Global', {
    globalClusterIdentifier: leaderOf(facts),
    sourceDbClusterIdentifier: cluster.clusterArn,
    deletionProtection: facts.deployment.keepData,
  });
}

/** Makes a cluster follow that of the other cell: it has no data, logins or password of its own. */
export function follow(cluster: DatabaseCluster): void {
  const cell = cellOf(cluster);
  const key = new Key(cluster, 'Key', {
    description: 'Encrypts the standby’s copy of the database',
    enableKeyRotation: true,
    removalPolicy: cell.dataPolicy,
  });
  const raw = cluster.node.defaultChild;
  if (!(raw instanceof CfnDBCluster)) throw new Error('A cluster is not what it was.');
  raw.globalClusterIdentifier = leaderOf(cell.facts);
  raw.kmsKeyId = key.keyArn;
  for (const own of ['MasterUsername', 'MasterUserPassword', 'DatabaseName']) {
    raw.addPropertyDeletionOverride(own);
  }
}

/** A cluster of a global database never pauses. */
export function leastUnits({ deployment, pair }: CellFacts): number {
  const { minimumCapacityUnits } = deployment.database;
  return pair === undefined ? minimumCapacityUnits : Math.max(0.5, minimumCapacityUnits);
}

/** ARN of the global database, which belongs to no region. */
export function globalClusterArn(facts: CellFacts, account: string): string {
  return `arn:aws:rds::${account}:global-cluster:${leaderOf(facts)}`;
}
