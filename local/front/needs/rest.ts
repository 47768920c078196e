/** The REST-JSON services: which action a method and path mean, and what that action needs. */
import { type Body, type Need, type Place, arn, text } from './need.ts';

export type RestCall = { action: string; needs: Need[]; body: Body };

type Route = { method: string; path: RegExp; action: string; service: string };

const ROUTES: Route[] = [
  { service: 'ses', method: 'POST', path: /^\/v2\/email\/outbound-emails$/, action: 'SendEmail' },
  { service: 'scheduler', method: 'POST', path: /^\/schedules\/(?<Name>[^/]+)$/, action: 'CreateSchedule' },
  { service: 'scheduler', method: 'PUT', path: /^\/schedules\/(?<Name>[^/]+)$/, action: 'UpdateSchedule' },
  { service: 'scheduler', method: 'GET', path: /^\/schedules\/(?<Name>[^/]+)$/, action: 'GetSchedule' },
  { service: 'scheduler', method: 'DELETE', path: /^\/schedules\/(?<Name>[^/]+)$/, action: 'DeleteSchedule' },
  {
    service: 'lambda',
    method: 'POST',
    path: /^\/2015-03-31\/functions\/(?<FunctionName>[^/]+)\/invocations$/,
    action: 'Invoke',
  },
  {
    service: 'social-messaging',
    method: 'POST',
    path: /^\/v1\/whatsapp\/send$/,
    action: 'SendWhatsAppMessage',
  },
  { service: 'bedrock', method: 'POST', path: /^\/model\/(?<modelId>[^/]+)\/invoke$/, action: 'InvokeModel' },
  {
    service: 'bedrock',
    method: 'POST',
    path: /^\/model\/(?<modelId>[^/]+)\/invoke-with-response-stream$/,
    action: 'InvokeModelWithResponseStream',
  },
  { service: 'xray', method: 'POST', path: /^\/TraceSegments$/, action: 'PutTraceSegments' },
];

/** Recognises a REST call; `undefined` when nobody here knows the method and path. */
export function restCall(
  place: Place,
  service: string,
  method: string,
  url: URL,
  body: Body,
): RestCall | undefined {
  for (const route of ROUTES) {
    if (route.service !== service || route.method !== method) continue;
    const found = route.path.exec(url.pathname);
    if (found === null) continue;
    const named = Object.fromEntries(
      Object.entries(found.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
    );
    const whole = { ...Object.fromEntries(url.searchParams), ...body, ...named };
    return { action: route.action, body: whole, needs: needsOf(place, route, whole) };
  }
  return undefined;
}

function needsOf(place: Place, route: Route, body: Body): Need[] {
  switch (route.service) {
    case 'ses':
      return mailNeeds(place, body);
    case 'scheduler': {
      const group = text(body, 'GroupName') || text(body, 'groupName') || 'default';
      return [
        {
          action: `scheduler:${route.action}`,
          resource: arn(place, 'scheduler', `schedule/${group}/${text(body, 'Name')}`),
        },
      ];
    }
    case 'social-messaging': {
      const origin = text(body, 'originationPhoneNumberId');
      const id = origin.replace(/^phone-number-id-/, '');
      const resource = id.startsWith('arn:') ? id : arn(place, 'social-messaging', `phone-number-id/${id}`);
      return [{ action: `social-messaging:${route.action}`, resource }];
    }
    case 'bedrock':
      return modelNeeds(place, `bedrock:${route.action}`, text(body, 'modelId'));
    case 'lambda':
      return [
        {
          action: 'lambda:InvokeFunction',
          resource: functionArn(place, text(body, 'FunctionName'), text(body, 'Qualifier')),
        },
      ];
    default:
      return [{ action: `${route.service}:${route.action}`, resource: '*' }];
  }
}

/** A profile, `us.maker.model`, needs itself and, through it, its model in a region of its geography: here in this one. */
function modelNeeds(place: Place, action: string, id: string): Need[] {
  const [, model] = /^[a-z]+\.([^.]+\..+)$/.exec(id) ?? [];
  const modelArn = (name: string) => `arn:aws:bedrock:${place.region}::foundation-model/${name}`;
  if (model === undefined) return [{ action, resource: modelArn(id) }];
  const profile = arn(place, 'bedrock', `inference-profile/${id}`);
  const context = { 'bedrock:InferenceProfileArn': profile };
  return [
    { action, resource: profile },
    { action, resource: modelArn(model), context },
  ];
}

/** Sending needs the identity, and also the configuration set: named, or the identity's own. Raw mail is an action of its own. */
function mailNeeds(place: Place, body: Body): Need[] {
  const content = (body.Content ?? {}) as Body;
  const from = address(text(body, 'FromEmailAddress') || fromOfRaw(content.Raw));
  const identity = place.isMailIdentity?.(from) === true ? from : (from.split('@').at(-1) ?? '');
  const destination = (body.Destination ?? {}) as Body;
  const action = content.Raw === undefined ? 'ses:SendEmail' : 'ses:SendRawEmail';
  const context = {
    'ses:FromAddress': from,
    'ses:Recipients': ['ToAddresses', 'CcAddresses', 'BccAddresses'].flatMap((kind) =>
      strings(destination[kind]),
    ),
  };
  const set = text(body, 'ConfigurationSetName') || (place.configurationSet?.(identity) ?? '');
  return [
    {
      action,
      resource: text(body, 'FromEmailAddressIdentityArn') || arn(place, 'ses', `identity/${identity}`),
      context,
    },
    ...(set === '' ? [] : [{ action, resource: arn(place, 'ses', `configuration-set/${set}`), context }]),
  ];
}

/** Raw mail may name its sender in the message only. */
function fromOfRaw(raw: unknown): string {
  const data = typeof raw === 'object' && raw !== null ? text(raw as Body, 'Data') : '';
  return /^From:\s*(.+)$/im.exec(Buffer.from(data, 'base64').toString())?.[1] ?? '';
}

function functionArn(place: Place, name: string, qualifier: string): string {
  const base = name.startsWith('arn:') ? name : arn(place, 'lambda', `function:${name}`);
  return qualifier === '' ? base : `${base}:${qualifier}`;
}

/** `Name <a@b>` or `a@b`, in lower case. */
function address(from: string): string {
  return (/<([^>]+)>/.exec(from)?.[1] ?? from).trim().toLowerCase();
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
