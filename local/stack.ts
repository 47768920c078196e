/**
 * The local stack: the parts that stand for AWS, wired from the synthesized template. Nothing here knows what
 * Plinth is made of; it knows templates.
 */
import { type Passwords, giveLoginsPasswords, newPasswords } from './database-logins.ts';
import { RUNTIME_KEY } from './front/call.ts';
import { startFront } from './front/front.ts';
import { startFunctions } from './functions/host.ts';
import { gateway } from './gateway/gateway.ts';
import { startCognito } from './parts/cognito/cognito.ts';
import type { Invoke, Running } from './parts/contract.ts';
import { startDynamoDb } from './parts/dynamodb/dynamodb.ts';
import { type MailPart, startMail } from './parts/mail/mail.ts';
import { type Postgres, startPostgres } from './parts/postgres/postgres.ts';
import { startQueues } from './parts/queues/queues.ts';
import { type Secrets, startSecrets } from './parts/secrets/secrets.ts';
import { freePort } from './ports.ts';
import { print, step } from './progress.ts';
import { type Signals, startSignals } from './signals.ts';
import { runCustomResources } from './sources/custom.ts';
import { synthesize } from './synth.ts';
import {
  type Cell,
  customResources,
  emailIdentities,
  type Facts,
  functions,
  readCell,
  restApis,
} from './template/readers.ts';
import { localAccount } from './template/facts.ts';
import type { Pages } from './web-server.ts';
import { adminSecrets, definitionsOf, poolSettings, rolesByAccessKey, runtimeEnvironment } from './wiring.ts';

export type StackOptions = {
  /** Folder of the project. */
  root: string;
  state: string;
  /** Where people reach it, e.g. `http://localhost:4000`. */
  url: string;
  log: (line: string) => void;
};

export type Stack = Running & {
  cell: Cell;
  mail: MailPart;
  loginUrl: string;
  /** The AWS front, for the runtime's own SDK clients. */
  frontUrl: string;
  /** Answers the API's requests. */
  api: Pages;
  /** Synthesizes again; requests run what came of it from then on. A template that fails changes nothing. */
  reload(): Promise<void>;
};

const account = { accountId: localAccount };
const preferredPorts = { login: 4001, front: 4002, postgres: 4003 };

/** Starts everything, in an order in which each part finds what it needs. */
export async function startStack({ root, state, url, log }: StackOptions): Promise<Stack> {
  const started: Running[] = [];
  const keep = <Part extends Running>(part: Part): Part => {
    started.push(part);
    return part;
  };
  // Last in, first out: nothing is stopped while something still needs it.
  const stop = async (): Promise<void> => {
    for (const part of started.splice(0).reverse()) await part.stop();
  };
  try {
    return await assemble();
  } catch (error) {
    await stop();
    throw error;
  }

  async function assemble(): Promise<Stack> {
    const assembly = await step('synthesizing the app', () => synthesize(root, state));
    const postgres = await step('PostgreSQL', async () =>
      keep(await startPostgres({ state, port: preferredPorts.postgres, log })),
    );
    const facts = await factsOf(url, postgres);
    const cell = await step('reading the template', () => readCell(assembly.folder, facts));
    const region = poolSettings(cell).region;
    const place = { state, region, ...account, log };
    const [dynamodb, queues] = await step('DynamoDB, SQS and S3', () =>
      Promise.all([startDynamoDb(place).then(keep), startQueues(place).then(keep)]),
    );
    const secrets = keep(startSecrets(place));
    const mail = keep(startMail({ ...place, identities: [] }));
    const passwords: { current: Passwords } = { current: newPasswords(functions(cell)) };
    const host = keep(
      startFunctions({
        functions: functions(cell),
        state,
        environment: (definition) => runtimeEnvironment(definition, facts.awsUrl, passwords.current),
      }),
    );
    const { invoke } = host;
    const signals: Signals = keep(startSignals({ ...place, endpoint: facts.awsUrl, invoke }));
    const cognito = keep(
      await startCognito({
        ...place,
        pool: poolSettings(cell),
        port: Number(new URL(facts.loginUrl).port),
        invoke,
        sendMail: async (message) =>
          void mail.deliver({ ...message, from: mailFrom(cell), to: [message.to] }),
      }),
    );
    const front = keep(
      await startFront({
        ...place,
        port: Number(new URL(facts.awsUrl).port),
        roles: rolesByAccessKey(cell),
        parts: {
          dynamodbPort: dynamodb.port,
          queuesPort: queues.port,
          handlers: {
            secretsmanager: secrets.handler,
            ses: mail.handler,
            'cognito-idp': cognito.handler,
            ...signals.handlers,
          },
        },
        invoke,
        jwks: () => cognito.jwks(),
        partitionKey: (table) => dynamodb.partitionKey(table),
        secretArn: (name) => secrets.secretArn(name),
        isMailIdentity: (address) => mail.isMailIdentity(address),
      }),
    );

    const [restApi] = restApis(cell);
    if (restApi === undefined) throw new Error('The template has no REST API.');
    const api = gateway({ ...restApi, invoke, invokeStream: host.invokeStream, fallthrough: true, log });

    /** Makes what the template describes; what is there already is kept. */
    const apply = async (wanted: Cell): Promise<void> => {
      await dynamodb.ensureTables(
        definitionsOf(wanted, 'AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'),
      );
      await queues.ensureQueues(definitionsOf(wanted, 'AWS::SQS::Queue'));
      await queues.ensureBuckets(definitionsOf(wanted, 'AWS::S3::Bucket'));
      await ensureSecrets(secrets, wanted, postgres, region);
      mail.setIdentities(emailIdentities(wanted).map(({ identity }) => identity));
      front.setRoles(rolesByAccessKey(wanted));
    };
    await step('tables, queues, buckets and secrets', () => apply(cell));
    await step('migrating the database', () => migrate(cell, invoke, log));
    await giveLoginsPasswords(postgres.adminUrl, passwords.current);
    await signals.follow(cell);

    const stack: Stack = {
      cell,
      mail,
      api,
      loginUrl: cognito.loginUrl,
      frontUrl: facts.awsUrl,
      stop,
      reload: async () => {
        const next = readCell((await synthesize(root, state)).folder, facts);
        await apply(next);
        passwords.current = newPasswords(functions(next));
        await host.replace(functions(next));
        await migrate(next, invoke, log);
        await giveLoginsPasswords(postgres.adminUrl, passwords.current);
        await signals.follow(next);
        api.replace(restApis(next)[0]?.body ?? {});
        stack.cell = next;
      },
    };
    return stack;
  }
}

