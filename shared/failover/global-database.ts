/**
 * The database over both regions of a residency, an Aurora global database: one cluster writes and the other follows.
 * All calls go to RDS in the region of the one that follows; Aurora answers there while the other region is gone.
 */
import { settings } from '../config/environment.ts';
import type { FailoverOrder } from './machine.events.ts';

/** A cluster of the global database. */
export type Member = { arn: string; region: string; writes: boolean };

/** `changing` while Aurora makes another cluster the one that writes. */
export type GlobalDatabase = { members: Member[]; changing: boolean };

/** @throws RdsError when there is none of the configured name */
export async function describeGlobal(): Promise<GlobalDatabase> {
  const { callRds } = await import('../config/aws/rds.ts');
  const answer = await callRds('DescribeGlobalClusters', {
    GlobalClusterIdentifier: settings.failover().globalCluster,
  });
  const found = answer.child('GlobalClusters').child('GlobalClusterMember');
  const members = found
    .child('GlobalClusterMembers')
    .children('GlobalClusterMember')
    .map((member) => {
      const arn = member.child('DBClusterArn').text;
      return { arn, region: arn.split(':')[3] ?? '', writes: member.child('IsWriter').text === 'true' };
    });
  const status = found.child('Status').text;
  const changing = status !== 'available' || found.child('FailoverState').child('Status').text !== '';
  return { members, changing };
}

/** Asks Aurora to let this region's cluster write; goes on after it answers. */
export async function promote(mode: FailoverOrder['mode']): Promise<void> {
  const { callRds } = await import('../config/aws/rds.ts');
  const { globalCluster, clusterArn } = settings.failover();
  const target = { GlobalClusterIdentifier: globalCluster, TargetDbClusterIdentifier: clusterArn };
  // A switchover waits until nothing is left behind, for which the other cluster must answer; a failover does not.
  if (mode === 'planned') await callRds('SwitchoverGlobalCluster', target);
  else await callRds('FailoverGlobalCluster', { ...target, AllowDataLoss: 'true' });
}
