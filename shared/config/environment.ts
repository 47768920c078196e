/**
 * The environment, read once and in one place. Each section belongs to one dependency, so that a function
 * needs only the variables of what it uses; a missing one stops the function at its first use with its name.
 */

/** Where the database is and as whom to connect; `password` is set on a laptop only, AWS uses IAM tokens. */
export type DatabaseSettings = {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string | undefined;
  region: string;
  /** How long to wait for an answer; longer than the logins' own statement timeout of 10 s. */
  answerTimeoutMs: number;
  poolSize: number;
};

export const settings = {
  /** Name of the deployment: `dev`, `staging` or `prod`. */
  deployment: section(() => required('PLINTH_ENVIRONMENT')),
  region: section(() => required('AWS_REGION')),
  functionName: section(() => optional('AWS_LAMBDA_FUNCTION_NAME') ?? 'plinth'),
  /** Origins that browsers may call from; `*` is never among them. */
  allowedOrigins: section(() => (optional('ALLOWED_ORIGINS') ?? '').split(',').filter((part) => part !== '')),

  database: section((): DatabaseSettings => ({
    host: required('DATABASE_HOST'),
    port: Number(required('DATABASE_PORT')),
    database: required('DATABASE_NAME'),
    user: required('DATABASE_USER'),
    password: optional('DATABASE_PASSWORD'),
    region: required('AWS_REGION'),
    answerTimeoutMs: Number(optional('DATABASE_ANSWER_TIMEOUT_MS') ?? 15_000),
    // One Lambda instance serves one request at a time, so one connection is all it can use.
    poolSize: Number(optional('DATABASE_POOL_SIZE') ?? 1),
  })),
  /** ARN of the secret that holds the database administrator, for the migration function only. */
  databaseAdminSecret: section(() => required('DATABASE_SECRET_ARN')),

  /** The database may be one that only reads, until the region that it follows is gone. */
  databaseMayFollow: section(() => optional('DATABASE_MAY_FOLLOW') === 'on'),

  /** Where Amazon RDS is called. */
  rdsUrl: section(
    () =>
      optional('AWS_ENDPOINT_URL_RDS') ??
      optional('AWS_ENDPOINT_URL') ??
      `https://rds.${required('AWS_REGION')}.amazonaws.com`,
  ),
  /** The cluster that copies are made of, and what their names begin with. */
  clusterCopies: section(() => ({
    source: required('DATABASE_CLUSTER'),
    prefix: required('DATABASE_COPY_PREFIX'),
  })),

  /**
   * A cell that follows another one of its residency: the database over both, what asks whether the other cell works
   * (absent where it has no name of its own), and where this one and the name that people know are reached.
   */
  failover: section(() => ({
    residency: required('FAILOVER_RESIDENCY'),
    cell: required('FAILOVER_CELL'),
    globalCluster: required('FAILOVER_GLOBAL_CLUSTER'),
    clusterArn: required('FAILOVER_CLUSTER_ARN'),
    primaryUrl: optional('FAILOVER_PRIMARY_URL'),
    apiUrl: required('FAILOVER_API_URL'),
    publicUrl: optional('FAILOVER_PUBLIC_URL'),
    schemaVersion: Number(required('FAILOVER_SCHEMA_VERSION')),
  })),

  cognito: section(() => ({
    userPoolId: required('USER_POOL_ID'),
    clientIds: required('USER_POOL_CLIENT_IDS').split(','),
    /** Where to fetch signing keys from when it is not AWS. */
    endpoint: optional('AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER') ?? optional('AWS_ENDPOINT_URL'),
  })),

  /** The sign-in pages: their address, the client that signs in there, and where it may return to. */
  signIn: section(() => ({
    url: required('SIGN_IN_URL'),
    clientId: required('SIGN_IN_CLIENT_ID'),
    returnUrls: required('SIGN_IN_RETURN_URLS').split(','),
  })),

  /** Lambda sets the header anew for each invocation, so it is never kept. */
  trace: () => ({ header: optional('_X_AMZN_TRACE_ID'), daemon: optional('AWS_XRAY_DAEMON_ADDRESS') }),

  gateTable: section(() => required('GATE_TABLE')),
  outboxQueueUrl: section(() => required('OUTBOX_QUEUE_URL')),
  eventBusName: section(() => required('EVENT_BUS_NAME')),
  /** Queue URL of each module that has jobs, as JSON `{ "<module>": "<url>" }`. */
  jobQueueUrls: section(() => JSON.parse(required('JOB_QUEUE_URLS')) as Record<string, string>),
  /** ARN of the state machine of each workflow, as JSON `{ "<module>.<verb>": "<arn>" }`. */
  workflowArns: section(() => JSON.parse(optional('WORKFLOW_ARNS') ?? '{}') as Record<string, string>),
  /** The bucket with tenants' objects, each below `tenants/<tenant>/`. */
  filesBucket: section(() => required('TENANT_FILES_BUCKET')),
  /** The bucket that keeps the chains of audit trails, locked. */
  auditArchiveBucket: section(() => required('AUDIT_ARCHIVE_BUCKET')),
  mail: section(() => ({ from: required('MAIL_FROM'), consoleUrl: required('CONSOLE_URL') })),
  linkSecretArn: section(() => required('LINK_SECRET_ARN')),
  /** What the keys of backups come from. */
  backupSecretArn: section(() => required('BACKUP_SECRET_ARN')),

  /** On which channels one-time codes are sent here. */
  codeChannels: section(() => (optional('CODE_CHANNELS') ?? '').split(',')),
  /** ARN of the pool, number or sender id that text messages come from. */
  smsOrigin: section(() => required('SMS_ORIGIN_ARN')),
  /** Where WhatsApp messages come from, and the approved template that carries a code. */
  whatsApp: section(() => ({
    origin: required('WHATSAPP_ORIGIN_ARN'),
    template: required('WHATSAPP_CODE_TEMPLATE'),
    language: required('WHATSAPP_LANGUAGE'),
  })),
  /**
   * Who answers calls of models: names or ARNs of the secrets that hold providers' keys, as JSON
   * `{ "anthropic": "<name>" }`, whether Bedrock may be called, and what stands in for all of them on a laptop.
   */
  models: section(() => ({
    keySecrets: JSON.parse(optional('MODEL_KEY_SECRETS') ?? '{}') as { anthropic?: string; openai?: string },
    bedrock: optional('MODEL_BEDROCK') === 'on',
    standIn: optional('MODEL_STAND_IN_URL'),
  })),
  /** What the canary visits, and the secret with the API key that it reads with. */
  canary: section(() => ({
    apiUrl: required('CANARY_API_URL'),
    keySecretArn: required('CANARY_KEY_SECRET_ARN'),
  })),
  /** The API whose metrics are read. */
  watchedApi: section(() => ({ name: required('WATCHED_API_NAME'), stage: required('WATCHED_API_STAGE') })),
  /** Who operates the platform: the weekly pulse goes there. */
  operatorsEmail: section(() => required('OPERATORS_EMAIL')),
  /** Where errors that nobody expected are told: `https://<key>@<host>/<project>`. */
  errorTracking: section(() => optional('ERROR_TRACKING_DSN')),
  /** Queue for what triggers of the user pool notice. */
  signalQueueUrl: section(() => required('SIGNAL_QUEUE_URL')),
  /** Name servers to ask instead of the system's, each with its port: `127.0.0.1:5353`. */
  nameServers: section(() => (optional('NAME_SERVERS') ?? '').split(',').filter((part) => part !== '')),
};

function section<T>(read: () => T): () => T {
  let value: { read: T } | undefined;
  return () => (value ??= { read: read() }).read;
}

function optional(name: string): string | undefined {
  const value = process.env[name];
  return value === '' ? undefined : value;
}

function required(name: string): string {
  const value = optional(name);
  if (value === undefined) throw new Error(`The environment variable ${name} is not set.`);
  return value;
}
