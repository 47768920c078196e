/** Makes what a template describes in the parts that store things. What is there already is kept. */
import { RUNTIME_KEY } from './front/call.ts';
import type { Front } from './front/front.ts';
import type { DynamoDb } from './parts/dynamodb/dynamodb.ts';
import type { MailPart } from './parts/mail/mail.ts';
import type { Postgres } from './parts/postgres/postgres.ts';
import type { Queues } from './parts/queues/queues.ts';
import type { Secrets } from './parts/secrets/secrets.ts';
import { type Cell, emailIdentities, functions } from './template/readers.ts';
import { type ModelKeys, modelKeySecrets } from './model-keys.ts';
import { adminSecrets, definitionsOf, poolSettings, rolesByAccessKey } from './wiring.ts';

/** The parts that are told what to hold. */
export type Stores = {
  database: Postgres;
  dynamodb: DynamoDb;
  queues: Queues;
  secrets: Secrets;
  /** Keys of providers of models, by provider. */
  modelKeys: ModelKeys;
  mail: MailPart;
  front: Front;
};

/** Tables, queues, buckets, secrets, sender identities and roles of this cell. */
export async function provision(cell: Cell, stores: Stores): Promise<void> {
  const { dynamodb, queues, mail, front } = stores;
  await dynamodb.ensureTables(definitionsOf(cell, 'AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'));
  await queues.ensureQueues(definitionsOf(cell, 'AWS::SQS::Queue'));
  await queues.ensureBuckets(definitionsOf(cell, 'AWS::S3::Bucket'));
  await ensureSecrets(cell, stores);
  mail.setIdentities(emailIdentities(cell).map(({ identity }) => identity));
  front.setRoles(rolesByAccessKey(cell));
}

/** Generated secrets are made once; the database administrator's says where the database is now. */
async function ensureSecrets(cell: Cell, { secrets, database, modelKeys }: Stores): Promise<void> {
  secrets.ensureSecrets(
    definitionsOf(cell, 'AWS::SecretsManager::Secret').map(({ ref, name, properties }) => ({
      name,
      arn: ref,
      properties,
    })),
  );
  const SecretString = JSON.stringify({
    username: database.adminUser,
    password: database.adminPassword,
    host: database.host,
    port: database.port,
    dbname: database.database,
  });
  const values = [
    ...adminSecrets(cell).map((SecretId) => ({ SecretId, SecretString })),
    ...modelKeySecrets(
      functions(cell).map(({ environment }) => environment),
      modelKeys,
    ),
  ];
  for (const body of values) {
    await secrets.handler({
      ...{ service: 'secretsmanager', action: 'PutSecretValue', body },
      region: poolSettings(cell).region,
      caller: RUNTIME_KEY,
    });
  }
}
