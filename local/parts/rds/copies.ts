/**
 * The work behind the calls, which goes on after they were answered: data is made, servers come up and go. What a
 * run that was killed had begun is finished by the next one, and what it deleted stays deleted.
 */
import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '#local/ports.ts';
import type { Running } from '../contract.ts';
import { asAdministrator } from '../postgres/administrator.ts';
import { type ChangeLog, closeSegment } from '../postgres/change-log.ts';
import type { Postgres } from '../postgres/postgres.ts';
import type { BaseBackups } from './base-backups.ts';
import { makeData, removeCopy, startCopy, stopStray } from './copy.ts';
import type { ClusterRow, InstanceRow, Records } from './records.ts';

export type CopiesOptions = {
  state: string;
  adminUrl: string;
  copiedFrom: NonNullable<Postgres['copiedFrom']>;
  changeLog: ChangeLog;
  records: Records;
  backups: BaseBackups;
  /** Makes a copy reachable for those who reach the cluster, given its address as the administrator. */
  prepare: (adminUrl: string) => Promise<void>;
  log: (line: string) => void;
};

export type Copies = Running & {
  /** Makes the data of a copy. */
  fill(row: ClusterRow): void;
  /** Starts its server. */
  serve(row: Pick<InstanceRow, 'name' | 'cluster'>): void;
  removeServer(name: string): void;
  /** Removes a copy and its servers. */
  remove(cluster: string): void;
  /** Goes on where an earlier run was stopped. */
  takeUp(): Promise<void>;
};

export function copiesOf(options: CopiesOptions): Copies {
  const { state, adminUrl, copiedFrom, changeLog, records, backups } = options;
  const place = { log: changeLog, source: copiedFrom, state };
  const servers = new Map<string, Running>();
  const working = new Set<Promise<void>>();
  let stopped = false;

  function begin(what: string, work: () => Promise<void>, onFailure: () => void): void {
    const done: Promise<void> = work()
      .catch((error: unknown) => {
        if (stopped) return;
        onFailure();
        options.log(`${what}: ${String(error)}`);
      })
      .finally(() => working.delete(done));
    working.add(done);
  }

  async function makeCopy({ name, atMs }: ClusterRow): Promise<void> {
    const base = (await backups.list()).findLast((one) => one.atMs <= atMs);
    if (base === undefined) throw new Error('no base backup is old enough any more');
    // The log must go on after the moment, or the replay would not know that it has reached it.
    await sleep(Math.max(0, atMs + 2 - Date.now()));
    await reach(adminUrl);
    await makeData(changeLog, copiedFrom, name, base);
    records.setCluster(name, { status: 'available' });
  }

  async function startServerOf({ name, cluster }: Pick<InstanceRow, 'name' | 'cluster'>): Promise<void> {
    const row = records.cluster(cluster);
    if (row === undefined) throw new Error(`its copy ${cluster} is gone`);
    const { port } = await freePort(row.port);
    records.setCluster(cluster, { port });
    const lost = (how: string) => options.log(`The copy ${cluster} stopped unexpectedly (${how})`);
    servers.set(name, await startCopy(place, { ...row, port }, lost));
    const url = new URL(adminUrl);
    url.port = String(port);
    await options.prepare(url.href);
    records.setInstance(name, 'available');
  }

  async function endServer(name: string): Promise<void> {
    await servers.get(name)?.stop();
    servers.delete(name);
    records.removeInstance(name);
  }

  async function removeAll(cluster: string): Promise<void> {
    for (const one of records.instances(cluster)) await endServer(one.name);
    await stopStray(changeLog, copiedFrom, cluster);
    await removeCopy(changeLog, state, cluster);
    records.removeCluster(cluster);
  }

  const copies: Copies = {
    fill: (row) =>
      begin(
        `copy ${row.name}`,
        () => makeCopy(row),
        () => records.setCluster(row.name, { status: 'failed' }),
      ),
    serve: (row) =>
      begin(
        `server ${row.name}`,
        () => startServerOf(row),
        () => records.setInstance(row.name, 'failed'),
      ),
    removeServer: (name) =>
      begin(
        `server ${name}`,
        () => endServer(name),
        () => records.setInstance(name, 'failed'),
      ),
    remove: (cluster) =>
      begin(
        `copy ${cluster}`,
        () => removeAll(cluster),
        () => records.setCluster(cluster, { status: 'failed' }),
      ),
    takeUp: async () => {
      const known = new Set(records.clusters().map(({ name }) => name));
      for (const name of await readdir(changeLog.copies)) {
        await stopStray(changeLog, copiedFrom, name);
        if (!known.has(name)) await removeCopy(changeLog, state, name);
      }
      for (const row of records.instances()) {
        if (row.status === 'deleting') records.removeInstance(row.name);
        else copies.serve(row);
      }
      for (const row of records.clusters()) {
        if (row.status === 'deleting') copies.remove(row.name);
        else if (row.status === 'creating') copies.fill(row);
      }
    },
    stop: async () => {
      stopped = true;
      // A replay may take minutes; its server ends with this process at the latest.
      await Promise.race([Promise.all(working), sleep(5_000, undefined, { ref: false })]);
      for (const server of servers.values()) await server.stop();
    },
  };
  return copies;
}

async function reach(adminUrl: string): Promise<void> {
  await asAdministrator(adminUrl, closeSegment);
}
