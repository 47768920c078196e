/** What the parts are told, read from the cell: identities of roles, environments, tables, queues, the pool. */
import { createHash } from 'node:crypto';
import type { Role } from './front/gate.ts';
import type { PoolSettings } from './parts/cognito/settings.ts';
import type { PolicyDocument } from './iam/policy.ts';
import type { SourceCluster } from './parts/rds/rds.ts';
import type { Cell, Facts, FunctionDefinition, Role as TemplateRole } from './template/readers.ts';
import { emailIdentities, ofType, rolePolicies, userPool } from './template/readers.ts';

/** The access key that stands for a role: what a function signs with tells the front who is calling. */
export function accessKeyOf(roleArn: string): string {
  return `LOCAL${createHash('sha256').update(roleArn).digest('hex').slice(0, 15).toUpperCase()}`;
}

/** Every role of the cell by its access key. */
export function rolesByAccessKey(cell: Cell): Map<string, Role> {
  return new Map(
    rolePolicies(cell).map((role) => [
      accessKeyOf(role.arn),
      { role: role.name, policies: policyDocuments(role) },
    ]),
  );
}

/** What a role may do, as documents to judge by. */
export function policyDocuments({ policies }: Pick<TemplateRole, 'policies'>): PolicyDocument[] {
  return policies.map(({ statements }) => ({ Version: '2012-10-17', Statement: statements }));
}

/** What the runtime adds to a function's own variables: where AWS is, and whose credentials it has. */
export function runtimeEnvironment(
  definition: FunctionDefinition,
  frontUrl: string,
  password: string | undefined,
): Record<string, string> {
  return {
    AWS_REGION: definition.region,
    AWS_DEFAULT_REGION: definition.region,
    AWS_ENDPOINT_URL: frontUrl,
    AWS_ACCESS_KEY_ID: accessKeyOf(definition.roleArn),
    AWS_SECRET_ACCESS_KEY: 'local',
    ...(password === undefined ? {} : { DATABASE_PASSWORD: password }),
  };
}

/** Physical names and resolved properties of all resources of a type. */
export function definitionsOf(
  cell: Cell,
  ...types: string[]
): { ref: string; name: string; properties: Record<string, unknown> }[] {
  return ofType(cell, ...types).map((resource) => ({
    ref: resource.ref,
    name: resource.ref.split('/').at(-1) ?? resource.ref,
    properties: resource.properties,
  }));
}

/**
 * The database administrator's secret as AWS completes it: the address and credentials of the database that
 * is really there.
 */
export function adminSecrets(cell: Cell): string[] {
  return ofType(cell, 'AWS::SecretsManager::SecretTargetAttachment').map((attachment) =>
    String(attachment.properties.SecretId),
  );
}

/** The database cluster of the template, as copies of it are asked for. */
export function sourceCluster(cell: Cell, { database }: Facts): SourceCluster {
  const [cluster] = ofType(cell, 'AWS::RDS::DBCluster');
  if (cluster === undefined) throw new Error('The template has no database cluster.');
  const { properties, attributes } = cluster;
  return {
    identifier: cluster.ref,
    arn: String(attributes.DBClusterArn),
    resourceId: String(attributes.DBClusterResourceId),
    engine: String(properties.Engine),
    subnetGroup: String(properties.DBSubnetGroupName),
    parameterGroup: String(properties.DBClusterParameterGroupName),
    securityGroups: texts(properties.VpcSecurityGroupIds),
    ...database,
  };
}

/** Whom Cognito's own mails come from. */
export function mailSender(cell: Cell): string {
  const identity = emailIdentities(cell)[0]?.identity ?? 'localhost';
  return identity.includes('@') ? identity : `no-reply@${identity}`;
}

/** What an identity sends with when a call does not say: AWS asks for leave to use that as well. */
export function configurationSetOf(cell: Cell, identity: string): string | undefined {
  return emailIdentities(cell).find((one) => one.identity === identity)?.configurationSet;
}

/** The user pool as the local Cognito wants to know it. */
export function poolSettings(cell: Cell): PoolSettings {
  const pool = userPool(cell);
  if (pool === undefined) throw new Error('The template has no user pool.');
  const policy = object(object(pool.properties.Policies).PasswordPolicy);
  return {
    poolId: pool.id,
    arn: pool.arn,
    region: pool.arn.split(':')[3] ?? '',
    passwordPolicy: {
      minimumLength: Number(policy.MinimumLength ?? 8),
      requireLowercase: policy.RequireLowercase === true,
      requireUppercase: policy.RequireUppercase === true,
      requireNumbers: policy.RequireNumbers === true,
      requireSymbols: policy.RequireSymbols === true,
    },
    mfa: mfaOf(pool.properties.MfaConfiguration),
    triggers: pool.triggers,
    groups: pool.groups,
    clients: pool.clients.map(({ id, properties }) => ({
      clientId: id,
      name: text(properties.ClientName) ?? id,
      callbackUrls: texts(properties.CallbackURLs),
      logoutUrls: texts(properties.LogoutURLs),
      scopes: texts(properties.AllowedOAuthScopes),
      accessTokenMinutes: minutes(properties, 'AccessToken', 60),
      idTokenMinutes: minutes(properties, 'IdToken', 60),
      refreshTokenDays: minutes(properties, 'RefreshToken', 30 * 24 * 60) / (24 * 60),
      authFlows: texts(properties.ExplicitAuthFlows),
      rotateRefreshTokens: object(properties.RefreshTokenRotation).Feature === 'ENABLED',
    })),
  };
}

/** Cognito's validities: a number in the unit named beside it, minutes where none is. */
function minutes(properties: Record<string, unknown>, token: string, whenUnset: number): number {
  const validity = properties[`${token}Validity`];
  if (validity === undefined) return whenUnset;
  const unit = text(object(properties.TokenValidityUnits)[token]) ?? 'minutes';
  const factor = { seconds: 1 / 60, minutes: 1, hours: 60, days: 24 * 60 }[unit];
  if (factor === undefined) throw new Error(`Cognito knows no token validity in ${unit}.`);
  return Number(validity) * factor;
}

function mfaOf(value: unknown): PoolSettings['mfa'] {
  return value === 'ON' || value === 'OPTIONAL' ? value : 'OFF';
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
