/** What a function may do that copies the database cluster at a point in time (BKP-2). */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { DatabaseRole } from '#shared/contract/module.ts';
import { accept } from './accept.ts';
import { cellOf } from './cell-stack.ts';
import type { KernelFunction } from './kernel-function.ts';
import { trustDatabaseAuthority } from './needs.ts';

/**
 * Copies the cluster at a point in time, reaches the copy as the login that the function connects as, and deletes it.
 * Copies are known by their names: no other cluster can be made, changed or deleted.
 */
export function copyCluster(fn: KernelFunction, login: DatabaseRole): void {
  const cell = cellOf(fn);
  const { name, account } = cell.facts;
  const prefix = `${name}-copy-`;
  fn.lambda.addEnvironment('DATABASE_CLUSTER', name);
  fn.lambda.addEnvironment('DATABASE_COPY_PREFIX', prefix);
  // A copy has no proxy before it: it presents a certificate of RDS' own authority.
  trustDatabaseAuthority(fn);
  const arn = (resource: string) => `arn:aws:rds:${cell.region}:${cell.account}:${resource}`;
  const own = arn(`cluster:${name}`);
  const [clusters, servers] = [arn(`cluster:${prefix}*`), arn(`db:${prefix}*`)];
  const groups = ['subgrp', 'cluster-pg'].map((kind) => arn(`${kind}:${name}-data-*`));
  const [options, parameters] = [arn('og:default:*'), arn('pg:default.*')];
  const connect = `arn:aws:rds-db:${cell.region}:${cell.account}:dbuser:cluster-*/${login}`;
  const grants: [actions: string[], resources: string[]][] = [
    [['rds:DescribeDBClusters'], [own, clusters]],
    [['rds:DescribeDBInstances', 'rds:DeleteDBInstance'], [servers]],
    [['rds:RestoreDBClusterToPointInTime'], [own, clusters, ...groups, options]],
    [['rds:CreateDBInstance'], [servers, clusters, parameters, options]],
    [['rds:DeleteDBCluster'], [clusters]],
    [['rds-db:connect'], [connect]],
  ];
  for (const [actions, resources] of grants) {
    fn.lambda.addToRolePolicy(new PolicyStatement({ actions, resources }));
  }
  const reasons: [arns: string[], why: string][] = [
    [[clusters, servers], 'Copies come and go, and have this prefix; nothing else has it.'],
    [groups, 'RDS asks for leave to use the cluster’s own groups, whose names CloudFormation gives.'],
    [[options, parameters], 'RDS asks for leave to use its own default groups, one for each version.'],
    [[connect], 'RDS gives a copy its id when it is made; the login is this function’s own.'],
  ];
  for (const [arns, why] of reasons) {
    for (const one of arns) {
      accept(fn, { [`IAM5[Resource::${one.replace(cell.account, account ?? '<AWS::AccountId>')}]`]: why });
    }
  }
}
