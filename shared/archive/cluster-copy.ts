/**
 * A copy of the whole database cluster at a point in time (BKP-1, BKP-2): made from the cluster's own log, reached by
 * the same logins, and deleted when the one tenant was taken from it. Each call does the next thing and may be repeated.
 */
import type { XmlElement } from '../config/aws/xml.ts';
import { type DatabaseSettings, settings } from '../config/environment.ts';

/** The log does not reach the moment: it is older than the log is kept, or not over yet. */
export class OutsideLog extends Error {
  override readonly name = 'OutsideLog';
}

/** A moment that the cluster can be copied at lies between these. */
export type LogWindow = { earliest: Date; latest: Date };

/** Where a copy is reached. */
export type CopyAddress = Pick<DatabaseSettings, 'host' | 'port'>;

/** The name of the copy that a restore makes; its id is a bare UUID. */
export function copyNameOf(restore: string): string {
  return `${settings.clusterCopies().prefix}${restore}`;
}

/** @throws OutsideLog while there is nothing to go back to */
export async function logWindow(): Promise<LogWindow> {
  const source = await describeCluster(settings.clusterCopies().source);
  const [earliest, latest] = ['EarliestRestorableTime', 'LatestRestorableTime'].map(
    (name) => new Date(source?.child(name).text ?? ''),
  );
  if (earliest === undefined || latest === undefined || Number.isNaN(earliest.getTime() + latest.getTime())) {
    throw new OutsideLog('the cluster has no backup yet');
  }
  return { earliest, latest };
}

/**
 * Goes on with making a copy; answers where it is reached once it is.
 * @throws OutsideLog when the log does not reach the moment
 */
export async function makeCopy(name: string, at: Date): Promise<CopyAddress | undefined> {
  const copy = await describeCluster(name);
  if (copy === undefined) return begin(name, at);
  if (statusOf(copy, 'Status') !== 'available') return undefined;
  const server = await describeServer(serverOf(name));
  if (server === undefined) {
    await call('CreateDBInstance', {
      ...{ DBInstanceIdentifier: serverOf(name), DBClusterIdentifier: name },
      ...{ Engine: 'aurora-postgresql', DBInstanceClass: 'db.serverless', PubliclyAccessible: 'false' },
    });
    return undefined;
  }
  if (statusOf(server, 'DBInstanceStatus') !== 'available') return undefined;
  return { host: copy.child('Endpoint').text, port: Number(copy.child('Port').text) };
}

/** Goes on with deleting a copy; true once nothing is left of it. What cannot be deleted yet is asked for again. */
export async function removeCopy(name: string): Promise<boolean> {
  const server = await describeServer(serverOf(name));
  const deletable = ['available', 'failed'];
  if (deletable.includes(server?.child('DBInstanceStatus').text ?? '')) {
    await call('DeleteDBInstance', { DBInstanceIdentifier: serverOf(name), SkipFinalSnapshot: 'true' });
  }
  // A server that comes up keeps its cluster; one that is being deleted does not.
  if (server?.child('DBInstanceStatus').text === 'creating') return false;
  const copy = await describeCluster(name);
  if (copy === undefined) return server === undefined;
  if (deletable.includes(copy.child('Status').text)) {
    await call('DeleteDBCluster', { DBClusterIdentifier: name, SkipFinalSnapshot: 'true' });
  }
  return false;
}

async function begin(name: string, at: Date): Promise<undefined> {
  const { earliest, latest } = await logWindow();
  if (at < earliest || at > latest) throw new OutsideLog(`the log reaches from ${earliest.toISOString()}`);
  const { source: identifier } = settings.clusterCopies();
  const source = await describeCluster(identifier);
  if (source === undefined) throw new Error(`there is no cluster ${identifier}`);
  const groups = source.child('VpcSecurityGroups').children('VpcSecurityGroupMembership');
  await call('RestoreDBClusterToPointInTime', {
    ...{ DBClusterIdentifier: name, SourceDBClusterIdentifier: identifier, RestoreToTime: at.toISOString() },
    // What RDS would take instead is its own default, which nobody may reach.
    DBSubnetGroupName: source.child('DBSubnetGroup').text,
    DBClusterParameterGroupName: source.child('DBClusterParameterGroup').text,
    ...Object.fromEntries(
      groups.map((group, index) => [
        `VpcSecurityGroupIds.VpcSecurityGroupId.${index + 1}`,
        group.child('VpcSecurityGroupId').text,
      ]),
    ),
    EnableIAMDatabaseAuthentication: 'true',
    'ServerlessV2ScalingConfiguration.MinCapacity': '0.5',
    'ServerlessV2ScalingConfiguration.MaxCapacity': '8',
  });
}

/** The statuses on the way to being available; any other means that it never will be. */
const onTheWay = [
  ...['creating', 'available', 'modifying', 'backing-up', 'migrating', 'configuring-iam-database-auth'],
  ...['configuring-enhanced-monitoring', 'configuring-log-exports', 'rebooting', 'starting', 'upgrading'],
];

function statusOf(element: XmlElement, name: string): string {
  const status = element.child(name).text;
  if (!onTheWay.includes(status)) throw new Error(`the copy of the cluster is ${status}`);
  return status;
}

const serverOf = (name: string) => `${name}-1`;

async function describeCluster(name: string): Promise<XmlElement | undefined> {
  const found = await unlessMissing('DescribeDBClusters', { DBClusterIdentifier: name });
  return found?.child('DBClusters').child('DBCluster');
}

async function describeServer(name: string): Promise<XmlElement | undefined> {
  const found = await unlessMissing('DescribeDBInstances', { DBInstanceIdentifier: name });
  return found?.child('DBInstances').child('DBInstance');
}

async function unlessMissing(
  action: string,
  parameters: Record<string, string>,
): Promise<XmlElement | undefined> {
  const { RdsError } = await import('../config/aws/rds.ts');
  try {
    return await call(action, parameters);
  } catch (error) {
    if (error instanceof RdsError && /^DB(Cluster|Instance)NotFound/.test(error.code)) return undefined;
    throw error;
  }
}

async function call(action: string, parameters: Record<string, string>): Promise<XmlElement> {
  const { callRds } = await import('../config/aws/rds.ts');
  return callRds(action, parameters);
}
