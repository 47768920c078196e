/** The deployment's backup secret, which the keys of archives come from; from Secrets Manager, kept for five minutes. */
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { awsClientOptions } from '../config/aws-client.ts';
import { settings } from '../config/environment.ts';
import { fail, problems } from '../contract/errors.ts';

const keptMs = 5 * 60_000;

let kept: { value: string; untilMs: number } | undefined;

/**
 * The secret.
 * @throws Failure `dependency.unavailable` when it cannot be read
 */
export async function backupSecret(): Promise<string> {
  const nowMs = Date.now();
  if (kept === undefined || kept.untilMs <= nowMs) {
    kept = { value: await read(settings.backupSecretArn()), untilMs: nowMs + keptMs };
  }
  return kept.value;
}

async function read(arn: string): Promise<string> {
  const { GetSecretValueCommand } = await import('../config/aws/secrets-manager.ts');
  try {
    const { SecretString } = await (await secrets()).send(new GetSecretValueCommand({ SecretId: arn }));
    // An empty secret would give keys as well.
    if (!SecretString) throw new Error('the backup secret is empty');
    return SecretString;
  } catch (error) {
    throw fail(problems.unavailable, { cause: error });
  }
}

let client: Promise<SecretsManagerClient> | undefined;

function secrets(): Promise<SecretsManagerClient> {
  client ??= import('../config/aws/secrets-manager.ts').then(
    ({ SecretsManagerClient }) => new SecretsManagerClient(awsClientOptions()),
  );
  return client;
}
