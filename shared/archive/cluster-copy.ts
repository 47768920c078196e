/**
 * A copy of the whole database cluster at a point in time (BKP-1, BKP-2): made from the cluster's own log, reached by
 * the same logins, and deleted when the one tenant was taken from it. Each call does the next thing and may be repeated.
 */
import type { DatabaseSettings } from '../config/environment.ts';
import { settings } from '../config/environment.ts';
import { fail, problem } from '../contract/errors.ts';
import type { XmlElement } from '../config/aws/xml.ts';

export const outsideLog = problem(
  'restore.outside_log',
  422,
  'The log does not reach that moment: it is older than the log is kept, or not over yet.',
);

/** A moment that the cluster can be copied at lies between these. */
export type LogWindow = { earliest: Date; latest: Date };

/** Where a copy is reached. */
export type CopyAddress = Pick<DatabaseSettings, 'host' | 'port'>;

/** The name of the copy that a restore makes; its id is a bare UUID. */
export function copyNameOf(restore: string): string {
  return `${settings.clusterCopies().prefix}${restore}`;
}

/** @throws Failure `restore.outside_log` while there is nothing to go back to */
export async function logWindow(): Promise<LogWindow> {
  const source = await describeCluster(settings.clusterCopies().source);
  const [earliest, latest] = ['EarliestRestorableTime', 'LatestRestorableTime'].map(
    (name) => new Date(source?.one(name).text ?? ''),
  );
  if (earliest === undefined || latest === undefined || Number.isNaN(earliest.getTime() + latest.getTime())) {
    throw fail(outsideLog);
  }
  return { earliest, latest };
}

/**
 * Goes on with making a copy; answers where it is reached once it is.
 * @throws Failure `restore.outside_log` when the log does not reach the moment
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
  return { host: copy.one('Endpoint').text, port: Number(copy.one('Port').text) };
}

/** Goes on with deleting a copy; true once nothing is left of it. */
export async function removeCopy(name: string): Promise<boolean> {
  const server = await describeServer(serverOf(name));
  if (server !== undefined) {
    if (['available', 'failed'].includes(server.one('DBInstanceStatus').text)) {
      await call('DeleteDBInstance', { DBInstanceIdentifier: serverOf(name), SkipFinalSnapshot: 'true' });
    }
    return false;
  }
  const copy = await describeCluster(name);
  if (copy === undefined) return true;
  if (['available', 'failed'].includes(copy.one('Status').text)) {
    await call('DeleteDBCluster', { DBClusterIdentifier: name, SkipFinalSnapshot: 'true' });
  }
  return false;
}

async function begin(name: string, at: Date): Promise<undefined> {
  const { earliest, latest } = await logWindow();
  if (at < earliest || at > latest) throw fail(outsideLog);
  const { source: identifier } = settings.clusterCopies();
  const source = await describeCluster(identifier);
  if (source === undefined) throw new Error(`there is no cluster ${identifier}`);
  const groups = source.one('VpcSecurityGroups').all('VpcSecurityGroupMembership');
  await call('RestoreDBClusterToPointInTime', {
    ...{ DBClusterIdentifier: name, SourceDBClusterIdentifier: identifier, RestoreToTime: at.toISOString() },
    // What RDS would take instead is its own default, which nobody may reach.
    DBSubnetGroupName: source.one('DBSubnetGroup').text,
    DBClusterParameterGroupName: source.one('DBClusterParameterGroup').text,
    ...Object.fromEntries(
      groups.map((group, index) => [
        `VpcSecurityGroupIds.VpcSecurityGroupId.${index + 1}`,
        group.one('VpcSecurityGroupId').text,
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
  const status = element.one(name).text;
  if (!onTheWay.includes(status)) throw new Error(`the copy of the cluster is ${status}`);
  return status;
}

const serverOf = (name: string) => `${name}-1`;

async function describeCluster(name: string): Promise<XmlElement | undefined> {
  const found = await unlessMissing('DescribeDBClusters', { DBClusterIdentifier: name });
  return found?.one('DBClusters').one('DBCluster');
}

async function describeServer(name: string): Promise<XmlElement | undefined> {
  const found = await unlessMissing('DescribeDBInstances', { DBInstanceIdentifier: name });
  return found?.one('DBInstances').one('DBInstance');
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
