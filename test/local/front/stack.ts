/** A front with every part that it needs, on free ports and a temporary state folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PolicyDocument } from '#local/iam/policy.ts';
import { type Decision, type Front, startFront } from '#local/front/front.ts';
import type { FrontOptions } from '#local/front/options.ts';
import { type DynamoDb, startDynamoDb } from '#local/parts/dynamodb/dynamodb.ts';
import { type MailPart, startMail } from '#local/parts/mail/mail.ts';
import { type Queues, startQueues } from '#local/parts/queues/queues.ts';
import { type Secrets, startSecrets } from '#local/parts/secrets/secrets.ts';

export const region = 'us-east-1';
export const accountId = '000000000000';

export type Stack = {
  state: string;
  front: Front;
  dynamodb: DynamoDb;
  queues: Queues;
  mail: MailPart;
  secrets: Secrets;
  decisions: Decision[];
  lines: string[];
  /** Client settings of a caller, whose role is `Caller` with exactly these statements. */
  as(statements: PolicyDocument['Statement']): ClientSettings;
  /** Changes what that caller may do. */
  grant(settings: ClientSettings, statements: PolicyDocument['Statement']): void;
  stop(options?: { keepState: boolean }): Promise<void>;
};

export type ClientSettings = {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  maxAttempts: number;
};

export function temporaryState(): string {
  return mkdtempSync(join(tmpdir(), 'plinth-front-'));
}

export async function startStack(
  state = temporaryState(),
  more: Partial<Pick<FrontOptions, 'invoke' | 'jwks' | 'configurationSet'>> & {
    handlers?: FrontOptions['parts']['handlers'];
    modelsPort?: number;
  } = {},
): Promise<Stack> {
  const lines: string[] = [];
  const decisions: Decision[] = [];
  const log = (line: string) => void lines.push(line);
  const [dynamodb, queues] = await Promise.all([
    startDynamoDb({ state, region, accountId, log }),
    startQueues({ state, region, log }),
  ]);
  const mail = startMail({ state, region, identities: ['example.com'] });
  const secrets = startSecrets({ state, region, accountId });
  const { handlers = {}, modelsPort, ...rest } = more;
  const front = await startFront({
    port: 0,
    region,
    accountId,
    roles: new Map(),
    parts: {
      dynamodbPort: dynamodb.port,
      queuesPort: queues.port,
      ...(modelsPort === undefined ? {} : { modelsPort }),
      handlers: { ses: mail.handler, secretsmanager: secrets.handler, ...handlers },
    },
    partitionKey: (table) => dynamodb.partitionKey(table),
    secretArn: (id) => secrets.secretArn(id),
    isMailIdentity: (address) => mail.isMailIdentity(address),
    onDecision: (decision) => void decisions.push(decision),
    log,
    ...rest,
  });

  const roles = new Map<string, { role: string; policies: PolicyDocument[] }>();
  const grant: Stack['grant'] = (settings, Statement) => {
    roles.set(settings.credentials.accessKeyId, {
      role: 'Caller',
      policies: [{ Version: '2012-10-17', Statement }],
    });
    front.setRoles(roles);
  };
  return {
    state,
    front,
    dynamodb,
    queues,
    mail,
    secrets,
    decisions,
    lines,
    grant,
    as: (statements) => {
      const settings = settingsFor(front, `LOCAL${roles.size}`);
      grant(settings, statements);
      return settings;
    },
    stop: async ({ keepState } = { keepState: false }) => {
      await front.stop();
      await Promise.all([dynamodb.stop(), queues.stop(), mail.stop(), secrets.stop()]);
      if (!keepState) rmSync(state, { recursive: true, force: true });
    },
  };
}

export function settingsFor(front: Front, accessKeyId: string): ClientSettings {
  return {
    endpoint: front.url,
    region,
    credentials: { accessKeyId, secretAccessKey: 'local' },
    // A refusal must be seen the first time, not after the SDK's retries.
    maxAttempts: 1,
  };
}

export const tableProperties = {
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  TimeToLiveSpecification: { Enabled: true, AttributeName: 'ttl' },
};
