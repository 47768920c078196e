/** Whether the health endpoint tells the truth. */
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { closePool } from '#shared/db/pool.ts';
import { healthOps as ops } from '#shared/health/health.ops.ts';
import { health as module } from '#shared/health/module.ts';
import { callAs, type Kernel, refusal, someone, startKernel } from '../../support/call-as.ts';

const health = { module, ops };
const dynamo = mockClient(DynamoDBClient);
const check = () => callAs({ user: someone() }, health, 'check', {});
let kernel: Kernel;

beforeAll(async () => {
  kernel = await startKernel();
  process.env.GATE_TABLE = 'gate';
});
beforeEach(() => {
  dynamo.reset();
  dynamo.on(GetItemCommand).resolves({});
});
afterAll(() => kernel.stop());

describe('health', () => {
  test('[OPS-3] it is ok when database and gate answer', async () => {
    expect(await check()).toEqual({ status: 'ok', checks: { database: 'ok', gate: 'ok' } });
  });

  test('[OPS-3] a gate that fails is named, and nothing internal with it', async () => {
    dynamo.on(GetItemCommand).rejects(new Error('no such table arn:aws:dynamodb:secret'));
    await expect(check()).rejects.toMatchObject({
      ...refusal('health.unhealthy'),
      detail: { detail: 'Not available: gate.' },
    });
  });

  test('[OPS-3] a gate that does not answer has failed after two seconds', async () => {
    let answer = (): void => undefined;
    dynamo.on(GetItemCommand).callsFake(() => new Promise<void>((resolve) => (answer = resolve)));
    const startedMs = Date.now();
    await expect(check()).rejects.toMatchObject({ detail: { detail: 'Not available: gate.' } });
    expect(Date.now() - startedMs).toBeLessThan(3_000);
    answer();
  });

  test('[OPS-3] a database that does not answer is named, and found again when it does', async () => {
    await closePool();
    const { admin, database } = kernel.database;
    await admin.query(`revoke connect on database ${database.database} from public, app_tenant`);
    await expect(check()).rejects.toMatchObject({ detail: { detail: 'Not available: database.' } });
    await admin.query(`grant connect on database ${database.database} to app_tenant`);
    expect(await check()).toMatchObject({ status: 'ok' });
  });
});
