import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { signedHeaders } from '#shared/limits/signature.ts';

const scope = { region: 'eu-central-1', service: 'dynamodb' };
const headers = {
  host: 'dynamodb.eu-central-1.amazonaws.com',
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': 'DynamoDB_20120810.UpdateItem',
  'user-agent': 'plinth  two spaces',
};
const now = new Date('2026-11-21T23:59:59.900Z');
const key = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

/** What the SDK's own signer makes of the same request; the hash of the body is a header for S3 alone. */
async function bySdk(body: string, credentials: typeof key, signingDate: Date) {
  const client = new DynamoDBClient({ region: scope.region, credentials });
  const signer = await client.config.signer();
  const request = { method: 'POST', protocol: 'https:', hostname: headers.host, path: '/', query: {}, body };
  const signed = await signer.sign(
    { ...request, headers: { ...headers } },
    { signingDate, unsignableHeaders: new Set(['x-amz-content-sha256']) },
  );
  return signed.headers;
}

describe('[ARC-1] requests to the gate’s table', () => {
  test.each([
    ['with a lasting key', key],
    ['with the key of a session, as functions have', { ...key, sessionToken: 'FwoGZXIvYXdzE/token+=' }],
    ['with another secret on the same day', { ...key, secretAccessKey: 'another' }],
  ])('are signed as the SDK signs them: %s', async (_what, credentials) => {
    const body = '{"TableName":"gate","Key":{"pk":{"S":"T#ü"}}}';
    for (const at of [now, new Date(now.getTime() + 1_000)]) {
      const expected = await bySdk(body, credentials, at);
      const ours = signedHeaders({ path: '/', headers, body }, scope, credentials, at);
      expect(expected.authorization).toContain('Signature=');
      expect(ours).toEqual(
        Object.fromEntries(Object.entries(expected).filter(([name]) => name !== 'x-amz-content-sha256')),
      );
    }
  });

  test('have another signature where anything signed differs', () => {
    const signatureOf = (body: string, more: object = {}) =>
      signedHeaders({ path: '/', headers: { ...headers, ...more }, body }, scope, key, now).authorization;
    const all = [
      ...[signatureOf('{}'), signatureOf('{ }'), signatureOf('{}', { host: 'elsewhere' })],
      signatureOf('{}', { 'x-amz-target': 'DynamoDB_20120810.DeleteItem' }),
    ];
    expect(new Set(all).size).toBe(all.length);
  });
});