/** Decides where things listen; a taken port is said, and another one used. */
async function factsOf(url: string, database: Postgres): Promise<Facts> {
  // Chosen now and bound later, so none may be chosen twice.
  const chosen = new Set([Number(new URL(url).port), database.port]);
  const choose = async (name: string, preferred: number): Promise<number> => {
    const first = chosen.has(preferred) ? 0 : preferred;
    const { port: found, taken } = await freePort(first);
    let port = found;
    while (chosen.has(port)) ({ port } = await freePort(0));
    if (taken) print(`  Port ${preferred} is in use; ${name} listens on ${port}.`);
    chosen.add(port);
    return port;
  };
  const login = await choose('the sign-in page', preferredPorts.login);
  const awsUrl = `http://127.0.0.1:${await choose('the local AWS', preferredPorts.front)}`;
  return {
    awsUrl,
    apiUrl: url,
    loginUrl: `http://localhost:${login}`,
    issuerUrl: awsUrl,
    database: { host: database.host, port: database.port },
  };
}

/** Generated secrets are made once; the database administrator's says where the database is now. */
async function ensureSecrets(
  secrets: Secrets,
  cell: Cell,
  database: Postgres,
  region: string,
): Promise<void> {
  secrets.ensureSecrets(
    definitionsOf(cell, 'AWS::SecretsManager::Secret').map(({ ref, name, properties }) => ({
      name,
      arn: ref,
      properties,
    })),
  );
  for (const SecretId of adminSecrets(cell)) {
    await secrets.handler({
      service: 'secretsmanager',
      action: 'PutSecretValue',
      body: { SecretId, SecretString: adminSecretText(database) },
      region,
      caller: RUNTIME_KEY,
    });
  }
}

function adminSecretText(database: Postgres): string {
  return JSON.stringify({
    username: database.adminUser,
    password: database.adminPassword,
    host: database.host,
    port: database.port,
    dbname: database.database,
  });
}

function migrate(cell: Cell, invoke: Invoke, log: (line: string) => void): Promise<void> {
  return runCustomResources({ resources: customResources(cell), invoke, log });
}

/** What Cognito's own mails come from. */
function mailFrom(cell: Cell): string {
  const identity = emailIdentities(cell)[0]?.identity ?? 'localhost';
  return identity.includes('@') ? identity : `no-reply@${identity}`;
}
