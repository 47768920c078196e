/**
 * Copies of the database cluster at a point in time, as Amazon RDS makes them: `RestoreDBClusterToPointInTime` and
 * `CreateDBInstance`, described while they come up and deleted afterwards. A copy is a second PostgreSQL server,
 * started from a base backup, which replays the log of the first until the moment that was asked for.
 */
import { freePort } from '#local/ports.ts';
import { openStore } from '#local/state.ts';
import { AwsError, type PartHandler, type Running } from '../contract.ts';
import { changeLogOf } from '../postgres/change-log.ts';
import { isFollowing } from '../postgres/follower.ts';
import type { Postgres } from '../postgres/postgres.ts';
import { baseBackupsOf } from './base-backups.ts';
import { copiesOf } from './copies.ts';
import { globalActions, type GlobalOptions } from './global.ts';
import { identifier, type Parameters, parametersOf } from './parameters.ts';
import { type ClusterRow, type InstanceRow, recordsIn, schema } from './records.ts';
import { copyShape, instanceShape, type SourceCluster, sourceShape } from './shapes.ts';
import { upkeepOf } from './upkeep.ts';

export type { SourceCluster } from './shapes.ts';

export type RdsOptions = {
  state: string;
  database: Postgres;
  source: SourceCluster;
  /** Where the database follows another one: both as the global database that they are. */
  global?: Omit<GlobalOptions, 'engine' | 'database' | 'prepare' | 'log'> | undefined;
  /** Makes a copy reachable for those who reach the cluster, given its address as the administrator. */
  prepare: (adminUrl: string) => Promise<void>;
  /** How long after the start the first base backup may be taken; a stack that starts has more urgent work. */
  firstBackupAfterMs?: number;
  log: (line: string) => void;
};

export type Rds = Running & {
  handler: PartHandler;
  /** Resolves when a moment exists to go back to. */
  ready(): Promise<void>;
};

/** Starts keeping base backups and takes up the copies that an earlier run left. */
export function startRds(options: RdsOptions): Rds {
  const { copiedFrom } = options.database;
  return copiedFrom === undefined ? withoutLog() : withLog(options, copiedFrom);
}

/** A server that DATABASE_URL names keeps its log where only its owner reaches it. */
function withoutLog(): Rds {
  return {
    ready: async () => undefined,
    stop: async () => undefined,
    handler: async () => {
      throw new AwsError(
        'InvalidDBClusterStateFault',
        'The database that DATABASE_URL names is not copied: only the embedded one keeps a log here.',
      );
    },
  };
}

