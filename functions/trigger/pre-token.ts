/**
 * Cognito's pre-token-generation trigger (V2): puts e-mail address, its verification and the name into the
 * access token, so that a request is served without asking Cognito who called.
 */
import type { PreTokenGenerationV2TriggerHandler } from 'aws-lambda';

export const handler: PreTokenGenerationV2TriggerHandler = async (event) => {
  const { email, email_verified, name } = event.request.userAttributes;
  event.response = {
    claimsAndScopeOverrideDetails: {
      accessTokenGeneration: {
        claimsToAddOrOverride: {
          ...(email === undefined ? {} : { email }),
          email_verified: email_verified === 'true' ? 'true' : 'false',
          ...(name === undefined ? {} : { name }),
        },
      },
    },
  };
  return event;
};
