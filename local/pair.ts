/**
 * Two cells on one machine, of which one follows the other (BKP-4): what AWS carries from region to region by itself.
 * The log of the database is streamed by PostgreSQL; secrets are copied once, when the cell that follows starts. Objects
 * are not copied here.
 */
import { regions } from '#shared/config/regions.ts';
import type { Postgres } from './parts/postgres/postgres.ts';
import type { GlobalOptions } from './parts/rds/global.ts';
import type { Secrets } from './parts/secrets/secrets.ts';
import { type Cell, ofType } from './template/readers.ts';

/** Where the cell of a laptop stands, and where the one that follows it would. */
export const { aws: ownRegion, standby: standbyRegion } = regions.us;

/** A secret that the template has replicated. */
export type Replica = { name: string; arn: string; value: string };

/** The secrets of a cell that are replicated, with what they hold. */
export function replicasOf(cell: Cell, valueOf: (arn: string) => string | undefined): Replica[] {
  return ofType(cell, 'AWS::SecretsManager::Secret').flatMap(({ ref, properties }) => {
    const value = properties.ReplicaRegions === undefined ? undefined : valueOf(ref);
    // A replica has the same random suffix.
    const arn = ref.replace(`:${ownRegion}:`, `:${standbyRegion}:`);
    return value === undefined ? [] : [{ name: String(properties.Name), arn, value }];
  });
}

/** Puts them where the cell that follows reads them. */
export function provisionReplicas(secrets: Secrets, replicas: readonly Replica[]): void {
  secrets.ensureSecrets(
    replicas.map(({ name, arn, value }) => ({ name, arn, properties: { SecretString: value } })),
  );
}

/** The global database that the cluster of the template belongs to. */
export function globalDatabase(cell: Cell, followed: Postgres): Pick<GlobalOptions, 'global' | 'followed'> {
  const [cluster] = ofType(cell, 'AWS::RDS::DBCluster');
  const identifier = String(cluster?.properties.GlobalClusterIdentifier);
  const ownArn = String(cluster?.attributes.DBClusterArn);
  // Both cells know each other by names alone, and this is the one that they share.
  const followedArn = [...ownArn.replace(standbyRegion, ownRegion).split(':').slice(0, -1), identifier].join(
    ':',
  );
  return { global: { identifier, ownArn, followedArn }, followed };
}
