/**
 * Runs during `cdk deploy`, after the database exists and before the functions that use it change: brings the
 * schema up to date as the database's administrator. A failure fails, and so rolls back, the deployment.
 */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Client } from 'pg';
import * as z from 'zod';
import { settings } from '#shared/config/environment.ts';
import { migrate } from '#shared/db/migrate.ts';
import { isLoopback } from '#shared/db/loopback.ts';

const adminSecret = z.object({
  username: z.string(),
  password: z.string(),
  host: z.string(),
  port: z.coerce.number(),
  dbname: z.string(),
});

/** What was applied, in order; empty when the schema was already current. */
export const handler = async (): Promise<{ applied: string[] }> => {
  const secret = await readSecret(settings.databaseAdminSecret());
  const client = new Client({
    host: secret.host,
    port: secret.port,
    database: secret.dbname,
    user: secret.username,
    password: secret.password,
    ssl: isLoopback(secret.host) ? false : { rejectUnauthorized: true },
    // A database paused at zero capacity takes about fifteen seconds to wake.
    connectionTimeoutMillis: 60_000,
  });
  await client.connect();
  try {
    return { applied: await migrate(client) };
  } finally {
    await client.end();
  }
};

async function readSecret(arn: string): Promise<z.infer<typeof adminSecret>> {
  const { SecretString } = await new SecretsManagerClient({}).send(
    new GetSecretValueCommand({ SecretId: arn }),
  );
  return adminSecret.parse(JSON.parse(SecretString ?? '{}'));
}
