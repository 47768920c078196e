/**
 * One function for each thing a Lambda function may need. Each sets the environment that `shared/config` reads
 * and makes the narrowest grant that serves it, so that the two cannot drift apart.
 */
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { bedrockProfiles } from '#shared/config/models.ts';
import type { DatabaseRole, FileAccess, Module } from '#shared/contract/module.ts';
import { accept } from './accept.ts';
import { cellOf } from './cell-stack.ts';
import type { KernelFunction } from './kernel-function.ts';
import type { Workflow } from './workflow.ts';

/** The certificate bundle of the Lambda runtime that knows RDS; Node does not load it by itself. */
const lambdaCertificates = '/var/runtime/ca-cert.pem';

/** Where functions connect to: the proxy where there is one, else the cluster. */
export type DatabaseAddress = {
  host: string;
  port: string;
  name: string;
  /** The cluster presents a certificate of RDS' own authority; the proxy one that Node trusts. */
  ownAuthority: boolean;
  grantConnect(grantee: IGrantable, login: DatabaseRole): unknown;
};

/**
 * Connects as one login, and no other. Who may connect to every copy of the cluster may connect to the cluster as well,
 * where no proxy stands before it: they differ by an id that RDS gives.
 */
export function connectDatabase(
  fn: KernelFunction,
  database: DatabaseAddress,
  login: DatabaseRole,
  { copies = false } = {},
): void {
  set(fn, {
    DATABASE_HOST: database.host,
    DATABASE_PORT: database.port,
    DATABASE_NAME: database.name,
    DATABASE_USER: login,
  });
  if (database.ownAuthority) trustDatabaseAuthority(fn);
  if (!copies || !database.ownAuthority) database.grantConnect(fn.lambda, login);
}

/** Verifies certificates that RDS issued itself. */
export function trustDatabaseAuthority(fn: KernelFunction): void {
  set(fn, { NODE_EXTRA_CA_CERTS: lambdaCertificates });
}

/** Reads and runs the deployment's administrator secret; for migrations only. */
export function administerDatabase(fn: KernelFunction, secret: ISecret): void {
  set(fn, { DATABASE_SECRET_ARN: secret.secretArn });
  readSecret(fn, secret);
  trustDatabaseAuthority(fn);
}

/** Counts and checks calls in the gate table; public calls are counted by the firewall alone. */
export function passGate(fn: KernelFunction, table: ITable, { contract, needs }: Module): void {
  set(fn, { GATE_TABLE: table.tableName });
  const counts = Object.values(contract).some(({ rate }) => rate !== 'public');
  if (counts) table.grant(fn.lambda, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
  else if (needs.readsGate === true) table.grant(fn.lambda, 'dynamodb:GetItem');
}

/** A worker writes the gate table as well, and where it counts, looks why it was refused. */
export function useGate(fn: KernelFunction, table: ITable, how: 'counts' | 'publishes' = 'counts'): void {
  set(fn, { GATE_TABLE: table.tableName });
  table.grant(fn.lambda, 'dynamodb:UpdateItem');
  if (how === 'counts') table.grant(fn.lambda, 'dynamodb:GetItem');
}

/** Counts attempts to sign in, in the gate table's items for that and no others. */
export function countSignIns(fn: KernelFunction, table: ITable): void {
  set(fn, { GATE_TABLE: table.tableName });
  fn.lambda.addToRolePolicy(
    new PolicyStatement({
      sid: 'CountSignIns',
      actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      resources: [table.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['L#*'] } },
    }),
  );
}

/** Tells a worker what was noticed where there is no database. */
export function signal(fn: KernelFunction, queue: IQueue): void {
  set(fn, { SIGNAL_QUEUE_URL: queue.queueUrl });
  queue.grant(fn.lambda, 'sqs:SendMessage');
}

/** Wakes the dispatcher after a commit; who publishes nothing never does, and may not. */
export function wakeDispatcher(fn: KernelFunction, outbox: IQueue, publishes: boolean): void {
  set(fn, { OUTBOX_QUEUE_URL: outbox.queueUrl });
  if (publishes) outbox.grant(fn.lambda, 'sqs:SendMessage');
}

