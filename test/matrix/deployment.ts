/**
 * The functions of every module behind the gateway: the real entries in the real function host, on Postgres and
 * DynamoDB. Nothing is synthesized or bundled, so it starts in a second or two; for what the batteries try on a
 * whole stack, shorter.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FunctionDefinition, startFunctions } from '#local/functions/host.ts';
import { gateway } from '#local/gateway/gateway.ts';
import { startDynamoDb } from '#local/parts/dynamodb/dynamodb.ts';
import { type ModelPart, startModel } from '#local/parts/model/model.ts';
import { freePort } from '#local/ports.ts';
import { startWebServer } from '#local/web-server.ts';
import { gatewayDocument } from '#shared/contract/gateway.ts';
import { hasFunction, type Module } from '#shared/contract/module.ts';
import type { Permission } from '#shared/contract/permissions.ts';
import { registry } from '#shared/registry.ts';
import { httpClient } from '#test/battery/support/http.ts';
import type { PoolFacts, Tried } from '#test/battery/support/site.ts';
import { startWorld } from '#test/battery/support/world.ts';
import { environment, gateTable } from '#test/support/chain.ts';
import { kernelDatabase } from '#test/support/kernel-database.ts';
import { clientId, issuer, startTestPool, type TestPool } from '#test/support/tokens.ts';

/** What is wrong with a deployment: whose tokens it takes beside its own, and what an endpoint asks for. */
export type Mistake = {
  module: string;
  otherClient?: string;
  permission?: { endpoint: string; is: Permission };
};

