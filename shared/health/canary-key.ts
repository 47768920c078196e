/** The canary's API key, which somebody puts into its secret after the deployment; until then there is none. */
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { awsClientOptions } from '../config/aws-client.ts';

let client: SecretsManagerClient | undefined;

/** The key, or undefined while the secret holds none. Asked anew each time: it is replaced without a deployment. */
export async function canaryKey(secretArn: string): Promise<string | undefined> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import('../config/aws/secrets-manager.ts');
  client ??= new SecretsManagerClient(awsClientOptions());
  try {
    const { SecretString: key } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
    return key === undefined || key === '' ? undefined : key;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}