/** Whether operations of a module may leave something in the outbox: they can only publish what it declares. */
export function publishes({ events, jobs, workflows, needs }: Module): boolean {
  if (needs.publishedByOthers === true) return false;
  return [events, jobs, workflows].some((declared) => Object.keys(declared).length > 0);
}

/** Sends what is in the outbox: jobs to their queues, events to the bus; and starts workflows. */
export function dispatchOutbox(
  fn: KernelFunction,
  bus: IEventBus,
  queues: ReadonlyMap<string, IQueue>,
  workflows: readonly Workflow[],
): void {
  const arns = workflows.map(({ workflow, machine }) => [workflow.name, machine.stateMachineArn] as const);
  set(fn, { WORKFLOW_ARNS: cellOf(fn).toJsonString(Object.fromEntries(arns)) });
  for (const { machine } of workflows) machine.grantStartExecution(fn.lambda);
  const urls = Object.fromEntries([...queues].map(([module, queue]) => [module, queue.queueUrl]));
  set(fn, { EVENT_BUS_NAME: bus.eventBusName, JOB_QUEUE_URLS: cellOf(fn).toJsonString(urls) });
  bus.grantPutEventsTo(fn.lambda);
  for (const queue of queues.values()) queue.grant(fn.lambda, 'sqs:SendMessage');
}

/** Verifies access tokens; the keys are public, so there is nothing to grant. */
export function verifyTokens(fn: KernelFunction, pool: { userPoolId: string; clientIds: string[] }): void {
  set(fn, { USER_POOL_ID: pool.userPoolId, USER_POOL_CLIENT_IDS: pool.clientIds.join(',') });
}

/** Exchanges codes and refresh tokens at the sign-in pages, which are open to everybody: nothing to grant. */
export function signInPeople(fn: KernelFunction, pages: { url: string; clientId: string }): void {
  const { signInReturnUrls } = cellOf(fn).facts.deployment;
  set(fn, {
    SIGN_IN_URL: pages.url,
    SIGN_IN_CLIENT_ID: pages.clientId,
    SIGN_IN_RETURN_URLS: signInReturnUrls.join(','),
  });
}

/** Answers browsers of the configured origins. */
export function answerBrowsers(fn: KernelFunction): void {
  set(fn, { ALLOWED_ORIGINS: cellOf(fn).facts.deployment.allowedOrigins.join(',') });
}

/** Signs and verifies links. */
export function signLinks(fn: KernelFunction, secret: ISecret): void {
  set(fn, { LINK_SECRET_ARN: secret.secretArn });
  readSecret(fn, secret);
}

/** Makes the keys of backups. */
export function sealBackups(fn: KernelFunction, secret: ISecret): void {
  set(fn, { BACKUP_SECRET_ARN: secret.secretArn });
  readSecret(fn, secret);
}

/** Calls models: with the providers' keys, and on Bedrock those that the catalogue names and no other. */
export function callModels(fn: KernelFunction, keys: ReadonlyMap<string, ISecret>): void {
  const cell = cellOf(fn);
  const { bedrock } = cell.facts.deployment.models;
  const names = Object.fromEntries([...keys].map(([provider, { secretArn }]) => [provider, secretArn]));
  set(fn, { MODEL_KEY_SECRETS: cell.toJsonString(names), MODEL_BEDROCK: bedrock ? 'on' : 'off' });
  for (const secret of keys.values()) readSecret(fn, secret);
  if (bedrock) invokeOnBedrock(fn);
}

const fileActions: Readonly<Record<FileAccess, readonly string[]>> = {
  read: ['s3:GetObject'],
  write: ['s3:PutObject', 's3:AbortMultipartUpload'],
  // With its version, or what was removed would be kept for as long as earlier versions are.
  remove: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
  list: ['s3:ListBucket'],
};

/** The bucket of tenants' objects, as other stacks know it. */
export type TenantFiles = { name: string; arn: string; exportName: string };

