/** Who people are: the user pool, its sign-in pages, and the clients of console and command line (IDN-1, IDN-4, UI-3). */
import { CfnOutput, Duration } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnManagedLoginBranding,
  ClientAttributes,
  FeaturePlan,
  LambdaVersion,
  ManagedLoginVersion,
  Mfa,
  OAuthScope,
  UserPool,
  type UserPoolClient,
  type UserPoolClientOptions,
  UserPoolEmail,
  UserPoolOperation,
} from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';
import { accept } from '#lib/constructs/accept.ts';
import { type CellFacts, CellStack } from '#lib/constructs/cell-stack.ts';
import { addIdentityProviders } from '#lib/constructs/identity-providers.ts';
import { KernelFunction } from '#lib/constructs/kernel-function.ts';
import { countSignIns, signal } from '#lib/constructs/needs.ts';
import { SignInFirewall } from '#lib/constructs/web-firewall.ts';
import type { DataStack } from './data.ts';
import { commandLineReturnUrls } from '#shared/config/command-line.ts';
import type { JobsStack } from './jobs.ts';

/** The platform's own staff; membership is the claim `cognito:groups`. */
const staffGroups = {
  'platform-admin': 'Administers the platform',
  'platform-support': 'Helps tenants',
} as const;

type ExternalProviders = ReturnType<typeof addIdentityProviders>;

/** The module whose worker keeps what the guard notices. */
const signalModule = 'verification';

export class IdentityStack extends CellStack {
  readonly userPool: UserPool;
  readonly consoleClient: UserPoolClient;
  readonly commandLineClient: UserPoolClient;
  readonly preToken: KernelFunction;
  /** Where people sign in; no slash at the end. */
  readonly loginUrl: string;

  constructor(scope: Construct, facts: CellFacts, below: { data: DataStack; jobs: JobsStack }) {
    super(scope, 'identity', facts, 'Identity: user pool, sign-in pages, console client');
    this.preToken = new KernelFunction(this, 'PreToken', {
      kind: 'trigger',
      entry: 'pre-token',
      description: 'Puts who the caller is into the access token',
      timeoutSeconds: 5,
      memoryMb: 256,
    });
    this.userPool = this.createPool();
    this.userPool.addTrigger(
      UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG,
      this.preToken.lambda,
      LambdaVersion.V2_0,
    );
    this.guardSignIn(below);
    for (const [groupName, description] of Object.entries(staffGroups)) {
      this.userPool.addGroup(`Group-${groupName}`, { groupName, description });
    }
    const { identityProviders } = this.facts.deployment;
    const external = addIdentityProviders(this, this.userPool, identityProviders);
    this.consoleClient = this.createConsoleClient(external);
    this.commandLineClient = this.createCommandLineClient(external);
    this.loginUrl = this.addSignInPages();
    new SignInFirewall(this, 'Firewall', { userPool: this.userPool });
  }

