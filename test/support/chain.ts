/**
 * The request chain on real parts: a migrated Postgres, DynamoDB, and a user pool's keys. Requests are the
 * events that the gateway makes, so a test sees exactly what a client would.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'aws-lambda';
import { startDynamoDb } from '#local/parts/dynamodb/dynamodb.ts';
import type { ApiEvent, ApiResult } from '#shared/middleware/exchange.ts';
import { closePool } from '#shared/db/pool.ts';
import { kernelDatabase, type KernelDatabase } from './kernel-database.ts';
import { startLinkSecret } from './link-secret.ts';
import { clientId, poolId, startTestPool, type TestPool } from './tokens.ts';

export type Handler = (event: ApiEvent, context: Context) => Promise<ApiResult>;

export type Request = {
  method: string;
  /** Path template as the contract declares it. */
  path: string;
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
  headers?: Record<string, string>;
  token?: string;
  /** Where it comes from; always the same unless told. */
  ip?: string;
};

export type Answer = { status: number; headers: Record<string, string>; body: unknown };

export type Chain = {
  database: KernelDatabase;
  /** The port of its DynamoDB. */
  gatePort: number;
  pool: TestPool;
  /** Sends a request through a module's handler. */
  call(handler: Handler, request: Request): Promise<Answer>;
  /** Runs work while DynamoDB does not answer. */
  withoutDynamoDb(work: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
};

/** Starts the parts and points the environment at them; once per test file. */
export async function startChain(login: 'app_tenant' | 'app_platform' = 'app_tenant'): Promise<Chain> {
  const state = mkdtempSync(join(tmpdir(), 'plinth-chain-'));
  const [database, pool, secret, dynamodb] = await Promise.all([
    kernelDatabase(),
    startTestPool(),
    startLinkSecret(),
    startDynamoDb({ state, region: 'us-east-1', accountId: '000000000000', log: () => undefined }),
  ]);
  await dynamodb.ensureTables([gateTable]);
  Object.assign(process.env, {
    ...environment,
    ...secret.environment,
    ...database.environment(login),
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${dynamodb.port}`,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: pool.url,
    // Nothing listens there: a test that publishes must not depend on the wake-up.
    AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:9',
  });
  return {
    database,
    gatePort: dynamodb.port,
    pool,
    call: async (handler, request) => toAnswer(await handler(toEvent(request), {} as Context)),
    withoutDynamoDb: async (work) => {
      process.kill(dynamodb.pid, 'SIGSTOP');
      await work().finally(() => process.kill(dynamodb.pid, 'SIGCONT'));
    },
    stop: async () => {
      await closePool();
      await Promise.all([database.drop(), pool.stop(), dynamodb.stop(), secret.stop()]);
      rmSync(state, { recursive: true, force: true });
    },
  };
}

/** The gate's table, as the template declares it. */
export const gateTable = {
  name: 'gate',
  properties: {
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  },
};

/** What functions are told beside the addresses of their database and their parts. */
export const environment = {
  PLINTH_ENVIRONMENT: 'test',
  AWS_REGION: 'us-east-1',
  // One process plays several instances, so that concurrent requests really meet.
  DATABASE_POOL_SIZE: '10',
  AWS_ACCESS_KEY_ID: 'LOCALTEST',
  AWS_SECRET_ACCESS_KEY: 'local',
  USER_POOL_ID: poolId,
  USER_POOL_CLIENT_IDS: clientId,
  GATE_TABLE: 'gate',
  OUTBOX_QUEUE_URL: 'http://127.0.0.1:9/000000000000/outbox',
  EVENT_BUS_NAME: 'test',
  ALLOWED_ORIGINS: 'https://console.example.com',
  CODE_CHANNELS: 'email,sms,whatsapp',
  TENANT_FILES_BUCKET: 'tenant-files',
};

function toEvent(request: Request): ApiEvent {
  const headers: Record<string, string> = {
    ...(request.body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...(request.token === undefined ? {} : { Authorization: `Bearer ${request.token}` }),
    ...request.headers,
  };
  const path = Object.entries(request.params ?? {}).reduce(
    (filled, [name, value]) => filled.replace(`{${name}}`, value),
    request.path,
  );
  const query = request.query ?? null;
  return {
    resource: request.path,
    path,
    httpMethod: request.method,
    headers,
    multiValueHeaders: toMulti(headers),
    queryStringParameters: query,
    multiValueQueryStringParameters: query === null ? null : toMulti(query),
    pathParameters: request.params ?? null,
    stageVariables: null,
    body: request.body === undefined ? null : toText(request.body),
    isBase64Encoded: false,
    requestContext: {
      requestId: randomUUID(),
      resourcePath: request.path,
      httpMethod: request.method,
      identity: { sourceIp: request.ip ?? '203.0.113.7' },
    } as ApiEvent['requestContext'],
  };
}

function toText(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function toMulti(single: Record<string, string>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(single).map(([name, value]) => [name, [value]]));
}

function toAnswer(result: ApiResult): Answer {
  return {
    status: result.statusCode,
    headers: Object.fromEntries(
      Object.entries(result.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
    ),
    body: result.body === '' ? undefined : (JSON.parse(result.body) as unknown),
  };
}
