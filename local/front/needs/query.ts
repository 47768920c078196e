/** What calls of the query protocol need. RDS judges each resource that a call names, and the tags beside them. */
import { type Body, type Need, type Place, arn, text } from './need.ts';

/** The needs of a call; `undefined` for an action of which the resources are not known here. */
export function queryNeeds(place: Place, service: string, action: string, body: Body): Need[] | undefined {
  if (service !== 'rds') return undefined;
  const resources = RDS[action]?.(body);
  if (resources === undefined) return undefined;
  // A global database belongs to no region.
  const arnOf = (one: string) =>
    arn(one.startsWith('global-cluster:') ? { ...place, region: '' } : place, 'rds', one);
  const needs = resources.map((one) => ({ action: `rds:${action}`, resource: arnOf(one) }));
  const [first] = needs;
  // Whoever gives tags at creation must be allowed to tag what is created.
  return first !== undefined && text(body, 'Tags.Tag.1.Key') !== ''
    ? [...needs, { action: 'rds:AddTagsToResource', resource: first.resource }]
    : needs;
}

/** By action: the resources of a call, the one it creates first. */
const RDS: Record<string, (body: Body) => string[]> = {
  DescribeDBClusters: (body) => [named(body, 'cluster', 'DBClusterIdentifier')],
  DescribeDBInstances: (body) => [named(body, 'db', 'DBInstanceIdentifier')],
  RestoreDBClusterToPointInTime: (body) => [
    named(body, 'cluster', 'DBClusterIdentifier'),
    named(body, 'cluster', 'SourceDBClusterIdentifier'),
    named(body, 'subgrp', 'DBSubnetGroupName', 'default'),
    named(body, 'cluster-pg', 'DBClusterParameterGroupName', 'default.aurora-postgresql'),
    named(body, 'og', 'OptionGroupName', 'default:aurora-postgresql'),
  ],
  CreateDBInstance: (body) => [
    named(body, 'db', 'DBInstanceIdentifier'),
    named(body, 'cluster', 'DBClusterIdentifier'),
    named(body, 'pg', 'DBParameterGroupName', 'default.aurora-postgresql'),
    named(body, 'og', 'OptionGroupName', 'default:aurora-postgresql'),
  ],
  DeleteDBInstance: (body) => [named(body, 'db', 'DBInstanceIdentifier')],
  DeleteDBCluster: (body) => [named(body, 'cluster', 'DBClusterIdentifier')],
  DescribeGlobalClusters: (body) => [named(body, 'global-cluster', 'GlobalClusterIdentifier')],
  FailoverGlobalCluster: changed,
  SwitchoverGlobalCluster: changed,
};

function changed(body: Body): string[] {
  return [
    named(body, 'global-cluster', 'GlobalClusterIdentifier'),
    named(body, 'cluster', 'TargetDbClusterIdentifier'),
  ];
}

/** A name, or an ARN whose last part is one; without either, all of the kind. */
function named(body: Body, kind: string, parameter: string, otherwise = '*'): string {
  const given = text(body, parameter) || otherwise;
  return `${kind}:${given.startsWith('arn:') ? (given.split(':').at(-1) ?? '') : given}`;
}
