/**
 * The AWS front: one loopback endpoint for every SDK call of the local stack. It reads who is calling from the
 * signature, judges the call against the caller's synthesized role, and hands it to the part that answers it.
 */
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsError, type Running } from '../parts/contract.ts';
import { answerError, answerJson, protocolOf } from './answer.ts';
import { createForwarder } from './forward.ts';
import { type Role, createGate } from './gate.ts';
import { serveJson } from './json.ts';
import { needsNoCredentials } from './needs/json.ts';
import type { Place } from './needs/need.ts';
import type { FrontOptions } from './options.ts';
import { serveQuery } from './query.ts';
import { type Signed, signedBy } from './request.ts';
import { serveRest } from './rest.ts';
import { answerPreflight, createS3Front } from './s3.ts';

export type { Decision, Role } from './gate.ts';
export type { FrontOptions } from './options.ts';

export type Front = Running & {
  port: number;
  /** The value of `AWS_ENDPOINT_URL`. */
  url: string;
  setRoles(roles: ReadonlyMap<string, Role>): void;
  /** The URL under which functions know a queue. */
  queueUrl(name: string): string;
  /** Whether whoever has this key may invoke a function, for what invokes without a call of its own; rejects else. */
  mayInvoke(accessKeyId: string, functionArn: string): Promise<void>;
};

const JWKS_PATH = /^\/[\w-]+\/\.well-known\/jwks\.json$/;
const ANONYMOUS: Signed = { accessKeyId: '', region: '', service: 'cognito-idp', presigned: false };

/** Starts the front on 127.0.0.1. */
export async function startFront(options: FrontOptions): Promise<Front> {
  const { place, gate, forwarder, s3 } = assemble(options);
  const said = new Set<string>();
  let url = '';

  const server = createServer((request, response) => {
    const signed = signedBy(request) ?? anonymous(request);
    const protocol = protocolOf(
      signed?.service ?? (request.headers['x-amz-target'] === undefined ? 's3' : 'json'),
    );
    serve(request, response, signed).catch((error: unknown) => {
      report(error);
      request.resume();
      answerError(response, protocol, error, request.method === 'HEAD');
    });
  });

  /** A grant that is missing is said where people look, once: the caller's own log must not quote messages. */
  function report(error: unknown): void {
    const isRefusal = error instanceof AwsError && error.code === 'AccessDeniedException';
    if (error instanceof AwsError && !(isRefusal && !said.has(error.message))) return;
    if (isRefusal) said.add(error.message);
    options.log(`AWS front: ${isRefusal ? error.message : String(error)}`);
  }

  async function serve(
    request: IncomingMessage,
    response: ServerResponse,
    signed: Signed | undefined,
  ): Promise<void> {
    if (request.method === 'GET' && options.jwks !== undefined && JWKS_PATH.test(request.url ?? '')) {
      return answerJson(response, 200, options.jwks(), { 'content-type': 'application/json' });
    }
    if (answerPreflight(request, response)) return;
    if (signed === undefined) {
      throw new AwsError(
        'MissingAuthenticationTokenException',
        'Request is missing Authentication Token',
        403,
      );
    }
    const { service } = signed;
    if (signed === ANONYMOUS)
      return serveJson({ request, response, service, caller: undefined, ...common() });
    const caller = gate.caller(signed.accessKeyId);
    if (caller === undefined) {
      throw new AwsError(
        'UnrecognizedClientException',
        'The security token included in the request is invalid',
        403,
      );
    }
    if (service === 's3') return s3.serve(request, response, caller, signed.presigned);
    if (protocolOf(service) === 'rest-json')
      return serveRest({ request, response, service, caller, ...common() });
    if (protocolOf(service) === 'query')
      return serveQuery({ request, response, service, caller, ...common() });
    return serveJson({ request, response, service, caller, ...common() });
  }

  const common = () => ({ place, gate, forwarder, options, url });

  // Callers keep their connections; closing an idle one early would only cost them a new one.
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  url = `http://127.0.0.1:${port}`;

  return {
    port,
    url,
    setRoles: (roles) => {
      said.clear();
      gate.setRoles(roles);
    },
    mayInvoke: async (accessKeyId, functionArn) => {
      const caller = gate.caller(accessKeyId);
      if (caller === undefined) throw new AwsError('UnrecognizedClientException', 'Nobody has this key', 403);
      await gate.check(caller, 'lambda', [{ action: 'lambda:InvokeFunction', resource: functionArn }]);
    },
    queueUrl: (name) => `${url}/${options.accountId}/${name}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        forwarder.close();
      }),
  };
}

function assemble(options: FrontOptions) {
  const { region, accountId, partitionKey, secretArn, isMailIdentity, configurationSet } = options;
  const place: Place = {
    region,
    accountId,
    ...(partitionKey === undefined ? {} : { partitionKey }),
    ...(secretArn === undefined ? {} : { secretArn }),
    ...(isMailIdentity === undefined ? {} : { isMailIdentity }),
    ...(configurationSet === undefined ? {} : { configurationSet }),
  };
  const gate = createGate({ place, roles: options.roles, onDecision: options.onDecision });
  const forwarder = createForwarder();
  return { place, gate, forwarder, s3: createS3Front({ gate, forwarder, port: options.parts.queuesPort }) };
}

/** Sign-in calls of Cognito carry no signature. */
function anonymous(request: IncomingMessage): Signed | undefined {
  const [prefix, action = ''] = String(request.headers['x-amz-target']).split('.');
  const isCognito = prefix === 'AWSCognitoIdentityProviderService';
  return isCognito && needsNoCredentials('cognito-idp', action) ? ANONYMOUS : undefined;
}
