/** Google and Microsoft as ways to sign in, where a deployment configures them (IDN-1). */
import { SecretValue } from 'aws-cdk-lib';
import {
  OidcAttributeRequestMethod,
  ProviderAttribute,
  type UserPool,
  UserPoolClientIdentityProvider,
  UserPoolIdentityProviderGoogle,
  UserPoolIdentityProviderOidc,
} from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';
import type { Deployment } from '#shared/config/deployments.ts';

const scopes = ['openid', 'email', 'profile'];

const attributeMapping = {
  email: ProviderAttribute.other('email'),
  fullname: ProviderAttribute.other('name'),
};

/** What the client may offer, and what must exist before it. */
export function addIdentityProviders(
  scope: Construct,
  userPool: UserPool,
  configured: Deployment['identityProviders'],
): { supported: UserPoolClientIdentityProvider[]; providers: Construct[] } {
  const supported = [UserPoolClientIdentityProvider.COGNITO];
  const providers: Construct[] = [];
  const { google, microsoft } = configured;
  if (google !== undefined) {
    supported.push(UserPoolClientIdentityProvider.GOOGLE);
    providers.push(
      new UserPoolIdentityProviderGoogle(scope, 'Google', {
        userPool,
        clientId: google.clientId,
        clientSecretValue: SecretValue.secretsManager(google.clientSecretName),
        scopes,
        attributeMapping: {
          ...attributeMapping,
          // Google owns or has verified the address; Microsoft's claim is whatever a directory's administrator wrote.
          emailVerified: ProviderAttribute.GOOGLE_EMAIL_VERIFIED,
        },
      }),
    );
  }
  if (microsoft !== undefined) {
    supported.push(UserPoolClientIdentityProvider.custom('Microsoft'));
    providers.push(
      new UserPoolIdentityProviderOidc(scope, 'Microsoft', {
        userPool,
        name: 'Microsoft',
        clientId: microsoft.clientId,
        // Resolved by CloudFormation at deployment; the template holds the reference only.
        clientSecret: SecretValue.secretsManager(microsoft.clientSecretName).unsafeUnwrap(),
        issuerUrl: `https://login.microsoftonline.com/${microsoft.directory}/v2.0`,
        attributeRequestMethod: OidcAttributeRequestMethod.GET,
        scopes,
        attributeMapping,
      }),
    );
  }
  return { supported, providers };
}