export type Deployment = Tried & {
  pool: PoolFacts;
  /** Where its API is. */
  url: string;
  /** What stands in for providers of models. */
  models: ModelPart;
  /** Does some work while the deployment has a mistake. */
  whileWrong<T>(mistake: Mistake, work: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
};

const root = join(import.meta.dirname, '../..');
const account = '000000000000';
const region = 'us-east-1';

/** What else is deployed: other modules than those of the registry, with entries of their own. */
export type DeploymentOptions = {
  modules?: readonly Module[];
  /** The text of an entry; that of the repository unless told. */
  entryOf?: (file: string) => string;
};

/** Starts a deployment of everything in the registry, or of what is told. */
export async function startDeployment(options: DeploymentOptions = {}): Promise<Deployment> {
  const { modules = Object.values(registry), entryOf = entryInRepository } = options;
  const state = mkdtempSync(join(tmpdir(), 'plinth-matrix-'));
  const [database, tokens, dynamodb, secrets, models] = await Promise.all([
    kernelDatabase(),
    startTestPool(),
    startDynamoDb({ state, region, accountId: account, log: () => undefined }),
    startSecrets(),
    startModel(),
  ]);
  await dynamodb.ensureTables([gateTable]);
  const right = modules.flatMap((module) =>
    definitionsOf(state, module, entryOf, {
      ...database.environment(module.needs.database ?? 'app_tenant'),
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${dynamodb.port}`,
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: tokens.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      MODEL_STAND_IN_URL: models.url,
    }),
  );
  const functions = startFunctions({
    functions: right,
    environment: () => ({}),
    state,
    maximumInstances: 2,
    initTimeoutMs: 60_000,
  });
  const { port } = await freePort(0);
  const web = await startWebServer(port, [
    gateway({ ...functions, body: documentOf(modules, right), stage: 'test', log: () => undefined }),
  ]);
  const pool = factsOf(tokens);
  const gate = { port: dynamodb.port, table: gateTable.name };
  const world = startWorld({ databaseUrl: database.database.url, linkSecret: secrets.value, gate }, pool);
  const http = httpClient(`http://localhost:${port}`);
  return {
    ...{ http, world, pool, models, url: `http://localhost:${port}` },
    whileWrong: async (mistake, work) => {
      const mistaken = nameOf(mistake.module, 'http');
      await functions.replace(right.map((one) => (one.name === mistaken ? spoilt(one, mistake) : one)));
      return work().finally(() => functions.replace(right));
    },
    stop: async () => {
      http.stop();
      await Promise.all([web.stop(), functions.stop(), world.stop()]);
      await Promise.all([database.drop(), tokens.stop(), dynamodb.stop(), secrets.stop(), models.stop()]);
      rmSync(state, { recursive: true, force: true });
    },
  };
}

function documentOf(
  modules: readonly Module[],
  definitions: readonly FunctionDefinition[],
): Record<string, unknown> {
  const path = (version: string) => `arn:aws:apigateway:${region}:lambda:path/${version}/functions`;
  const arnOf = (name: string) => definitions.find((one) => one.name === name)?.arn;
  const document = gatewayDocument(modules, {
    title: 'Matrix',
    allowedOrigins: ['https://console.example.com'],
    uri: ({ module, endpoint }) =>
      endpoint.streams
        ? `${path('2021-11-15')}/${arnOf(nameOf(module, 'stream'))}/response-streaming-invocations`
        : `${path('2015-03-31')}/${arnOf(nameOf(module, 'http'))}/invocations`,
  });
  return document;
}

function nameOf(module: string, kind: 'http' | 'stream'): string {
  return `${kind}-${module}`;
}

function definitionsOf(
  state: string,
  module: Module,
  entryOf: (file: string) => string,
  addresses: Record<string, string>,
): FunctionDefinition[] {
  const kinds = (['http', 'stream'] as const).filter((kind) => hasFunction(module, kind));
  return kinds.map((kind) => definitionOf(state, module, kind, entryOf, addresses));
}

function definitionOf(
  state: string,
  module: Module,
  kind: 'http' | 'stream',
  entryOf: (file: string) => string,
  addresses: Record<string, string>,
): FunctionDefinition {
  const name = nameOf(module.name, kind);
  return {
    ...{ stack: 'matrix', logicalId: name, name, region, roleArn: `arn:aws:iam::${account}:role/matrix` },
    ...{ arn: `arn:aws:lambda:${region}:${account}:function:${name}`, logGroup: `/aws/lambda/${name}` },
    ...{ codeFolder: codeOf(state, `${kind}/${module.name}`, entryOf), handler: 'index.handler' },
    ...{ timeoutMs: 29_000, memoryMb: 1024 },
    environment: { ...environment, ...quiet, ...addresses, DATABASE_POOL_SIZE: '1' },
  };
}

const quiet = {
  POWERTOOLS_LOG_LEVEL: 'SILENT',
  POWERTOOLS_METRICS_DISABLED: 'true',
  LINK_SECRET_ARN: `arn:aws:secretsmanager:${region}:${account}:secret:link`,
  BACKUP_SECRET_ARN: `arn:aws:secretsmanager:${region}:${account}:secret:backups`,
  MODEL_KEY_SECRETS: '{"anthropic":"anthropic","openai":"openai"}',
};

/** An entry of the repository, by its file without the ending. */
function entryInRepository(file: string): string {
  return readFileSync(join(root, 'functions', `${file}.ts`), 'utf8');
}

/** The module's entry where the host finds it. */
function codeOf(state: string, file: string, entryOf: (file: string) => string): string {
  const code = join(state, 'code');
  mkdirSync(code, { recursive: true });
  const folder = mkdtempSync(join(code, `${file.replace('/', '-')}-`));
  const entry = entryOf(file)
    .replaceAll(/'#(shared|test)\//g, `'${root}/$1/`)
    .replaceAll("'../", `'${root}/functions/`);
  writeFileSync(join(folder, 'index.mjs'), entry);
  return folder;
}

function spoilt(right: FunctionDefinition, { module, otherClient, permission }: Mistake): FunctionDefinition {
  const clients = otherClient === undefined ? clientId : `${clientId},${otherClient}`;
  const wrong = { ...right, environment: { ...right.environment, USER_POOL_CLIENT_IDS: clients } };
  if (permission === undefined) return wrong;
  const state = join(right.codeFolder, '../..');
  const codeFolder = codeOf(state, `http/${module}`, (file) => {
    const entry = entryInRepository(file);
    const changed = entry.replace(/serve\((\w+),/, (_all, name: string) => {
      const endpoint = `${name}.contract[${JSON.stringify(permission.endpoint)}]`;
      const asking = `{ ...${endpoint}, permission: ${JSON.stringify(permission.is)} }`;
      return `serve({ ...${name}, contract: { ...${name}.contract, ${permission.endpoint}: ${asking} } },`;
    });
    if (changed === entry) throw new Error(`functions/http/${module}.ts no longer calls serve(${module}, …)`);
    return changed;
  });
  return { ...wrong, codeFolder };
}

function factsOf({ publicJwk, privateKey, publicKeyPem }: TestPool): PoolFacts {
  const facts = { issuer, clientId, kid: String(publicJwk.kid) };
  return { ...facts, publicJwk, privateKey, publicPem: publicKeyPem };
}

/** Answers as Secrets Manager does, whatever the secret is called. */
async function startSecrets(): Promise<{ url: string; value: string; stop(): Promise<void> }> {
  const value = 'the link secret of the matrix, which is long enough';
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify({ SecretString: value }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { url: `http://127.0.0.1:${port}`, value, stop };
}
