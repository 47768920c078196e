/**
 * A function's first request while the user pool's keys cannot be fetched. The bundle of a running stack is started
 * once more, as a new instance that finds a key server of ours where the real one is.
 */
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFunctions } from '#local/functions/host.ts';
import { loadKeys } from '#local/parts/cognito/keys.ts';
import { functions, readCell } from '#local/template/readers.ts';
import type { WholeStack } from '#test/support/whole-stack.ts';
import { type Answer, callsOf, newWrite } from './calls.ts';

/** How the key server fails. */
export const keyFailures = ['silent', 'refusing', 'broken'] as const;

export type KeyFailure = (typeof keyFailures)[number];

/** What a new instance answered: to a genuine and a forged token without keys, and to the forged one with them. */
export type KeyOutcome = { genuine: Answer; forged: Answer; afterwards: Answer; recoveryMs: number };

/** Starts an instance that cannot fetch keys, calls it, and lets the keys come back. */
export async function withoutKeys(stack: WholeStack, failure: KeyFailure): Promise<KeyOutcome> {
  const [team] = await stack.found(1, ['owner', 'viewer']);
  if (team === undefined) throw new Error('no team');
  const { publicSet } = await loadKeys(stack.state);
  const keys = await keyServer(failure, JSON.stringify(publicSet));
  const found = instanceOf(stack, keys.url);
  const calls = callsOf(team, newWrite(team));
  const ask = (name: string) => {
    const headers = calls.find((call) => call.name === name)?.init.headers as Record<string, string>;
    return found.ask(headers);
  };
  try {
    // The import of the bundle is a cold start's own time; what is measured here is the wait for keys.
    await found.ask({});
    const genuine = await ask('read');
    const forged = await ask('forged token');
    keys.restore();
    const backMs = performance.now();
    let afterwards = await ask('forged token');
    while (afterwards.status === 503 && performance.now() - backMs < 15_000) {
      await sleep(100);
      afterwards = await ask('forged token');
    }
    return { genuine, forged, afterwards, recoveryMs: performance.now() - backMs };
  } finally {
    await found.stop();
    await keys.stop();
  }
}

/** Serves the pool's real keys once they are restored. */
async function keyServer(failure: KeyFailure, keySet: string) {
  let restored = false;
  const server = createServer((request, response) => {
    if (restored) response.end(keySet);
    else if (failure === 'refusing') request.socket.destroy();
    else if (failure === 'broken') response.writeHead(500).end('oops');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    restore: () => {
      restored = true;
      server.closeAllConnections();
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  };
}

function instanceOf({ state, url, adminUrl }: WholeStack, keysUrl: string) {
  const assembly = readdirSync(join(state, 'cdk.out')).find((name) => !name.includes('.'));
  if (assembly === undefined) throw new Error('the stack has no assembly');
  const database = { host: '127.0.0.1', port: Number(new URL(adminUrl).port) };
  const urls = { awsUrl: keysUrl, apiUrl: url, loginUrl: url, issuerUrl: keysUrl };
  const cell = readCell(join(state, 'cdk.out', assembly), { ...urls, database });
  const definition = functions(cell).find(({ name }) => name.endsWith('http-tenancy'));
  if (definition === undefined) throw new Error('the template has no function for tenants');
  const host = startFunctions({
    functions: [definition],
    state: join(state, 'cold'),
    environment: () => ({
      AWS_ENDPOINT_URL: keysUrl,
      AWS_ACCESS_KEY_ID: 'LOCALNOBODY',
      AWS_SECRET_ACCESS_KEY: 'local',
    }),
  });
  const ask = async (headers: Record<string, string>): Promise<Answer> => {
    const startedMs = performance.now();
    const result = await host.invoke(definition.name, eventWith(headers));
    const ms = performance.now() - startedMs;
    const payload = result.ok
      ? (result.payload as { statusCode: number; headers: Record<string, string>; body: string })
      : undefined;
    return {
      status: payload?.statusCode ?? 502,
      code: payload === undefined ? undefined : (JSON.parse(payload.body) as { code?: string }).code,
      contentType: payload?.headers['content-type'] ?? '',
      retryAfter: payload?.headers['retry-after'],
      ms,
    };
  };
  return { ask, stop: () => host.stop() };
}

function eventWith(headers: Record<string, string>) {
  return {
    ...{ resource: '/v1/tenant', path: '/v1/tenant', httpMethod: 'GET', headers, multiValueHeaders: {} },
    ...{ queryStringParameters: null, multiValueQueryStringParameters: null, pathParameters: null },
    ...{ stageVariables: null, body: null, isBase64Encoded: false },
    requestContext: { requestId: 'cold', identity: { sourceIp: '127.0.0.1' } },
  };
}