function withLog(options: RdsOptions, copiedFrom: NonNullable<Postgres['copiedFrom']>): Rds {
  const { state, database, source, prepare, log } = options;
  const changeLog = changeLogOf(copiedFrom.home);
  const backups = baseBackupsOf(changeLog, copiedFrom.home.data, database.adminUrl);
  const store = openStore(state, 'rds', schema);
  const records = recordsIn(store);
  const { adminUrl } = database;
  const copies = copiesOf({ state, adminUrl, copiedFrom, changeLog, records, backups, prepare, log });

  function existingCluster(name: string): ClusterRow {
    const row = records.cluster(name);
    if (row !== undefined) return row;
    throw new AwsError('DBClusterNotFoundFault', `DBCluster ${name} not found.`, 404);
  }

  function existingInstance(name: string): InstanceRow {
    const row = records.instance(name);
    if (row !== undefined) return row;
    throw new AwsError('DBInstanceNotFound', `DBInstance ${name} not found.`, 404);
  }

  const shapeOf = (row: ClusterRow) => copyShape(source, row, records.instances(row.name));
  const earliestMs = async () => (await backups.list())[0]?.atMs;

  async function describeClusters(given: Parameters) {
    const name = given.text('DBClusterIdentifier');
    const own = async () => sourceShape(source, await earliestMs());
    const all =
      name === undefined
        ? [await own(), ...records.clusters().map(shapeOf)]
        : [name === source.identifier ? await own() : shapeOf(existingCluster(name))];
    return { DBClusters: { DBCluster: all } };
  }

  async function restore(given: Parameters) {
    const name = identifier(given.need('DBClusterIdentifier'));
    const from = given.need('SourceDBClusterIdentifier');
    if (from !== source.identifier && from !== source.arn) {
      throw new AwsError('DBClusterNotFoundFault', `DBCluster ${from} not found.`, 404);
    }
    if (name === source.identifier || records.cluster(name) !== undefined) {
      throw new AwsError('DBClusterAlreadyExistsFault', `DB Cluster already exists: ${name}`);
    }
    const atMs = momentOf(given, await earliestMs());
    const row: ClusterRow = {
      ...{ name, atMs, status: 'creating', createdMs: Date.now() },
      port: (await freePort(0)).port,
      facts: {
        subnetGroup: given.text('DBSubnetGroupName') ?? 'default',
        parameterGroup: given.text('DBClusterParameterGroupName') ?? 'default.aurora-postgresql',
        securityGroups: given.list('VpcSecurityGroupIds.VpcSecurityGroupId'),
        iamAuthentication: given.flag('EnableIAMDatabaseAuthentication'),
        tags: given.tags(),
      },
    };
    records.addCluster(row);
    copies.fill(row);
    return { DBCluster: shapeOf(row) };
  }

  function createInstance(given: Parameters) {
    const name = identifier(given.need('DBInstanceIdentifier'));
    const row = existingCluster(given.need('DBClusterIdentifier'));
    if (given.need('Engine') !== source.engine || given.need('DBInstanceClass') !== 'db.serverless') {
      throw new AwsError('InvalidParameterCombination', `A copy runs ${source.engine} on db.serverless.`);
    }
    if (row.status !== 'available') {
      throw new AwsError('InvalidDBClusterStateFault', `DB cluster ${row.name} is not available.`);
    }
    if (records.instance(name) !== undefined) {
      throw new AwsError('DBInstanceAlreadyExists', `DB instance already exists: ${name}`);
    }
    if (records.instances(row.name).length > 0) {
      throw new AwsError('InvalidDBClusterStateFault', 'A local copy has one server and no readers.');
    }
    const facts = { cluster: row.name, class: 'db.serverless', createdMs: Date.now() };
    const instance: InstanceRow = { name, status: 'creating', ...facts };
    records.addInstance(instance);
    copies.serve(instance);
    return { DBInstance: instanceShape(source, instance, row.port) };
  }

  function describeInstances(given: Parameters) {
    const name = given.text('DBInstanceIdentifier');
    const rows = name === undefined ? records.instances() : [existingInstance(name)];
    const all = rows.map((row) => instanceShape(source, row, existingCluster(row.cluster).port));
    return { DBInstances: { DBInstance: all } };
  }

  function deleteInstance(given: Parameters) {
    const row = existingInstance(given.need('DBInstanceIdentifier'));
    const { port } = existingCluster(row.cluster);
    if (row.status === 'deleting' || row.status === 'creating') {
      throw new AwsError('InvalidDBInstanceState', `Instance ${row.name} is ${row.status}.`);
    }
    records.setInstance(row.name, 'deleting');
    copies.removeServer(row.name);
    return { DBInstance: instanceShape(source, { ...row, status: 'deleting' }, port) };
  }

  function deleteCluster(given: Parameters) {
    const name = given.need('DBClusterIdentifier');
    if (name === source.identifier) {
      throw new AwsError(
        'InvalidDBClusterStateFault',
        'The template’s own cluster is not deleted by a call.',
      );
    }
    const row = existingCluster(name);
    if (!given.flag('SkipFinalSnapshot')) {
      const message = 'FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.';
      throw new AwsError('InvalidParameterCombination', message);
    }
    if (records.instances(name).some(({ status }) => status !== 'deleting')) {
      const message = 'Cluster cannot be deleted, it still contains DB instances in non-deleting state.';
      throw new AwsError('InvalidDBClusterStateFault', message);
    }
    if (row.status === 'deleting' || row.status === 'creating') {
      throw new AwsError('InvalidDBClusterStateFault', `DB cluster ${name} is ${row.status}.`);
    }
    records.setCluster(name, { status: 'deleting' });
    copies.remove(name);
    return { DBCluster: shapeOf({ ...row, status: 'deleting' }) };
  }

  const { engine } = source;
  const actions: Record<string, { known: string[]; act: (given: Parameters) => unknown }> = {
    ...(options.global === undefined
      ? {}
      : globalActions({ ...options.global, engine, database, prepare, log })),
    DescribeDBClusters: { known: ['DBClusterIdentifier'], act: describeClusters },
    RestoreDBClusterToPointInTime: { known: restoreParameters, act: restore },
    CreateDBInstance: { known: instanceParameters, act: createInstance },
    DescribeDBInstances: { known: ['DBInstanceIdentifier'], act: describeInstances },
    DeleteDBInstance: { known: ['DBInstanceIdentifier', 'SkipFinalSnapshot'], act: deleteInstance },
    DeleteDBCluster: { known: ['DBClusterIdentifier', 'SkipFinalSnapshot'], act: deleteCluster },
  };

  // Whoever follows has no backups of its own until it writes.
  const maintain = async () => {
    if (options.global === undefined || !(await isFollowing(adminUrl))) await backups.maintain();
  };
  const upkeep = upkeepOf(maintain, { afterMs: options.firstBackupAfterMs ?? 20_000, log });
  const takenUp = copies.takeUp();
  takenUp.catch((error: unknown) => log(`Copies of the database: ${String(error)}`));

  return {
    ready: () => upkeep.first,
    handler: async ({ action, body }) => {
      const known = actions[action];
      if (known === undefined) {
        throw new AwsError('InvalidAction', `The local stack does not implement rds ${action}.`);
      }
      await takenUp;
      return { status: 200, body: await known.act(parametersOf(action, body, known.known)) };
    },
    stop: async () => {
      await upkeep.stop();
      await copies.stop();
      store.close();
    },
  };
}

