/**
 * DynamoDB on a laptop: dynalite on disk, in a process of its own because it is single threaded and every request
 * of the stack waits for it. Tables come from the template; what dynalite lacks and the kernel relies on (time to
 * live) is added here.
 */
import { partFolder } from '../../state.ts';
import type { Running } from '../contract.ts';
import { startChild } from '../child.ts';
import { createTable, describeTable, type TableDefinition } from './tables.ts';
import { sweepExpired } from './ttl.ts';

export type { TableDefinition } from './tables.ts';

export type DynamoDb = Running & {
  port: number;
  pid: number;
  /** Creates what is missing, and rebuilds a table whose indexes changed, keeping its items. */
  ensureTables(definitions: readonly TableDefinition[]): Promise<void>;
  /** Partition key attribute of a table, for conditions on leading keys. */
  partitionKey(table: string): Promise<string | undefined>;
  /** Deletes what has expired, now instead of at the next minute; answers how many items went. */
  sweep(): Promise<number>;
};

const SWEEP_EVERY_MS = 60_000;

/** Starts DynamoDB on the folder `<state>/dynamodb`. */
export async function startDynamoDb(options: {
  state: string;
  region: string;
  accountId: string;
  log: (line: string) => void;
}): Promise<DynamoDb> {
  const { region, log } = options;
  const child = await startChild({
    module: new URL('./child.ts', import.meta.url),
    settings: { folder: partFolder(options.state, 'dynamodb'), region },
    env: { AWS_REGION: region, AWS_ACCOUNT_ID: options.accountId },
    onLost: (reason) => log(`DynamoDB stopped unexpectedly: ${reason}`),
  });
  const place = { port: child.port, region };
  const timeToLive = new Map<string, string>();
  const partitionKeys = new Map<string, string | undefined>();

  const sweep = async () => {
    let swept = 0;
    for (const [table, attribute] of timeToLive) swept += await sweepExpired(place, table, attribute);
    return swept;
  };
  const timer = setInterval(() => {
    sweep().catch((error: unknown) => log(`DynamoDB expiry sweep failed: ${String(error)}`));
  }, SWEEP_EVERY_MS);
  timer.unref();

  return {
    port: child.port,
    pid: child.pid,
    sweep,
    ensureTables: async (definitions) => {
      for (const definition of definitions) {
        const ttl = await createTable(place, definition, partFolder(options.state, 'dynamodb-rebuild'));
        if (ttl !== undefined) timeToLive.set(definition.name, ttl);
        partitionKeys.delete(definition.name);
      }
    },
    partitionKey: async (table) => {
      if (!partitionKeys.has(table)) {
        const described = await describeTable(place, table);
        partitionKeys.set(table, described?.KeySchema.find((key) => key.KeyType === 'HASH')?.AttributeName);
      }
      return partitionKeys.get(table);
    },
    stop: async () => {
      clearInterval(timer);
      await child.stop();
    },
  };
}
