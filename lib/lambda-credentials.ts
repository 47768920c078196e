/**
 * Stands for the SDK's default credential providers in every bundle. A function has its credentials in its
 * environment and nowhere else; the providers for profiles, sign-on and instance metadata, an eighth of each
 * bundle, could only ever be asked in vain.
 */
import { fromEnv } from '@aws-sdk/credential-provider-env';

/** What the SDK's clients take their credentials from, in place of `@aws-sdk/credential-provider-node`. */
export const defaultProvider = fromEnv;

/** What the signer of database tokens takes them from, in place of `@aws-sdk/credential-providers`. */
export const fromNodeProviderChain = fromEnv;
