/**
 * What differs between deployments. Everything else is the same in development, staging and production, so
 * that what was tested is what runs. An installation edits its domains here; secrets never stand here.
 */
import type { ModelProvider } from './models.ts';
import { type Region, regionNames } from './regions.ts';
import type { CodeChannel } from './verification.ts';

/** Environments, kept apart by account or at least by name. */
export const environmentNames = ['dev', 'staging', 'prod'] as const;

export type EnvironmentName = (typeof environmentNames)[number];

/** An external identity provider; its secret is read from Secrets Manager by name at deployment. */
export type IdentityProvider = { clientId: string; clientSecretName: string };

/** One environment's configuration. Days, counts and Aurora capacity units (ACU), as the names say. */
export type Deployment = {
  environment: EnvironmentName;
  /** What holds tenants' data survives the removal of its stack and refuses to be deleted. */
  keepData: boolean;
  database: {
    minimumCapacityUnits: number;
    maximumCapacityUnits: number;
    /** A reader in a second availability zone that takes over when the writer fails. */
    standby: boolean;
    /** RDS Proxy; it keeps connections open, so it excludes a database that pauses at zero capacity. */
    proxy: boolean;
    backupRetentionDays: number;
    /** Days between rotations of the administrator's password; undefined leaves it as generated. */
    adminSecretRotationDays: number | undefined;
    /** More than this many connections at once raise an alarm. */
    connectionAlarm: number;
  };
  /** A new version gets a tenth of the calls for five minutes, before it gets them all. */
  releasesGradually: boolean;
  /** NAT gateways: one is cheapest, one for each of the two zones survives the loss of a zone. */
  natGateways: 1 | 2;
  /** Application logs and flow logs (AUD-4). */
  logRetentionDays: 30;
  /** Access logs of the API and the console (AUD-4). */
  accessLogRetentionDays: 90;
  /**
   * How long the archive of audit trails is locked (AUD-4). In the mode `compliance` nobody shortens it any more, the
   * account's root included, and the bucket cannot be removed before: never to be set for a trial.
   */
  auditArchive: { mode: 'governance' | 'compliance'; days: number };
  /** Requests a second that the whole API lets through, and the burst on top of it. */
  throttle: { ratePerSecond: number; burst: number };
  /** Requests of one IP address in five minutes before WAF blocks it. */
  requestsPerIpPerFiveMinutes: number;
  /** Where the weekly figures of the fleet are mailed (OPS-4). */
  operatorsEmail: string;
  /** Where alarms are mailed; undefined leaves the topic without a subscriber. */
  alarmEmail: string | undefined;
  /**
   * Where errors that nobody expected are told, in Sentry's protocol: `https://<key>@<host>/<project>`. Its key can
   * only send, so it is no secret; undefined sends nothing.
   */
  errorTrackingDsn: string | undefined;
  console: {
    /** Where people open the console; no slash at the end. */
    url: string;
    /** Certificate in us-east-1 for the console's own domain; without it CloudFront's domain serves it. */
    certificateArn: string | undefined;
  };
  mail: {
    domain: string;
    from: string;
    /**
     * Set once SES has seen the domain's DKIM records: sign-in mail then leaves through SES. Until then
     * Cognito sends it, at most fifty a day.
     */
    verified: boolean;
  };
  /** One-time codes. Text and WhatsApp messages leave through AWS End User Messaging, once it is set up there. */
  codes: {
    /** What is offered to people; add a channel once what it sends from exists. */
    channels: readonly CodeChannel[];
    /** What text messages come from, as its ARN ends: `pool/…`, `phone-number/…` or `sender-id/…`. */
    smsOrigin: string;
    /** The linked number that WhatsApp messages come from, and the approved template that carries a code. */
    whatsApp: { phoneNumberId: string; template: string; language: string };
  };
  /**
   * Who answers calls of models: providers whose key stands in a secret of the deployment, put there by hand, and
   * Amazon Bedrock, which the role pays for.
   */
  models: { keys: readonly Exclude<ModelProvider, 'bedrock'>[]; bedrock: boolean };
  /** Dollars that all tenants of a region may cost the platform in a day before somebody is woken (AI-2). */
  aiDailyCostAlarmDollars: number;
  /**
   * Minutes between sweeps of the outbox, beside the wake-up after every commit. A sweep wakes the database,
   * so one that shall pause at zero capacity needs more than its five idle minutes here.
   */
  outboxSweepMinutes: number;
  /**
   * The API's own name in each region, on the console's site, with a certificate of that region: to another site
   * browsers never send the cookie that renews a session. Without one the API has AWS's name. A cell in the second
   * region answers to the same name, with a certificate of that region.
   */
  apiDomains: Partial<
    Record<Region, { name: string; certificateArn: string; standbyCertificateArn?: string }>
  >;
  /** Origins that browsers may call the API from. The first one also stands on the gateway's own errors. */
  allowedOrigins: readonly [string, ...string[]];
  /** Addresses that sign-in may return to. */
  signInReturnUrls: readonly string[];
  identityProviders: {
    google: IdentityProvider | undefined;
    /** `directory` is the Entra directory id, or `common` for any. */
    microsoft: (IdentityProvider & { directory: string }) | undefined;
  };
};

