/** The deployment's link secret, which links and proofs are signed with; from Secrets Manager, kept for five minutes. */
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { awsClientOptions } from '../config/aws-client.ts';
import { settings } from '../config/environment.ts';
import { fail, problems } from '../contract/errors.ts';

const keptMs = 5 * 60_000;

let kept: { value: string; untilMs: number } | undefined;

/**
 * The secret that links are signed with.
 * @throws Failure `dependency.unavailable` when it cannot be read
 */
export async function linkSecret(): Promise<string> {
  const nowMs = Date.now();
  if (kept === undefined || kept.untilMs <= nowMs) {
    kept = { value: await read(settings.linkSecretArn()), untilMs: nowMs + keptMs };
  }
  return kept.value;
}

async function read(arn: string): Promise<string> {
  const { GetSecretValueCommand } = await import('../config/aws/secrets-manager.ts');
  const secrets = await secretsManager();
  try {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: arn }));
    // An empty key would sign and verify like any other.
    if (!SecretString) throw new Error('the link secret is empty');
    return SecretString;
  } catch (error) {
    throw fail(problems.unavailable, { cause: error });
  }
}

let client: Promise<SecretsManagerClient> | undefined;

function secretsManager(): Promise<SecretsManagerClient> {
  client ??= import('../config/aws/secrets-manager.ts').then(
    ({ SecretsManagerClient }) => new SecretsManagerClient(awsClientOptions()),
  );
  return client;
}
