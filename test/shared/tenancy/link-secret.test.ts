/** The secret that links are signed with. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { linkSecret } from '#shared/tenancy/link-secret.ts';
import { refusal } from '../../support/call-as.ts';

process.env.LINK_SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:link';
process.env.AWS_REGION = 'us-east-1';
const secrets = mockClient(SecretsManagerClient);
let hour = Date.parse('2026-11-21T00:00:00Z');

// Every test starts an hour later, when nothing of the one before is kept.
beforeEach(() => {
  secrets.reset();
  hour += 3_600_000;
  jest.useFakeTimers({ now: hour, doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
});
afterAll(() => {
  jest.useRealTimers();
});

describe('the link secret', () => {
  test('[TEN-8] it is read once and kept for five minutes', async () => {
    secrets.on(GetSecretValueCommand).resolvesOnce({ SecretString: 'old' }).resolves({ SecretString: 'new' });
    expect(await linkSecret()).toBe('old');
    jest.setSystemTime(hour + 5 * 60_000 - 1);
    expect(await linkSecret()).toBe('old');
    jest.setSystemTime(hour + 5 * 60_000);
    expect(await linkSecret()).toBe('new');
    expect(secrets.commandCalls(GetSecretValueCommand)).toHaveLength(2);
  });

  test('[TEN-8] when it cannot be read nothing is signed, and the next call tries again', async () => {
    secrets.on(GetSecretValueCommand).rejectsOnce(new Error('down')).resolves({ SecretString: 'back' });
    await expect(linkSecret()).rejects.toMatchObject(refusal('dependency.unavailable'));
    expect(await linkSecret()).toBe('back');
  });

  test('[TEN-8] an empty secret signs nothing', async () => {
    secrets.on(GetSecretValueCommand).resolves({ SecretString: '' });
    await expect(linkSecret()).rejects.toMatchObject(refusal('dependency.unavailable'));
  });
});