const shared = {
  logRetentionDays: 30,
  accessLogRetentionDays: 90,
  auditArchive: { mode: 'governance', days: 7 },
  alarmEmail: undefined,
  errorTrackingDsn: undefined,
  models: { keys: ['anthropic', 'openai'], bedrock: true },
  aiDailyCostAlarmDollars: 500,
  outboxSweepMinutes: 1,
  apiDomains: {},
  codes: {
    channels: ['email'],
    smsOrigin: 'pool/pool-plinth',
    whatsApp: { phoneNumberId: 'plinth', template: 'one_time_code', language: 'en' },
  },
  identityProviders: { google: undefined, microsoft: undefined },
} as const;

const developmentConsole = 'http://localhost:4000';

const deployments: Record<EnvironmentName, Deployment> = {
  dev: {
    ...shared,
    environment: 'dev',
    keepData: false,
    database: {
      minimumCapacityUnits: 0,
      maximumCapacityUnits: 2,
      standby: false,
      proxy: false,
      backupRetentionDays: 35,
      adminSecretRotationDays: undefined,
      connectionAlarm: 150,
    },
    releasesGradually: false,
    natGateways: 1,
    throttle: { ratePerSecond: 100, burst: 200 },
    requestsPerIpPerFiveMinutes: 2_000,
    console: { url: developmentConsole, certificateArn: undefined },
    operatorsEmail: 'operators@dev.plinth.example',
    mail: { domain: 'dev.plinth.example', from: 'no-reply@dev.plinth.example', verified: false },
    codes: { ...shared.codes, channels: ['email', 'sms', 'whatsapp'] },
    allowedOrigins: [developmentConsole],
    signInReturnUrls: [`${developmentConsole}/`],
  },
  staging: {
    ...shared,
    environment: 'staging',
    keepData: false,
    database: {
      minimumCapacityUnits: 0.5,
      maximumCapacityUnits: 4,
      standby: false,
      proxy: true,
      backupRetentionDays: 35,
      adminSecretRotationDays: 30,
      connectionAlarm: 150,
    },
    releasesGradually: true,
    natGateways: 1,
    throttle: { ratePerSecond: 200, burst: 400 },
    requestsPerIpPerFiveMinutes: 2_000,
    console: { url: 'https://console.staging.plinth.example', certificateArn: undefined },
    operatorsEmail: 'operators@staging.plinth.example',
    mail: { domain: 'staging.plinth.example', from: 'no-reply@staging.plinth.example', verified: false },
    allowedOrigins: ['https://console.staging.plinth.example'],
    signInReturnUrls: ['https://console.staging.plinth.example/'],
  },
  prod: {
    ...shared,
    environment: 'prod',
    keepData: true,
    // Seven years, leap days included.
    auditArchive: { mode: 'compliance', days: 2_557 },
    database: {
      minimumCapacityUnits: 0.5,
      maximumCapacityUnits: 32,
      standby: true,
      proxy: true,
      backupRetentionDays: 35,
      adminSecretRotationDays: 30,
      connectionAlarm: 1_000,
    },
    releasesGradually: true,
    natGateways: 2,
    throttle: { ratePerSecond: 1_000, burst: 2_000 },
    requestsPerIpPerFiveMinutes: 2_000,
    console: { url: 'https://console.plinth.example', certificateArn: undefined },
    operatorsEmail: 'operators@plinth.example',
    mail: { domain: 'plinth.example', from: 'no-reply@plinth.example', verified: false },
    allowedOrigins: ['https://console.plinth.example'],
    signInReturnUrls: ['https://console.plinth.example/'],
  },
};

/**
 * The configuration of an environment; `dev` when none is named.
 * @throws Error naming the choices for an unknown name
 */
export function deploymentOf(name: string | undefined): Deployment {
  const chosen = environmentNames.find((one) => one === (name ?? 'dev'));
  if (chosen === undefined) {
    throw new Error(`There is no environment ${name}; choose one of ${environmentNames.join(', ')}.`);
  }
  return deployments[chosen];
}

/**
 * The residencies to deploy, from a comma list; all of them when none is named.
 * @throws Error naming the choices for an unknown one
 */
export function regionsOf(list: string | undefined): Region[] {
  const wanted = (list ?? regionNames.join()).split(',').map((part) => part.trim());
  const unknown = wanted.filter((one) => !regionNames.some((known) => known === one));
  if (unknown.length > 0) {
    throw new Error(`There is no region ${unknown.join(', ')}; choose among ${regionNames.join(', ')}.`);
  }
  return regionNames.filter((known) => wanted.includes(known));
}