/** Works with tenants' objects, below the prefixes that the module names and nowhere else. */
export function keepFiles(
  fn: KernelFunction,
  files: TenantFiles,
  { needs }: Module,
  who: 'operations' | 'steps',
): void {
  for (const { prefix, [who]: accesses = [] } of needs.files ?? []) {
    if (accesses.length === 0) continue;
    set(fn, { TENANT_FILES_BUCKET: files.name });
    const below = `tenants/*/${prefix}/*`;
    for (const access of accesses) {
      fn.lambda.addToRolePolicy(
        access === 'list'
          ? new PolicyStatement({
              actions: [...fileActions.list],
              resources: [files.arn],
              conditions: { StringLike: { 's3:prefix': below } },
            })
          : new PolicyStatement({
              actions: [...fileActions[access]],
              resources: [`${files.arn}/${below}`],
            }),
      );
    }
    accept(fn, {
      [`IAM5[Resource::${files.exportName}/${below}]`]:
        'Tenants and their objects come and go; the prefix is this module’s own, and the tenant is the transaction’s.',
    });
  }
}

/** Sends e-mail from the deployment's one address. */
export function sendMail(fn: KernelFunction, identityArns: string[]): void {
  const { mail, console } = cellOf(fn).facts.deployment;
  set(fn, { MAIL_FROM: mail.from, CONSOLE_URL: console.url });
  fn.lambda.addToRolePolicy(
    new PolicyStatement({
      sid: 'SendMail',
      actions: ['ses:SendEmail'],
      resources: identityArns,
      conditions: { StringEquals: { 'ses:FromAddress': mail.from } },
    }),
  );
}

/** Knows on which channels codes are sent. */
export function offerChannels(fn: KernelFunction): void {
  set(fn, { CODE_CHANNELS: cellOf(fn).facts.deployment.codes.channels.join(',') });
}

/** Sends text and WhatsApp messages, each from the deployment's one origin. */
export function sendToPhones(fn: KernelFunction): void {
  const cell = cellOf(fn);
  const { smsOrigin, whatsApp } = cell.facts.deployment.codes;
  const [resource = '', resourceName = ''] = smsOrigin.split(/\/(.*)/);
  const smsArn = cell.formatArn({ service: 'sms-voice', resource, resourceName });
  const whatsAppArn = cell.formatArn({
    service: 'social-messaging',
    resource: 'phone-number-id',
    resourceName: whatsApp.phoneNumberId,
  });
  set(fn, {
    SMS_ORIGIN_ARN: smsArn,
    WHATSAPP_ORIGIN_ARN: whatsAppArn,
    WHATSAPP_CODE_TEMPLATE: whatsApp.template,
    WHATSAPP_LANGUAGE: whatsApp.language,
  });
  const send: [action: string, arn: string][] = [
    ['sms-voice:SendTextMessage', smsArn],
    ['social-messaging:SendWhatsAppMessage', whatsAppArn],
  ];
  for (const [action, arn] of send) {
    fn.lambda.addToRolePolicy(new PolicyStatement({ actions: [action], resources: [arn] }));
  }
}

const invokeActions = ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'];

/** A profile spreads calls over the regions of its geography: it is called, and through it the model in each. */
function invokeOnBedrock(fn: KernelFunction): void {
  const cell = cellOf(fn);
  for (const profile of bedrockProfiles(cell.region)) {
    const [geography = '', ...model] = profile.split('.');
    const profileArn = cell.formatArn({
      ...{ service: 'bedrock', resource: 'inference-profile', resourceName: profile },
    });
    const modelArn = cell.formatArn({
      ...{ service: 'bedrock', region: `${geography}-*`, account: '' },
      ...{ resource: 'foundation-model', resourceName: model.join('.') },
    });
    const through = { ArnEquals: { 'bedrock:InferenceProfileArn': profileArn } };
    const grants = [{ resources: [profileArn] }, { resources: [modelArn], conditions: through }];
    for (const grant of grants) {
      fn.lambda.addToRolePolicy(new PolicyStatement({ actions: invokeActions, ...grant }));
    }
    accept(fn, {
      [`IAM5[Resource::${modelArn}]`]:
        'AWS decides in which region of its geography a profile is answered; this one model, and through the profile only.',
    });
  }
}

function readSecret(fn: KernelFunction, secret: ISecret): void {
  fn.lambda.addToRolePolicy(
    new PolicyStatement({
      actions: ['secretsmanager:GetSecretValue'],
      // Known by its name alone, it has six more characters that AWS made.
      resources: [secret.secretFullArn ?? `${secret.secretArn}-??????`],
    }),
  );
}

function set(fn: KernelFunction, variables: Record<string, string>): void {
  for (const [name, value] of Object.entries(variables)) fn.lambda.addEnvironment(name, value);
}
