/** The gate's table alone, for what needs no database: DynamoDB on a folder of its own, and the environment to it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDynamoDb } from '#local/parts/dynamodb/dynamodb.ts';
import { environment, gateTable } from './chain.ts';

/** Starts it; returns what stops it. */
export async function startGateTable(): Promise<() => Promise<void>> {
  const state = mkdtempSync(join(tmpdir(), 'plinth-gate-'));
  const dynamodb = await startDynamoDb({
    ...{ state, region: 'us-east-1', accountId: '000000000000', log: () => undefined },
  });
  await dynamodb.ensureTables([gateTable]);
  Object.assign(process.env, {
    ...environment,
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${dynamodb.port}`,
  });
  return async () => {
    await dynamodb.stop();
    rmSync(state, { recursive: true, force: true });
  };
}
