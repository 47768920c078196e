/**
 * The local stack: the parts that stand for AWS, wired from the synthesized template. Nothing here knows what
 * Plinth is made of; it knows templates.
 */
import { chooseAddresses, preferredPorts } from './addresses.ts';
import { giveLoginsPasswords, newPasswords, type Passwords, passwordFor } from './database-logins.ts';
import { startFront } from './front/front.ts';
import type { FrontOptions } from './front/options.ts';
import { type Functions, startFunctions } from './functions/host.ts';
import { gateway } from './gateway/gateway.ts';
import { startCognito } from './parts/cognito/cognito.ts';
import type { Running } from './parts/contract.ts';
import { startDynamoDb } from './parts/dynamodb/dynamodb.ts';
import { type ModelKeys, needsStandIn, standInFor } from './model-keys.ts';
import { type MailPart, startMail } from './parts/mail/mail.ts';
import { startMetrics } from './parts/metrics/metrics.ts';
import { type ModelPart, startModel } from './parts/model/model.ts';
import { startPhone } from './parts/phone/phone.ts';
import { isFollowing } from './parts/postgres/follower.ts';
import { type Postgres, startPostgres } from './parts/postgres/postgres.ts';
import { startQueues } from './parts/queues/queues.ts';
import { startRds } from './parts/rds/rds.ts';
import { startSecrets } from './parts/secrets/secrets.ts';
import { step } from './progress.ts';
import {
  globalDatabase,
  ownRegion,
  provisionReplicas,
  type Replica,
  replicasOf,
  standbyRegion,
} from './pair.ts';
import { provision } from './provision.ts';
import { startSignals } from './signals.ts';
import { runCustomResources } from './sources/custom.ts';
import { startSubscriptions } from './sources/logs.ts';
import { forgetOtherAssemblies, synthesize } from './synth.ts';
import { localAccount } from './template/facts.ts';
import {
  type Cell,
  customResources,
  functions,
  readCell,
  restApis,
  subscriptionFilters,
} from './template/readers.ts';
import type { Pages } from './web-server.ts';
import {
  accessKeyOf,
  configurationSetOf,
  mailSender,
  poolSettings,
  rolesByAccessKey,
  runtimeEnvironment,
  sourceCluster,
} from './wiring.ts';

export type StackOptions = {
  /** Folder of the project. */
  root: string;
  state: string;
  /** Where people reach it, e.g. `http://localhost:4000`. */
  url: string;
  log: (line: string) => void;
  /** Where the parts listen if they can. */
  ports?: typeof preferredPorts;
  /**
   * The cell of the template's pair: one that is followed, or the one that follows it on another state folder. Without
   * it there is one cell, and nothing follows.
   */
  pair?: 'followed' | { follows: Stack };
  /** Keys of providers of models; without any, a stand-in answers. */
  modelKeys?: ModelKeys;
  /** Told of every judged AWS call; for reports on which grants are used. */
  onDecision?: FrontOptions['onDecision'];
};

export type Stack = Running & {
  cell: Cell;
  mail: MailPart;
  /** What stands in for providers of models; undefined where they answer themselves. */
  models: ModelPart | undefined;
  loginUrl: string;
  /** The AWS front, for the runtime's own SDK clients. */
  frontUrl: string;
  /** The database as its administrator, whom no policy binds: for looking behind what the API tells. */
  databaseUrl: string;
  /** What a cell that follows gets from this one, as AWS replicates it. */
  followed: { database: Postgres; passwords(): Passwords; replicas(): Replica[] };
  functions: Functions;
  /** Answers the API's requests. */
  api: Pages;
  /** Synthesizes again; requests run what came of it from then on. A template that fails changes nothing. */
  reload(): Promise<void>;
};

