/**
 * Secrets Manager on a laptop: values in one sqlite file that only this user can read. What the template generates
 * is generated once and kept, as on AWS.
 */
import { createHash, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore, partFolder } from '../../state.ts';
import { AwsError, type PartHandler, type Running } from '../contract.ts';
import { initialValue } from './generate.ts';
import { SECRET_SCHEMA, type SecretRow, secretRows } from './rows.ts';

/** A secret of the template: its physical name, its ARN when known, and its `AWS::SecretsManager::Secret` properties. */
export type SecretDefinition = { name: string; arn?: string; properties: Record<string, unknown> };

export type Secrets = Running & {
  handler: PartHandler;
  ensureSecrets(definitions: readonly SecretDefinition[]): void;
  /** The ARN of a secret by name, ARN, or ARN without its random suffix. */
  secretArn(idOrName: string): string | undefined;
  /** The current value, for the runtime itself. */
  currentValue(idOrName: string): string | undefined;
};

const MAX_BYTES = 65_536;

/** Starts Secrets Manager on `<state>/secrets`. */
export function startSecrets(options: { state: string; region: string; accountId: string }): Secrets {
  // Created before sqlite opens it: its journal files inherit the mode.
  writeFileSync(join(partFolder(options.state, 'secrets'), 'secrets.sqlite'), '', { mode: 0o600, flag: 'a' });
  const store = openStore(options.state, 'secrets', SECRET_SCHEMA);
  const rows = secretRows(store);

  const arnOf = (name: string) => {
    const suffix = createHash('sha256').update(name).digest('base64url').replace(/[-_]/g, 'x').slice(0, 6);
    return `arn:aws:secretsmanager:${options.region}:${options.accountId}:secret:${name}-${suffix}`;
  };
  const required = (body: Record<string, unknown>): SecretRow => {
    const found = rows.find(String(body.SecretId));
    if (found !== undefined) return found;
    throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  };

  const actions: Record<string, (body: Record<string, unknown>) => unknown> = {
    CreateSecret: (body) => {
      const name = String(body.Name);
      if (rows.find(name) !== undefined) {
        throw new AwsError(
          'ResourceExistsException',
          `The operation failed because the secret ${name} already exists.`,
        );
      }
      const arn = arnOf(name);
      rows.create({ name, arn, description: text(body.Description), createdMs: Date.now() });
      if (body.SecretString === undefined && body.SecretBinary === undefined) return { ARN: arn, Name: name };
      return { ARN: arn, Name: name, VersionId: put(arn, body) };
    },
    GetSecretValue: (body) => {
      const secret = required(body);
      const stage = text(body.VersionStage) || 'AWSCURRENT';
      const version = rows
        .versions(secret.arn)
        .find((one) =>
          body.VersionId === undefined ? one.stages.includes(stage) : one.id === body.VersionId,
        );
      if (version === undefined) {
        throw new AwsError(
          'ResourceNotFoundException',
          `Secrets Manager can't find the specified secret value for staging label: ${stage}`,
        );
      }
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: version.id,
        VersionStages: version.stages,
        CreatedDate: version.createdMs / 1000,
        ...(version.text === null ? { SecretBinary: version.binary } : { SecretString: version.text }),
      };
    },
    PutSecretValue: (body) => {
      const secret = required(body);
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: put(secret.arn, body),
        VersionStages: ['AWSCURRENT'],
      };
    },
    DescribeSecret: (body) => describe(required(body)),
    ListSecrets: () => ({ SecretList: rows.all().map(describe) }),
  };

  function put(arn: string, body: Record<string, unknown>): string {
    const text = typeof body.SecretString === 'string' ? body.SecretString : null;
    const binary = typeof body.SecretBinary === 'string' ? body.SecretBinary : null;
    if ((text === null) === (binary === null)) {
      throw new AwsError(
        'InvalidParameterException',
        'You must provide either SecretString or SecretBinary.',
      );
    }
    if (Buffer.byteLength(text ?? binary ?? '') > MAX_BYTES) {
      throw new AwsError('InvalidParameterException', `A secret value is at most ${MAX_BYTES} bytes.`);
    }
    const stages = body.VersionStages;
    if (stages !== undefined && JSON.stringify(stages) !== '["AWSCURRENT"]') {
      throw new AwsError(
        'NotImplementedException',
        'The local Secrets Manager keeps AWSCURRENT and AWSPREVIOUS only',
        501,
      );
    }
    const id = typeof body.ClientRequestToken === 'string' ? body.ClientRequestToken : randomUUID();
    rows.putCurrent(arn, { id, text, binary, createdMs: Date.now() });
    return id;
  }

  function describe(secret: SecretRow): Record<string, unknown> {
    const versions = rows.versions(secret.arn);
    return {
      ARN: secret.arn,
      Name: secret.name,
      Description: secret.description,
      CreatedDate: secret.createdMs / 1000,
      LastChangedDate: (versions[0]?.createdMs ?? secret.createdMs) / 1000,
      VersionIdsToStages: Object.fromEntries(versions.map((version) => [version.id, version.stages])),
    };
  }

  return {
    handler: async ({ action, body }) => {
      const act = actions[action];
      if (act === undefined) {
        throw new AwsError(
          'NotImplementedException',
          `The local Secrets Manager does not implement ${action}`,
          501,
        );
      }
      return { status: 200, body: act(body) };
    },
    ensureSecrets: (definitions) => {
      for (const { name, arn = arnOf(name), properties } of definitions) {
        const existing = rows.find(name);
        if (existing === undefined) {
          rows.create({
            name,
            arn,
            description: text(properties.Description),
            createdMs: Date.now(),
          });
        } else if (existing.arn !== arn) {
          rows.rename(existing.arn, arn);
        }
        const value = rows.versions(arn).length === 0 ? initialValue(properties) : undefined;
        if (value !== undefined) put(arn, { SecretString: value });
      }
    },
    secretArn: (idOrName) => rows.find(idOrName)?.arn,
    currentValue: (idOrName) => {
      const secret = rows.find(idOrName);
      if (secret === undefined) return undefined;
      return (
        rows.versions(secret.arn).find((version) => version.stages.includes('AWSCURRENT'))?.text ?? undefined
      );
    },
    stop: async () => store.close(),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
