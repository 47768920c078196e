/** The copies that exist, in sqlite: a restart of the stack takes them up again. */
import type { DatabaseSync } from 'node:sqlite';

export type ClusterStatus = 'creating' | 'available' | 'deleting' | 'failed';

/** A copy of the cluster. */
export type ClusterRow = {
  name: string;
  status: ClusterStatus;
  /** The moment it shows. */
  atMs: number;
  port: number;
  createdMs: number;
  /** What it was asked for with: subnet group, security groups, parameter group, tags. */
  facts: ClusterFacts;
};

export type ClusterFacts = {
  subnetGroup: string;
  parameterGroup: string;
  securityGroups: string[];
  iamAuthentication: boolean;
  tags: { Key: string; Value: string }[];
};

/** A server of a copy; without one a copy is data that nobody can ask. */
export type InstanceRow = {
  name: string;
  cluster: string;
  status: ClusterStatus;
  class: string;
  createdMs: number;
};

/** What `openStore` applies. */
export const schema = `
  create table if not exists clusters (
    name text primary key, status text not null, atMs integer not null, port integer not null,
    createdMs integer not null, facts text not null
  ) strict;
  create table if not exists instances (
    name text primary key, cluster text not null references clusters (name), status text not null,
    class text not null, createdMs integer not null
  ) strict;`;

export type Records = {
  clusters(): ClusterRow[];
  cluster(name: string): ClusterRow | undefined;
  addCluster(row: ClusterRow): void;
  setCluster(name: string, change: Partial<Pick<ClusterRow, 'status' | 'port'>>): void;
  removeCluster(name: string): void;
  instances(cluster?: string): InstanceRow[];
  instance(name: string): InstanceRow | undefined;
  addInstance(row: InstanceRow): void;
  setInstance(name: string, status: ClusterStatus): void;
  removeInstance(name: string): void;
};

export function recordsIn(store: DatabaseSync): Records {
  const run = (sql: string, ...values: (string | number)[]) => void store.prepare(sql).run(...values);
  const clusters = (): ClusterRow[] =>
    (
      store.prepare('select * from clusters order by createdMs, name').all() as unknown as StoredCluster[]
    ).map(({ facts, ...row }) => ({ ...row, facts: JSON.parse(facts) as ClusterFacts }));
  const instances = (): InstanceRow[] =>
    store.prepare('select * from instances order by createdMs, name').all() as unknown as InstanceRow[];
  return {
    clusters,
    cluster: (name) => clusters().find((one) => one.name === name),
    addCluster: ({ name, status, atMs, port, createdMs, facts }) =>
      run(
        'insert into clusters (name, status, atMs, port, createdMs, facts) values (?, ?, ?, ?, ?, ?)',
        ...[name, status, atMs, port, createdMs, JSON.stringify(facts)],
      ),
    setCluster: (name, { status, port }) => {
      if (status !== undefined) run('update clusters set status = ? where name = ?', status, name);
      if (port !== undefined) run('update clusters set port = ? where name = ?', port, name);
    },
    removeCluster: (name) => run('delete from clusters where name = ?', name),
    instances: (cluster) => instances().filter((one) => cluster === undefined || one.cluster === cluster),
    instance: (name) => instances().find((one) => one.name === name),
    addInstance: (row) =>
      run(
        'insert into instances (name, cluster, status, class, createdMs) values (?, ?, ?, ?, ?)',
        ...[row.name, row.cluster, row.status, row.class, row.createdMs],
      ),
    setInstance: (name, status) => run('update instances set status = ? where name = ?', status, name),
    removeInstance: (name) => run('delete from instances where name = ?', name),
  };
}

type StoredCluster = Omit<ClusterRow, 'facts'> & { facts: string };
