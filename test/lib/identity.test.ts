import { beforeAll, describe, expect, test } from '@jest/globals';
import { commandLineReturnUrls } from '#shared/config/command-line.ts';
import { handler } from '../../functions/trigger/pre-token.ts';
import {
  flatten,
  kernelFunctions,
  ofType,
  only,
  statementsOf,
  type Synthesized,
  synthesize,
} from './synth.ts';

describe('identity', () => {
  let dev: Synthesized;
  let prod: Synthesized;

  beforeAll(() => {
    dev = synthesize();
    prod = synthesize({ environment: 'prod' });
  });

  test('[IDN-1] people sign up with a verified address, twelve characters of three classes, and TOTP if they like', () => {
    expect(only(prod.templates.identity, 'AWS::Cognito::UserPool').Properties).toMatchObject({
      UserPoolTier: 'ESSENTIALS',
      UsernameAttributes: ['email'],
      AutoVerifiedAttributes: ['email'],
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
      MfaConfiguration: 'OPTIONAL',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
      Policies: {
        PasswordPolicy: {
          MinimumLength: 12,
          PasswordHistorySize: 5,
          RequireLowercase: true,
          RequireUppercase: true,
          RequireNumbers: true,
        },
      },
    });
  });

  test('[IDN-4] the console gets access for five minutes and a refresh token of seven days, which our own endpoint guards', () => {
    expect(client(prod, 'console')).toMatchObject({
      GenerateSecret: false,
      AllowedOAuthFlows: ['code'],
      AccessTokenValidity: 5,
      IdTokenValidity: 5,
      RefreshTokenValidity: 7 * 24 * 60,
      TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'minutes' },
      EnableTokenRevocation: true,
      PreventUserExistenceErrors: 'ENABLED',
      ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    });
  });

  test('only development lets the console’s sign-in return to a laptop', () => {
    expect(client(dev, 'console')?.CallbackURLs).toEqual(['http://localhost:4000/']);
    const { identity, ...others } = prod.templates;
    expect(JSON.stringify(client(prod, 'console'))).not.toContain('localhost');
    expect(JSON.stringify(others)).not.toContain('localhost');
    expect(JSON.stringify(identity)).toContain('localhost');
  });

  test('[IDN-4] the command line signs in as a client of its own, with a code, and may do nothing else', () => {
    const own = client(prod, 'command line');
    expect(own).toMatchObject({
      GenerateSecret: false,
      AllowedOAuthFlows: ['code'],
      AllowedOAuthScopes: ['openid', 'email', 'profile'],
      AccessTokenValidity: 5,
      EnableTokenRevocation: true,
      CallbackURLs: commandLineReturnUrls,
    });
    expect(own?.ExplicitAuthFlows).toEqual(['ALLOW_REFRESH_TOKEN_AUTH']);
  });

  test('[UI-3] each client has the new sign-in pages, in a style, on a domain that shows them', () => {
    const { identity } = prod.templates;
    const clients = ofType(identity, 'AWS::Cognito::UserPoolClient').map(([id]) => id);
    const styled = ofType(identity, 'AWS::Cognito::ManagedLoginBranding').map(([, one]) => one);
    expect(styled.map(({ Properties }) => Properties?.ClientId)).toEqual(
      expect.arrayContaining(clients.map((Ref) => ({ Ref }))),
    );
    const [domain, ...others] = ofType(identity, 'AWS::Cognito::UserPoolDomain');
    expect(others).toEqual([]);
    expect(domain?.[1].Properties).toMatchObject({ ManagedLoginVersion: 2 });
    for (const one of styled) {
      expect(one).toMatchObject({ Properties: { UseCognitoProvidedValues: true }, DependsOn: [domain?.[0]] });
    }
  });

  test('nobody can write into their own profile that their address is verified', () => {
    for (const name of ['console', 'command line']) {
      expect(client(dev, name)?.WriteAttributes).toEqual(['email', 'name']);
    }
  });

  test('the trigger that shapes tokens runs outside the VPC, with nothing but its log', () => {
    expect(kernelFunctions(dev).get('trigger-pre-token')?.Properties?.VpcConfig).toBeUndefined();
    expect(only(dev.templates.identity, 'AWS::Cognito::UserPool').Properties?.LambdaConfig).toMatchObject({
      PreTokenGenerationConfig: { LambdaVersion: 'V2_0' },
    });
    expect(
      ofType(dev.templates.identity, 'AWS::Cognito::UserPoolGroup').map(([, g]) => g.Properties?.GroupName),
    ).toEqual(['platform-admin', 'platform-support']);
  });

  test('[IDN-6, LIM-1] one function guards attempts, successes and password resets, and counts nothing else', () => {
    const { LambdaConfig: config } = only(dev.templates.identity, 'AWS::Cognito::UserPool').Properties as {
      LambdaConfig: Record<string, { 'Fn::GetAtt': string[] }>;
    };
    const guards = ['PreAuthentication', 'PostAuthentication', 'PostConfirmation', 'CustomMessage'];
    const arns = guards.map((name) => config[name]?.['Fn::GetAtt'][0]);
    expect(new Set(arns).size).toBe(1);
    expect(arns[0]).toMatch(/^Guard/);
    const [table, ...others] = statementsOf(dev, 'trigger-guard').filter(({ Action: action }) =>
      JSON.stringify(action).includes('dynamodb:'),
    );
    expect(others).toEqual([]);
    expect(table).toMatchObject({
      Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['L#*'] } },
    });
  });

  test('[LIM-1] ten sign-ins a minute and address, on the pages and by the calls of programs', () => {
    const acl = only(prod.templates.identity, 'AWS::WAFv2::WebACL');
    const [rule] = acl.Properties?.Rules as Record<string, unknown>[];
    expect(rule).toMatchObject({
      Name: 'SignInsPerAddress',
      Action: { Block: { CustomResponse: { ResponseCode: 429 } } },
      Statement: {
        RateBasedStatement: { AggregateKeyType: 'IP', Limit: 10, EvaluationWindowSec: 60 },
      },
    });
    const scope = JSON.stringify(rule);
    for (const part of ['"POST"', '"/login"', '".InitiateAuth"']) expect(scope).toContain(part);
    // The sessions module refreshes for everybody from one address.
    expect(scope).not.toContain('oauth2');
    const { Properties: association } = only(prod.templates.identity, 'AWS::WAFv2::WebACLAssociation');
    expect(JSON.stringify(association?.ResourceArn)).toContain('Users');
  });

  test('[IDN-7] codes leave from the one number and the one pool that the deployment names', () => {
    const sending = statementsOf(dev, 'queue-verification').filter(({ Action: action }) =>
      /sms-voice|social-messaging/.test(String(action)),
    );
    expect(sending.map(({ Resource: resource }) => flatten(resource).split(':').at(-1))).toEqual([
      'pool/pool-plinth',
      'phone-number-id/plinth',
    ]);
  });

  test('sign-in mail leaves through SES once the domain is verified', () => {
    const pool = (cell: Synthesized) => only(cell.templates.identity, 'AWS::Cognito::UserPool').Properties;
    expect(pool(dev)?.EmailConfiguration).toBeUndefined();
    const mail = { domain: 'mail.example', from: 'no-reply@mail.example', verified: true };
    expect(pool(synthesize({ changed: { mail } }))?.EmailConfiguration).toMatchObject({
      EmailSendingAccount: 'DEVELOPER',
      From: 'no-reply@mail.example',
    });
  });

  test('[IDN-1] an access token says who the caller is, and never that an unverified address is verified', async () => {
    const claimsOf = async (userAttributes: Record<string, string>) => {
      const event = { request: { userAttributes, groupConfiguration: {} }, response: {} };
      const answer = (await handler(event as never, {} as never, () => undefined)) as unknown as {
        response: {
          claimsAndScopeOverrideDetails: { accessTokenGeneration: { claimsToAddOrOverride: unknown } };
        };
      };
      return answer.response.claimsAndScopeOverrideDetails.accessTokenGeneration.claimsToAddOrOverride;
    };
    await expect(
      claimsOf({ sub: '1', email: 'a@b.example', email_verified: 'true', name: 'Ada' }),
    ).resolves.toEqual({
      email: 'a@b.example',
      email_verified: 'true',
      name: 'Ada',
    });
    await expect(claimsOf({ sub: '1', email: 'a@b.example', email_verified: 'false' })).resolves.toEqual({
      email: 'a@b.example',
      email_verified: 'false',
    });
    await expect(claimsOf({ sub: '1' })).resolves.toEqual({ email_verified: 'false' });
  });
});

/** The properties of the pool’s client of that name. */
function client({ templates }: Synthesized, name: string): Record<string, unknown> | undefined {
  const clients = ofType(templates.identity, 'AWS::Cognito::UserPoolClient').map(
    ([, { Properties }]) => Properties,
  );
  return clients.find((properties) => properties?.ClientName === name);
}