  private createPool(): UserPool {
    const { keepData, mail } = this.facts.deployment;
    const pool = new UserPool(this, 'Users', {
      userPoolName: this.facts.name,
      featurePlan: FeaturePlan.ESSENTIALS,
      selfSignUpEnabled: true,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      autoVerify: { email: true },
      userVerification: {
        emailSubject: 'Your code for Plinth',
        emailBody: 'Your code for Plinth is {####}. It is valid for a day.',
      },
      ...(mail.verified
        ? {
            email: UserPoolEmail.withSES({
              fromEmail: mail.from,
              sesRegion: this.region,
              sesVerifiedDomain: mail.domain,
            }),
          }
        : {}),
      // A changed address counts only once it is verified; until then the old one stays valid.
      keepOriginal: { email: true },
      standardAttributes: { email: { required: true, mutable: true }, fullname: { mutable: true } },
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: false,
        passwordHistorySize: 5,
        tempPasswordValidity: Duration.days(3),
      },
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      deletionProtection: keepData,
      removalPolicy: this.dataPolicy,
    });
    accept(pool, {
      COG1: 'IDN-1 asks for three classes of four: lower case, upper case and digits are required, and twelve characters instead of eight.',
      COG2: 'IDN-1 offers a second factor; a pool can require one of everybody or of nobody.',
      COG8: 'The Essentials plan has what IDN-1 asks for: password history and claims in access tokens.',
    });
    return pool;
  }

  /** One function for all that guards signing in: what an attempt woke is still warm when it succeeds. */
  private guardSignIn({ data, jobs }: { data: DataStack; jobs: JobsStack }): void {
    const guard = new KernelFunction(this, 'Guard', {
      kind: 'trigger',
      entry: 'guard',
      description: 'Locks names out after failed sign-ins, and limits password resets',
      timeoutSeconds: 5,
      memoryMb: 512,
    });
    countSignIns(guard, data.gate);
    const signals = jobs.queues.get(signalModule);
    if (signals !== undefined) signal(guard, signals.queue);
    for (const operation of [
      UserPoolOperation.PRE_AUTHENTICATION,
      UserPoolOperation.POST_AUTHENTICATION,
      UserPoolOperation.POST_CONFIRMATION,
      UserPoolOperation.CUSTOM_MESSAGE,
    ]) {
      this.userPool.addTrigger(operation, guard.lambda);
    }
  }

  private createConsoleClient(external: ExternalProviders): UserPoolClient {
    const { signInReturnUrls } = this.facts.deployment;
    return this.createClient('Console', 'console', external, {
      authFlows: { userSrp: true },
      oAuth: {
        flows: { authorizationCodeGrant: true },
        // The last one lets people enrol their own second factor, which the sign-in pages do not offer.
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL, OAuthScope.PROFILE, OAuthScope.COGNITO_ADMIN],
        callbackUrls: [...signInReturnUrls],
        logoutUrls: [...signInReturnUrls],
      },
    });
  }

  /** A client of its own: it returns to people’s own machines, and may do nothing but sign in. */
  private createCommandLineClient(external: ExternalProviders): UserPoolClient {
    return this.createClient('CommandLine', 'command line', external, {
      // Named, because without any a pool allows passwords to be sent directly.
      authFlows: { userSrp: false },
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL, OAuthScope.PROFILE],
        callbackUrls: [...commandLineReturnUrls],
      },
    });
  }

  private createClient(
    id: string,
    name: string,
    external: ExternalProviders,
    options: Pick<UserPoolClientOptions, 'authFlows' | 'oAuth'>,
  ): UserPoolClient {
    const client = this.userPool.addClient(id, {
      ...options,
      userPoolClientName: name,
      generateSecret: false,
      supportedIdentityProviders: external.supported,
      accessTokenValidity: Duration.minutes(5),
      idTokenValidity: Duration.minutes(5),
      refreshTokenValidity: Duration.days(7),
      // Not rotated here but by the sessions module, which notices reuse: docs/decisions/sessions.md.
      enableTokenRevocation: true,
      readAttributes: new ClientAttributes().withStandardAttributes({
        email: true,
        emailVerified: true,
        fullname: true,
      }),
      writeAttributes: new ClientAttributes().withStandardAttributes({ email: true, fullname: true }),
      preventUserExistenceErrors: true,
    });
    for (const provider of external.providers) client.node.addDependency(provider);
    return client;
  }

  private addSignInPages(): string {
    const domain = this.userPool.addDomain('SignIn', {
      // Unique among all accounts of the region.
      cognitoDomain: { domainPrefix: `${this.facts.name}-${this.account}` },
      managedLoginVersion: ManagedLoginVersion.NEWER_MANAGED_LOGIN,
    });
    // Without a style of its own a client has no sign-in pages.
    for (const [id, client] of [
      ['Branding', this.consoleClient],
      ['CommandLineBranding', this.commandLineClient],
    ] as const) {
      const branding = new CfnManagedLoginBranding(this, id, {
        userPoolId: this.userPool.userPoolId,
        clientId: client.userPoolClientId,
        useCognitoProvidedValues: true,
      });
      branding.node.addDependency(domain);
    }
    new CfnOutput(this, 'UserPoolId', { value: this.userPool.userPoolId });
    new CfnOutput(this, 'ConsoleClientId', { value: this.consoleClient.userPoolClientId });
    new CfnOutput(this, 'CommandLineClientId', { value: this.commandLineClient.userPoolClientId });
    new CfnOutput(this, 'SignInUrl', { value: domain.baseUrl() });
    return domain.baseUrl();
  }
}
