/**
 * Who signs in to a cell, and who it sends mail as.
 */
import { ofType, type Cell, type ResolvedResource } from './cell.ts';
import { propertiesOf } from './properties.ts';

/** A Cognito user pool with everything that belongs to it; properties are CloudFormation's. */
export type UserPool = {
  logicalId: string;
  id: string;
  arn: string;
  properties: Record<string, unknown>;
  /** Function ARN by trigger, e.g. `PreTokenGeneration`. */
  triggers: Record<string, string>;
  clients: { logicalId: string; id: string; secret?: string; properties: Record<string, unknown> }[];
  domain?: string;
  groups: string[];
  resourceServers: { identifier: string; scopes: string[] }[];
  identityProviders: Record<string, unknown>[];
};

/** An address or domain that may send mail. */
export type EmailIdentity = { identity: string; configurationSet?: string };

/** The cell's user pool, if it has one; two are an error. */
export function userPool(cell: Cell): UserPool | undefined {
  const [pool, second] = ofType(cell, 'AWS::Cognito::UserPool');
  if (second !== undefined) throw new Error('A cell has one user pool; the template has more.');
  if (pool === undefined) return undefined;
  const belonging = (type: string): ResolvedResource[] =>
    ofType(cell, type).filter((resource) => resource.properties.UserPoolId === pool.ref);
  const domain = belonging('AWS::Cognito::UserPoolDomain')[0]?.ref;
  return {
    logicalId: pool.logicalId,
    id: pool.ref,
    arn: String(pool.attributes.Arn),
    properties: pool.properties,
    triggers: triggersOf(pool),
    clients: belonging('AWS::Cognito::UserPoolClient').map((client) => ({
      logicalId: client.logicalId,
      id: client.ref,
      properties: client.properties,
      ...(propertiesOf(client).flag('GenerateSecret')
        ? { secret: String(client.attributes.ClientSecret) }
        : {}),
    })),
    groups: belonging('AWS::Cognito::UserPoolGroup').map((group) => group.ref),
    resourceServers: belonging('AWS::Cognito::UserPoolResourceServer').map((server) => ({
      identifier: server.ref,
      scopes: propertiesOf(server)
        .objects('Scopes')
        .map((scope) => scope.needText('ScopeName')),
    })),
    identityProviders: belonging('AWS::Cognito::UserPoolIdentityProvider').map(
      (provider) => provider.properties,
    ),
    ...(domain === undefined ? {} : { domain }),
  };
}

export function emailIdentities(cell: Cell): EmailIdentity[] {
  return ofType(cell, 'AWS::SES::EmailIdentity').map((resource) => {
    const attributes = propertiesOf(resource).object('ConfigurationSetAttributes');
    const configurationSet = attributes?.text('ConfigurationSetName');
    return { identity: resource.ref, ...(configurationSet === undefined ? {} : { configurationSet }) };
  });
}

/** The pool's Lambda triggers; the newer `…Config` form names its function inside an object. */
function triggersOf(pool: ResolvedResource): Record<string, string> {
  const triggers: Record<string, string> = {};
  for (const [name, value] of Object.entries(propertiesOf(pool).object('LambdaConfig')?.raw ?? {})) {
    if (typeof value === 'string' && value.startsWith('arn:aws:lambda:')) triggers[name] ??= value;
    const arn = (value as { LambdaArn?: unknown } | null)?.LambdaArn;
    if (typeof arn === 'string') triggers[name.replace(/Config$/, '')] = arn;
  }
  return triggers;
}
