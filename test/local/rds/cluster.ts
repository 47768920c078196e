/** The embedded database with its log, and the RDS API over it, in a folder of their own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Front, startFront } from '#local/front/front.ts';
import { runtimeHeaders } from '#local/front/call.ts';
import type { PolicyDocument } from '#local/iam/policy.ts';
import { removeElsewhere } from '#local/parts/postgres/home.ts';
import { type Postgres, startEmbedded } from '#local/parts/postgres/postgres.ts';
import { type Rds, startRds } from '#local/parts/rds/rds.ts';

export const source = {
  identifier: 'plinth-test',
  arn: 'arn:aws:rds:us-east-1:000000000000:cluster:plinth-test',
  resourceId: 'cluster-TEST',
  engine: 'aurora-postgresql',
  subnetGroup: 'database',
  parameterGroup: 'tls',
  securityGroups: ['sg-1'],
  host: '127.0.0.1',
};

/** A role that may make and delete copies named `plinth-test-copy-…`, and no other cluster. */
export const copier: PolicyDocument['Statement'] = [
  {
    Effect: 'Allow',
    Action: ['rds:RestoreDBClusterToPointInTime', 'rds:CreateDBInstance', 'rds:DeleteDB*', 'rds:DescribeDB*'],
    Resource: ['cluster:plinth-test-copy-*', 'db:plinth-test-copy-*', 'subgrp:database', '*pg:*', 'og:*'].map(
      (one) => `arn:aws:rds:us-east-1:000000000000:${one}`,
    ),
  },
  {
    Effect: 'Allow',
    Action: ['rds:RestoreDBClusterToPointInTime', 'rds:DescribeDBClusters'],
    Resource: source.arn,
  },
];

export type Answer = { status: number; xml: string; of(element: string): string | undefined };

export type Cluster = {
  state: string;
  database: Postgres;
  rds: Rds;
  front: Front;
  lines: string[];
  /** Addresses that copies were made reachable at. */
  prepared: string[];
  /** Calls RDS as the runtime, or as the role that holds {@link copier}. */
  call(action: string, parameters: Record<string, string>, as?: 'runtime' | 'copier'): Promise<Answer>;
  /** Makes a copy with a server, and waits for it; answers its address as the administrator. */
  copy(
    name: string,
    moment: { RestoreToTime: string } | { UseLatestRestorableTime: 'true' },
  ): Promise<string>;
  stop(options?: { keepState: boolean }): Promise<void>;
};

export async function startCluster(state?: string, keepsLog = true): Promise<Cluster> {
  const folder = state ?? (await mkdtemp(join(tmpdir(), 'plinth-rds-')));
  const lines: string[] = [];
  const prepared: string[] = [];
  const log = (line: string) => void lines.push(line);
  const database = await startEmbedded({ state: folder, port: 0, log, keepsLog });
  const rds = startRds({
    ...{ state: folder, database, log, firstBackupAfterMs: 0 },
    source: { ...source, port: database.port },
    prepare: async (adminUrl) => void prepared.push(adminUrl),
  });
  const front = await startFront({
    ...{ port: 0, region: 'us-east-1', accountId: '000000000000', log },
    roles: new Map([['LOCALCOPIER', { role: 'Copier', policies: [{ Statement: copier }] }]]),
    parts: { dynamodbPort: 9, queuesPort: 9, handlers: { rds: rds.handler } },
  });

  const call: Cluster['call'] = async (action, parameters, as = 'runtime') => {
    const headers = runtimeHeaders('rds', 'us-east-1');
    const response = await fetch(front.url, {
      method: 'POST',
      headers: {
        ...headers,
        authorization: (headers.authorization ?? '').replace(
          'LOCALADMIN',
          as === 'copier' ? 'LOCALCOPIER' : '$&',
        ),
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ Action: action, Version: '2014-10-31', ...parameters }).toString(),
    });
    const xml = await response.text();
    const of = (element: string) => new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1];
    return { status: response.status, xml, of };
  };

  return {
    ...{ state: folder, database, rds, front, lines, prepared, call },
    copy: async (name, moment) => {
      const made = await call('RestoreDBClusterToPointInTime', {
        DBClusterIdentifier: name,
        SourceDBClusterIdentifier: source.identifier,
        ...moment,
      });
      if (made.status !== 200) throw new Error(made.xml);
      await until(async () => (await call('DescribeDBClusters', { DBClusterIdentifier: name })).of('Status'));
      const server = {
        ...{ DBInstanceIdentifier: `${name}-1`, DBClusterIdentifier: name },
        ...{ Engine: source.engine, DBInstanceClass: 'db.serverless' },
      };
      const begun = await call('CreateDBInstance', server);
      if (begun.status !== 200) throw new Error(begun.xml);
      const describe = () => call('DescribeDBInstances', { DBInstanceIdentifier: `${name}-1` });
      await until(async () => (await describe()).of('DBInstanceStatus'));
      const url = new URL(database.adminUrl);
      url.port = (await describe()).of('Port') ?? '';
      return url.href;
    },
    stop: async ({ keepState } = { keepState: false }) => {
      await front.stop();
      await rds.stop();
      await database.stop();
      if (keepState) return;
      await removeElsewhere(folder);
      await rm(folder, { recursive: true, force: true });
    },
  };

  async function until(status: () => Promise<string | undefined>): Promise<void> {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const now = await status();
      if (now === 'available') return;
      if (now !== 'creating' || Date.now() > deadline) throw new Error(`${now}: ${lines.join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Asks a database as its administrator. */
export async function ask<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}
