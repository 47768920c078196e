/** What is used of the Secrets Manager client; importing the package itself on demand would bundle all of it. */
export { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