/** Starts everything, in an order in which each part finds what it needs; a failure stops what had started. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const started: Running[] = [];
  const keep = <Part extends Running>(part: Part): Part => {
    started.push(part);
    return part;
  };
  const stop = async (): Promise<void> => {
    // Last in, first out: nothing is stopped while something still needs it.
    for (const part of started.splice(0).reverse()) await part.stop();
  };
  try {
    return await assemble(options, keep, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function assemble(
  { root, state, url, log, ports = preferredPorts, modelKeys = {}, onDecision, pair }: StackOptions,
  keep: <Part extends Running>(part: Part) => Part,
  stop: () => Promise<void>,
): Promise<Stack> {
  const leader = typeof pair === 'object' ? pair.follows.followed : undefined;
  const synth = () => synthesize(root, state, { pair: pair !== undefined });
  const assembly = await step('synthesizing the app', synth);
  forgetOtherAssemblies(state, assembly);
  const database = await step('PostgreSQL', async () =>
    keep(
      await startPostgres({ state, port: ports.postgres, log, keepsLog: true, follows: leader?.database }),
    ),
  );
  const facts = await chooseAddresses(url, database, ports);
  const read = (folder: string) => readCell(folder, facts, leader === undefined ? ownRegion : standbyRegion);
  const cell = await step('reading the template', () => read(assembly));
  const pool = poolSettings(cell);
  const place = { state, region: pool.region, accountId: localAccount, log };
  const [dynamodb, queues] = await step('DynamoDB, SQS and S3', () =>
    Promise.all([startDynamoDb(place).then(keep), startQueues(place).then(keep)]),
  );
  const secrets = keep(startSecrets(place));
  const mail = keep(startMail({ ...place, identities: [] }));
  const phone = startPhone(mail);
  const models = needsStandIn(modelKeys) ? keep(await startModel()) : undefined;
  let logins = { cell, passwords: leader?.passwords() ?? newPasswords(cell), onDecision, log };
  const rds = keep(
    startRds({
      ...{ state, database, log, source: sourceCluster(cell, facts) },
      global: leader === undefined ? undefined : globalDatabase(cell, leader.database),
      // As IAM authentication does, whatever the passwords were at the moment that a copy shows.
      prepare: (adminUrl) => giveLoginsPasswords(adminUrl, logins.passwords, { isCopy: true }),
    }),
  );
  const metrics = keep(startMetrics({ state, log, depths: () => queues.depths() }));
  const subscriptions = startSubscriptions({ log });
  const host = keep(
    startFunctions({
      functions: functions(cell),
      state,
      log: (name, text) => {
        metrics.printed(name, text);
        subscriptions.printed(name, text);
      },
      environment: (definition) => ({
        ...runtimeEnvironment(definition, facts.awsUrl, passwordFor(definition, logins)),
        ...standInFor(definition.environment, models?.url),
      }),
    }),
  );
  const { invoke, invokeStream } = host;
  // Stopped before those that it invokes.
  keep(subscriptions);
  const follow = async (followed: Cell): Promise<void> => {
    subscriptions.follow(subscriptionFilters(followed), functions(followed), invoke);
    await signals.follow(followed);
  };
  const signals = keep(
    startSignals({
      ...place,
      endpoint: facts.awsUrl,
      invoke,
      mayInvoke: (roleArn, functionArn): Promise<void> => front.mayInvoke(accessKeyOf(roleArn), functionArn),
      accessKeyOf: ({ roleArn }) => accessKeyOf(roleArn),
    }),
  );
  const cognito = keep(
    await startCognito({
      ...place,
      pool,
      port: Number(new URL(facts.loginUrl).port),
      invoke,
      sendMail: async (message) => {
        mail.deliver({ ...message, from: mailSender(cell), to: [message.to] });
      },
    }),
  );
  const handlers = {
    secretsmanager: secrets.handler,
    ses: mail.handler,
    rds: rds.handler,
    monitoring: metrics.handler,
    'sms-voice': phone.sms,
    'social-messaging': phone.whatsApp,
    'cognito-idp': cognito.handler,
    ...signals.handlers,
  };
  const front = keep(
    await startFront({
      ...place,
      port: Number(new URL(facts.awsUrl).port),
      roles: rolesByAccessKey(cell),
      parts: {
        ...{ dynamodbPort: dynamodb.port, queuesPort: queues.port, handlers },
        ...(models === undefined ? {} : { modelsPort: Number(new URL(models.url).port) }),
      },
      invoke,
      jwks: () => cognito.jwks(),
      partitionKey: (table) => dynamodb.partitionKey(table),
      secretArn: (name) => secrets.secretArn(name),
      isMailIdentity: (address) => mail.isMailIdentity(address),
      configurationSet: (identity) => configurationSetOf(logins.cell, identity),
      ...(onDecision === undefined ? {} : { onDecision }),
    }),
  );
  const stores = { database, dynamodb, queues, secrets, modelKeys, mail, front };
  await step('tables, queues, buckets and secrets', () => provision(cell, stores));
  if (leader !== undefined) provisionReplicas(secrets, leader.replicas());
  // Whoever follows has schema and logins from the other one, and writes nothing itself.
  const follows = leader !== undefined && (await isFollowing(database.adminUrl));
  await step('migrating the database', () => migrate(cell, host));
  if (!follows) await giveLoginsPasswords(database.adminUrl, logins.passwords);
  await follow(cell);
  const counted = apiOf(cell);
  const onAnswer = (status: number) => metrics.answered(counted, status);
  const api = gateway({ ...counted, invoke, invokeStream, fallthrough: true, log, onAnswer });

  const stack: Stack = {
    cell,
    mail,
    models,
    api,
    functions: host,
    loginUrl: cognito.loginUrl,
    frontUrl: facts.awsUrl,
    databaseUrl: database.adminUrl,
    followed: {
      database,
      passwords: () => logins.passwords,
      replicas: () => replicasOf(stack.cell, (name) => secrets.currentValue(name)),
    },
    stop,
    reload: async () => {
      const next = read(await synth());
      await provision(next, stores);
      // Logins keep their passwords: a migration that fails must not lock out what runs.
      const passwords = new Map([...newPasswords(next), ...logins.passwords]);
      logins = { ...logins, cell: next, passwords };
      await host.replace(functions(next));
      await migrate(next, host);
      await giveLoginsPasswords(database.adminUrl, logins.passwords);
      await follow(next);
      api.replace(apiOf(next).body);
      stack.cell = next;
    },
  };
  return stack;
}

/** Runs what a deployment runs: the schema migration. */
function migrate(cell: Cell, { invoke }: Functions): Promise<void> {
  return runCustomResources({ resources: customResources(cell), invoke, log: () => undefined });
}

function apiOf(cell: Cell) {
  const [api] = restApis(cell);
  if (api === undefined) throw new Error('The template has no REST API.');
  return api;
}
