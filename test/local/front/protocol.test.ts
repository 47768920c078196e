/** What the front answers besides judged calls: keys for tokens, sign-in calls, invocations, errors of its parts. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  CognitoIdentityProviderClient,
  AdminGetUserCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { type Front, startFront } from '#local/front/front.ts';
import { runtimeHeaders } from '#local/front/call.ts';
import { AwsError, type PartCall } from '#local/parts/contract.ts';
import { accountId, region, settingsFor } from './stack.ts';

let front: Front;
const calls: PartCall[] = [];
const invoked: { name: string; event: unknown }[] = [];
const lines: string[] = [];

beforeAll(async () => {
  front = await startFront({
    port: 0,
    region,
    accountId,
    roles: new Map([
      [
        'LOCALa',
        {
          role: 'Api',
          policies: [
            {
              Statement: {
                Effect: 'Allow',
                Action: 'lambda:InvokeFunction',
                Resource: 'arn:aws:lambda:us-east-1:000000000000:function:pricing',
              },
            },
          ],
        },
      ],
    ]),
    parts: {
      // Nobody listens on the discard port.
      dynamodbPort: 9,
      queuesPort: 9,
      handlers: {
        'cognito-idp': async (call) => {
          calls.push(call);
          if (call.action === 'InitiateAuth')
            return { status: 200, body: { AuthenticationResult: { AccessToken: 't' } } };
          throw new AwsError('UserNotFoundException', 'User does not exist.');
        },
      },
    },
    invoke: async (name, event) => {
      invoked.push({ name, event });
      return name.endsWith('pricing')
        ? { ok: true, payload: { price: 1 } }
        : { ok: false, errorType: 'TypeError', errorMessage: 'x is undefined' };
    },
    jwks: () => ({ keys: [{ kid: '1' }] }),
    log: (line) => void lines.push(line),
  });
});
afterAll(() => front.stop());

test('[IDN-2] the key set of the pool is public', async () => {
  const response = await fetch(`${front.url}/us-east-1_local/.well-known/jwks.json`);
  expect([response.status, await response.json()]).toEqual([200, { keys: [{ kid: '1' }] }]);
});

test('[IDN-1] signing in needs no AWS credentials, administering users does', async () => {
  const anonymous = new CognitoIdentityProviderClient({ endpoint: front.url, region, maxAttempts: 1 });
  const { AuthenticationResult } = await anonymous.send(
    new InitiateAuthCommand({ ClientId: 'c', AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters: {} }),
  );
  expect(AuthenticationResult?.AccessToken).toBe('t');
  expect(calls.at(-1)).toMatchObject({ service: 'cognito-idp', action: 'InitiateAuth', caller: 'anonymous' });

  const unsigned = await fetch(front.url, {
    method: 'POST',
    headers: { 'x-amz-target': 'AWSCognitoIdentityProviderService.AdminGetUser' },
    body: '{}',
  });
  expect(await unsigned.text()).toContain('MissingAuthenticationToken');
  const role = new CognitoIdentityProviderClient(settingsFor(front, 'LOCALa'));
  await expect(role.send(new AdminGetUserCommand({ UserPoolId: 'p', Username: 'u' }))).rejects.toThrow(
    'cognito-idp:AdminGetUser on resource: arn:aws:cognito-idp:us-east-1:000000000000:userpool/p',
  );
});

test('[ARC-2] an error of a part arrives as the exception of its service', async () => {
  const runtime = new CognitoIdentityProviderClient(settingsFor(front, 'LOCALADMIN'));
  await expect(
    runtime.send(new AdminGetUserCommand({ UserPoolId: 'p', Username: 'u' })),
  ).rejects.toMatchObject({ name: 'UserNotFoundException', message: 'User does not exist.' });
});

test('[ARC-2] a function is invoked as on Lambda: payload, error, and in the background', async () => {
  const invoke = (name: string, key: string, type?: string) =>
    fetch(`${front.url}/2015-03-31/functions/${encodeURIComponent(name)}/invocations`, {
      method: 'POST',
      headers: {
        ...runtimeHeaders('lambda', region),
        authorization: `AWS4-HMAC-SHA256 Credential=${key}/20261121/us-east-1/lambda/aws4_request`,
        ...(type === undefined ? {} : { 'x-amz-invocation-type': type }),
      },
      body: '[1]',
    });
  const answer = await invoke('pricing', 'LOCALa');
  expect([answer.status, await answer.json(), answer.headers.get('x-amz-function-error')]).toEqual([
    200,
    { price: 1 },
    null,
  ]);
  expect(invoked).toEqual([{ name: 'pricing', event: [1] }]);

  const failed = await invoke('arn:aws:lambda:us-east-1:000000000000:function:broken', 'LOCALADMIN');
  expect([failed.status, await failed.json(), failed.headers.get('x-amz-function-error')]).toEqual([
    200,
    { errorType: 'TypeError', errorMessage: 'x is undefined' },
    'Unhandled',
  ]);
  expect((await invoke('pricing', 'LOCALa', 'Event')).status).toBe(202);
  const denied = await invoke('other', 'LOCALa');
  expect([denied.status, denied.headers.get('x-amzn-errortype')]).toEqual([403, 'AccessDeniedException']);
});

test('[ARC-2] a part that does not answer is unavailable, which clients retry', async () => {
  const db = new DynamoDBClient(settingsFor(front, 'LOCALADMIN'));
  await expect(db.send(new GetItemCommand({ TableName: 'gate', Key: {} }))).rejects.toMatchObject({
    name: 'ServiceUnavailable',
    $metadata: { httpStatusCode: 503 },
  });
});

test('[GOV-3] what is no AWS call is refused without a trace of what is inside', async () => {
  for (const [path, init] of [
    ['/', {}],
    ['/', { method: 'POST', body: 'x' }],
    ['/../../etc/passwd', {}],
  ] as const) {
    const response = await fetch(front.url + path, init);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
  }
  const broken = await fetch(front.url, {
    method: 'POST',
    headers: { ...runtimeHeaders('dynamodb', region), 'x-amz-target': 'DynamoDB_20120810.GetItem' },
    body: '{',
  });
  expect([broken.status, await broken.text()]).toEqual([
    400,
    expect.stringContaining('SerializationException'),
  ]);
});
