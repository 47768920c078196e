import { statSync } from 'node:fs';
import { join } from 'node:path';
import { rmSync } from 'node:fs';
import { afterAll, describe, expect, test } from '@jest/globals';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { startFront } from '#local/front/front.ts';
import { generatePassword, initialValue } from '#local/parts/secrets/generate.ts';
import { startSecrets } from '#local/parts/secrets/secrets.ts';
import { accountId, region, settingsFor, temporaryState } from '../front/stack.ts';

const state = temporaryState();
afterAll(() => rmSync(state, { recursive: true, force: true }));

async function withClient<T>(
  use: (client: SecretsManagerClient, secrets: ReturnType<typeof startSecrets>) => Promise<T>,
): Promise<T> {
  const secrets = startSecrets({ state, region, accountId });
  const front = await startFront({
    port: 0,
    region,
    accountId,
    roles: new Map(),
    parts: { dynamodbPort: 0, queuesPort: 0, handlers: { secretsmanager: secrets.handler } },
    log: () => undefined,
  });
  try {
    return await use(new SecretsManagerClient(settingsFor(front, 'LOCALADMIN')), secrets);
  } finally {
    await front.stop();
    await secrets.stop();
  }
}

describe('values', () => {
  test('[OPS-5] a generated secret is generated once and is the same after a restart', async () => {
    const definition = {
      name: 'db',
      properties: {
        GenerateSecretString: {
          SecretStringTemplate: '{"username":"app"}',
          GenerateStringKey: 'password',
          ExcludeCharacters: '"@/\\',
          PasswordLength: 40,
        },
      },
    };
    const read = () =>
      withClient(async (client, secrets) => {
        secrets.ensureSecrets([definition]);
        return (await client.send(new GetSecretValueCommand({ SecretId: 'db' }))).SecretString;
      });
    const first = await read();
    expect(JSON.parse(first ?? '')).toEqual({
      username: 'app',
      password: expect.stringMatching(/^[^"@/\\]{40}$/),
    });
    expect(await read()).toBe(first);
  });

  test('[OPS-5] a new value becomes current and the one before stays readable as previous', async () => {
    await withClient(async (client) => {
      const { ARN } = await client.send(new CreateSecretCommand({ Name: 'token', SecretString: 'one' }));
      const { VersionId } = await client.send(
        new PutSecretValueCommand({ SecretId: 'token', SecretString: 'two' }),
      );
      await client.send(new PutSecretValueCommand({ SecretId: 'token', SecretString: 'three' }));
      const value = async (more: object) =>
        (await client.send(new GetSecretValueCommand({ SecretId: ARN, ...more }))).SecretString;
      expect(await value({})).toBe('three');
      expect(await value({ VersionStage: 'AWSPREVIOUS' })).toBe('two');
      expect(await value({ VersionId })).toBe('two');
      const described = await client.send(new DescribeSecretCommand({ SecretId: ARN?.slice(0, -7) }));
      expect(
        Object.values(described.VersionIdsToStages ?? {})
          .flat()
          .sort(),
      ).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
      expect((await client.send(new ListSecretsCommand({}))).SecretList?.map((one) => one.Name)).toContain(
        'token',
      );
    });
  });

  test('[OPS-5] bytes come back as they were stored', async () => {
    await withClient(async (client) => {
      const SecretBinary = Buffer.from([0, 255, 10]);
      await client.send(new CreateSecretCommand({ Name: 'bytes', SecretBinary }));
      expect(
        Buffer.from((await client.send(new GetSecretValueCommand({ SecretId: 'bytes' }))).SecretBinary ?? []),
      ).toEqual(SecretBinary);
    });
  });

  test('[OPS-5] unknown and duplicate secrets are refused in AWS terms', async () => {
    await withClient(async (client) => {
      await expect(client.send(new GetSecretValueCommand({ SecretId: 'absent' }))).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
      });
      await expect(client.send(new CreateSecretCommand({ Name: 'token' }))).rejects.toMatchObject({
        name: 'ResourceExistsException',
      });
    });
  });

  test('[GOV-3] nobody else on the machine can read the file', () => {
    expect(statSync(join(state, 'secrets', 'secrets.sqlite')).mode & 0o777).toBe(0o600);
    expect(statSync(join(state, 'secrets')).mode & 0o777).toBe(0o700);
  });
});

describe('generation', () => {
  test('[OPS-5] a password has every type that is included, and no character that is excluded', () => {
    for (let round = 0; round < 50; round += 1) {
      const password = generatePassword({ PasswordLength: 4 });
      for (const type of [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/]) expect(password).toMatch(type);
      expect(generatePassword({ ExcludePunctuation: 'true', ExcludeLowercase: true })).toMatch(
        /^[A-Z\d]{32}$/,
      );
    }
  });

  test('[OPS-5] a given value is kept as it is, and a secret may be without one', () => {
    expect(initialValue({ SecretString: 'given' })).toBe('given');
    expect(initialValue({})).toBeUndefined();
    expect(() =>
      generatePassword({
        ExcludePunctuation: true,
        ExcludeLowercase: true,
        ExcludeUppercase: true,
        ExcludeNumbers: true,
      }),
    ).toThrow('every character');
  });
});