const restoreParameters = [
  ...['DBClusterIdentifier', 'SourceDBClusterIdentifier', 'RestoreToTime', 'UseLatestRestorableTime'],
  ...['RestoreType', 'DBSubnetGroupName', 'DBClusterParameterGroupName', 'EnableIAMDatabaseAuthentication'],
  ...['VpcSecurityGroupIds.VpcSecurityGroupId', 'Tags.Tag.Key', 'Tags.Tag.Value'],
  ...['ServerlessV2ScalingConfiguration.MinCapacity', 'ServerlessV2ScalingConfiguration.MaxCapacity'],
];

const instanceParameters = [
  ...['DBInstanceIdentifier', 'DBClusterIdentifier', 'DBInstanceClass', 'Engine', 'PubliclyAccessible'],
  ...['Tags.Tag.Key', 'Tags.Tag.Value'],
];

/** The moment a copy is asked for; AWS refuses what its log does not reach, and so do we. */
function momentOf(given: Parameters, earliestMs: number | undefined): number {
  const latest = given.flag('UseLatestRestorableTime');
  const at = given.text('RestoreToTime');
  if (latest === (at !== undefined)) {
    const message = 'Specify either RestoreToTime or UseLatestRestorableTime.';
    throw new AwsError('InvalidParameterCombination', message);
  }
  if (earliestMs === undefined) {
    throw new AwsError('InvalidRestoreFault', 'There is no backup of the cluster yet.');
  }
  // A clock of milliseconds stands before what was committed in the present one.
  const atMs = at === undefined ? Date.now() + 1 : Date.parse(at);
  if (Number.isNaN(atMs)) throw new AwsError('InvalidParameterValue', `${at} is not a time.`);
  if (atMs < earliestMs || (at !== undefined && atMs > Date.now())) {
    const window = `${new Date(earliestMs).toISOString()} and now`;
    throw new AwsError('InvalidParameterValue', `RestoreToTime must be between ${window}.`);
  }
  return atMs;
}
