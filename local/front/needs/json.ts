/** Which IAM actions the services that answer JSON themselves need. An action that is missing here is refused with 501. */
import { type Body, type Need, type Place, arn, objects, text } from './need.ts';

/** The needs of a call; `undefined` for an action of which the resources are not known here. */
export function jsonNeeds(place: Place, service: string, action: string, body: Body): Need[] | undefined {
  const resources = RESOURCES[service]?.(place, action, body);
  return resources?.map((one) =>
    typeof one === 'string' ? { action: `${service}:${action}`, resource: one } : one,
  );
}

/**
 * Cognito actions that prove themselves by a token or a password. The SDK signs them all the same when it has
 * credentials, and AWS evaluates no policy for them.
 */
export function needsNoCredentials(service: string, action: string): boolean {
  return service === 'cognito-idp' && PUBLIC_COGNITO.has(action);
}

type Resources = (place: Place, action: string, body: Body) => (string | Need)[] | undefined;

const RESOURCES: Record<string, Resources> = {
  secretsmanager: (place, action, body) => {
    if (action === 'ListSecrets' || action === 'GetRandomPassword') return ['*'];
    const id = text(body, 'SecretId') || text(body, 'Name');
    if (id === '') return undefined;
    const known = place.secretArn?.(id) ?? (id.startsWith('arn:') ? id : undefined);
    return [known ?? arn(place, 'secretsmanager', `secret:${id}`)];
  },
  events: (place, action, body) => {
    if (action !== 'PutEvents') return undefined;
    return objects(body.Entries).map((entry) => {
      const bus = text(entry, 'EventBusName') || 'default';
      return {
        action: 'events:PutEvents',
        resource: bus.startsWith('arn:') ? bus : arn(place, 'events', `event-bus/${bus}`),
        context: { 'events:source': text(entry, 'Source'), 'events:detail-type': text(entry, 'DetailType') },
      };
    });
  },
  states: (_place, action, body) => {
    // A task token names no resource, and on AWS these actions are granted on the state machine or on everything.
    if (action.startsWith('SendTask') || action === 'ListStateMachines') return ['*'];
    const resource = text(body, 'stateMachineArn') || text(body, 'executionArn') || text(body, 'resourceArn');
    return resource === '' ? undefined : [resource];
  },
  'cognito-idp': (place, action, body) => {
    if (action === 'ListUserPools' || action === 'CreateUserPool') return ['*'];
    const pool = text(body, 'UserPoolId');
    return pool === '' ? undefined : [arn(place, 'cognito-idp', `userpool/${pool}`)];
  },
  kms: (place, _action, body) => {
    const key = text(body, 'KeyId');
    if (key === '') return ['*'];
    return [key.startsWith('arn:') ? key : arn(place, 'kms', key.startsWith('alias/') ? key : `key/${key}`)];
  },
  ssm: (place, _action, body) => {
    const names = [body.Name, body.Path, ...((body.Names ?? []) as unknown[])].filter(
      (one) => typeof one === 'string',
    );
    return names.length === 0
      ? undefined
      : names.map((name) => arn(place, 'ssm', `parameter/${name.replace(/^\//, '')}`));
  },
  // Judged by what the message comes from; without one AWS would choose, and ask for all of them.
  'sms-voice': (place, action, body) => {
    if (action !== 'SendTextMessage') return undefined;
    const origin = text(body, 'OriginationIdentity');
    if (origin === '') return ['*'];
    if (origin.startsWith('arn:')) return [origin];
    const kind = ['pool', 'phone'].find((prefix) => origin.startsWith(`${prefix}-`));
    const resource = { pool: 'pool', phone: 'phone-number' }[kind ?? ''] ?? 'sender-id';
    return [arn(place, 'sms-voice', `${resource}/${origin}`)];
  },
  // Metrics have no ARN: AWS grants reading them on everything.
  monitoring: (_place, action) =>
    action === 'GetMetricData' ? [{ action: 'cloudwatch:GetMetricData', resource: '*' }] : undefined,
  xray: () => ['*'],
};

const PUBLIC_COGNITO = new Set([
  'AssociateSoftwareToken',
  'ChangePassword',
  'ConfirmDevice',
  'ConfirmForgotPassword',
  'ConfirmSignUp',
  'DeleteUser',
  'DeleteUserAttributes',
  'ForgetDevice',
  'ForgotPassword',
  'GetDevice',
  'GetTokensFromRefreshToken',
  'GetUser',
  'GetUserAttributeVerificationCode',
  'GlobalSignOut',
  'InitiateAuth',
  'ListDevices',
  'ResendConfirmationCode',
  'RespondToAuthChallenge',
  'RevokeToken',
  'SetUserMFAPreference',
  'SetUserSettings',
  'SignUp',
  'UpdateDeviceStatus',
  'UpdateUserAttributes',
  'VerifySoftwareToken',
  'VerifyUserAttribute',
]);
