import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import pg from 'pg';
import { migrations } from '#shared/db/migrate.ts';
import { handler } from '../../functions/deploy/migrate.ts';
import { type TestDatabase, testPostgres } from '../support/postgres.ts';

const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:admin';

describe('the migration of a deployment', () => {
  const secrets = mockClient(SecretsManagerClient);
  let database: TestDatabase;

  beforeAll(async () => {
    process.env.DATABASE_SECRET_ARN = arn;
    database = await (await testPostgres()).createDatabase();
  });

  beforeEach(() => {
    secrets.reset();
  });

  afterAll(async () => {
    delete process.env.DATABASE_SECRET_ARN;
    await database.drop();
  });

  test('brings an empty database up to date as the administrator of the secret, and finds nothing the second time', async () => {
    answer({
      username: database.user,
      password: database.password,
      host: database.host,
      port: database.port,
      dbname: database.database,
    });
    const names = (await migrations()).map(({ name }) => name);
    await expect(handler()).resolves.toEqual({ applied: names });
    await expect(handler()).resolves.toEqual({ applied: [] });
    expect(secrets.commandCalls(GetSecretValueCommand)[0]?.args[0].input).toEqual({ SecretId: arn });
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query('select name from migration.applied order by version');
    await client.end();
    expect(rows).toEqual(names.map((name) => ({ name })));
  });

  test('fails, and so stops the deployment, when the database refuses the administrator', async () => {
    answer({
      username: 'nobody_of_ours',
      password: 'wrong',
      host: database.host,
      port: database.port,
      dbname: database.database,
    });
    await expect(handler()).rejects.toThrow();
  });

  test('fails when the secret is not one of a database', async () => {
    answer({ token: 'something else' });
    await expect(handler()).rejects.toThrow(/username/);
  });

  function answer(secret: Record<string, unknown>): void {
    secrets.on(GetSecretValueCommand).resolves({ SecretString: JSON.stringify(secret) });
  }
});
