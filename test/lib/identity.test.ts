import { beforeAll, describe, expect, test } from '@jest/globals';
import { handler } from '../../functions/trigger/pre-token.ts';
import { ofType, only, type Synthesized, synthesize } from './synth.ts';

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

  test('[IDN-4] the console gets access for five minutes and rotates a refresh token of seven days', () => {
    expect(only(prod.templates.identity, 'AWS::Cognito::UserPoolClient').Properties).toMatchObject({
      GenerateSecret: false,
      AllowedOAuthFlows: ['code'],
      AccessTokenValidity: 5,
      IdTokenValidity: 5,
      RefreshTokenValidity: 7 * 24 * 60,
      TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'minutes' },
      RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 60 },
      EnableTokenRevocation: true,
      PreventUserExistenceErrors: 'ENABLED',
      ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'],
    });
  });

  test('only development lets sign-in return to a laptop', () => {
    const callbacks = ({ templates }: Synthesized) =>
      only(templates.identity, 'AWS::Cognito::UserPoolClient').Properties?.CallbackURLs;
    expect(callbacks(dev)).toEqual(['http://localhost:4000/']);
    expect(JSON.stringify(prod.templates)).not.toContain('localhost');
  });

  test('nobody can write into their own profile that their address is verified', () => {
    expect(only(dev.templates.identity, 'AWS::Cognito::UserPoolClient').Properties?.WriteAttributes).toEqual([
      'email',
      'name',
    ]);
  });

  test('the trigger that shapes tokens runs outside the VPC, with nothing but its log', () => {
    const fn = only(dev.templates.identity, 'AWS::Lambda::Function');
    expect(fn.Properties?.VpcConfig).toBeUndefined();
    expect(only(dev.templates.identity, 'AWS::Cognito::UserPool').Properties?.LambdaConfig).toMatchObject({
      PreTokenGenerationConfig: { LambdaVersion: 'V2_0' },
    });
    expect(
      ofType(dev.templates.identity, 'AWS::Cognito::UserPoolGroup').map(([, g]) => g.Properties?.GroupName),
    ).toEqual(['platform-admin', 'platform-support']);
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
