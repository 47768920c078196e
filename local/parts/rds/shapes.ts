/** Clusters and instances as the RDS API describes them. */
import type { ClusterRow, InstanceRow } from './records.ts';

/** The cluster of the template, of which copies are made. */
export type SourceCluster = {
  identifier: string;
  arn: string;
  resourceId: string;
  engine: string;
  subnetGroup: string;
  parameterGroup: string;
  securityGroups: string[];
  host: string;
  port: number;
};

type Shape = Record<string, unknown>;

/** The template's own cluster; without a base backup yet it has no moment to go back to. */
export function sourceShape(source: SourceCluster, earliestMs: number | undefined): Shape {
  return {
    DBClusterIdentifier: source.identifier,
    DBClusterArn: source.arn,
    DbClusterResourceId: source.resourceId,
    Engine: source.engine,
    Status: 'available',
    Endpoint: source.host,
    Port: source.port,
    ...placed(source),
    IAMDatabaseAuthenticationEnabled: true,
    ...(earliestMs === undefined
      ? {}
      : { EarliestRestorableTime: iso(earliestMs), LatestRestorableTime: iso(Date.now()) }),
  };
}

/** A copy of it. */
export function copyShape(source: SourceCluster, row: ClusterRow, members: readonly InstanceRow[]): Shape {
  const { facts } = row;
  return {
    DBClusterIdentifier: row.name,
    DBClusterArn: arnBeside(source, 'cluster', row.name),
    DbClusterResourceId: resourceId('cluster', row.name),
    Engine: source.engine,
    Status: row.status,
    Endpoint: source.host,
    Port: row.port,
    ...placed(facts),
    IAMDatabaseAuthenticationEnabled: facts.iamAuthentication,
    ClusterCreateTime: iso(row.createdMs),
    DBClusterMembers: {
      DBClusterMember: members.map(({ name }) => ({ DBInstanceIdentifier: name, IsClusterWriter: true })),
    },
    TagList: { Tag: facts.tags },
  };
}

export function instanceShape(source: SourceCluster, row: InstanceRow, port: number): Shape {
  return {
    DBInstanceIdentifier: row.name,
    DBInstanceArn: arnBeside(source, 'db', row.name),
    DBClusterIdentifier: row.cluster,
    DbiResourceId: resourceId('db', row.name),
    DBInstanceClass: row.class,
    Engine: source.engine,
    DBInstanceStatus: row.status,
    InstanceCreateTime: iso(row.createdMs),
    ...(row.status === 'available' ? { Endpoint: { Address: source.host, Port: port } } : {}),
  };
}

type Placed = Pick<SourceCluster, 'subnetGroup' | 'parameterGroup' | 'securityGroups'>;

function placed({ subnetGroup, parameterGroup, securityGroups }: Placed): Shape {
  return {
    DBSubnetGroup: subnetGroup,
    DBClusterParameterGroup: parameterGroup,
    VpcSecurityGroups: {
      VpcSecurityGroupMembership: securityGroups.map((id) => ({
        VpcSecurityGroupId: id,
        Status: 'active',
      })),
    },
  };
}

function arnBeside({ arn }: SourceCluster, kind: 'cluster' | 'db', name: string): string {
  return [...arn.split(':').slice(0, 5), kind, name].join(':');
}

/** Of the form that `rds-db:connect` is granted on. */
function resourceId(kind: 'cluster' | 'db', name: string): string {
  return `${kind}-${Buffer.from(name).toString('hex').slice(0, 26).toUpperCase().padEnd(26, '0')}`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
