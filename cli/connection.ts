/** Calls of the API as whoever is signed in, through the typed client that the contract gives. */
import { type as systemType } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient } from '#shared/contract/client.ts';
import { isId, type TenantId } from '#shared/contract/ids.ts';
import { registry } from '#shared/registry.ts';
import project from '../package.json' with { type: 'json' };
import { refresh } from './authorize.ts';
import { addressOf, type Deployment, findDeployment, unreachable } from './deployment.ts';
import { exitCodes, Refusal, usage } from './exit.ts';
import { type Keyring, openKeyring, type Tokens } from './keyring.ts';
import { refusalOf } from './problems.ts';
import { variable, type World } from './world.ts';

/** What every command may be told about where and for whom. */
export type Wanted = { url?: string | undefined; tenant?: string | undefined };

type Api = Client<typeof registry>;

export type Connection = {
  deployment: Deployment;
  keyring: Keyring;
  /** What calls are made with. */
  as: 'person' | 'key';
  /** Every endpoint of the contract; a refusal is thrown as one that can be told. */
  api: Api;
  /** The claims of the access token that calls are made with; none of a key. */
  claims: () => Promise<Record<string, unknown>>;
  /** The tenant that was chosen, by its id or its slug; undefined leaves it to the service. */
  tenantId: TenantId | undefined;
};

/** Renewed this long before it ends, so that no call is made with a token that dies on the way. */
const marginMs = 20_000;

/**
 * Connects as the person who signed in, or with the key of the environment or of the sign-in.
 * @throws Refusal where nobody is signed in
 */
export async function connect(world: World, wanted: Wanted): Promise<Connection> {
  const keyring = openKeyring(world);
  const url = addressOf(world, wanted.url, keyring.latest);
  const deployment = await findDeployment(world, url);
  const account = keyring.account(url);
  const apiKey = variable(world, 'PLINTH_API_KEY') ?? account.apiKey;
  if (apiKey === undefined && account.tokens === undefined) throw signedOut(url);
  const token = apiKey === undefined ? tokensOf(world, deployment, keyring) : async () => apiKey;
  const connection = (tenantId?: TenantId): Connection => ({
    ...{ deployment, keyring, tenantId },
    as: apiKey === undefined ? 'person' : 'key',
    api: clientOf(world, deployment, { token, tenantId, deviceId: keyring.deviceId }),
    claims: async () => (apiKey === undefined ? claimsOf(await token()) : {}),
  });
  const named = wanted.tenant ?? variable(world, 'PLINTH_TENANT');
  // A key belongs to one tenant, whatever was chosen for the person.
  if (apiKey !== undefined) {
    if (named === undefined) return connection();
    return connection(await tenantOfKey(connection(), named));
  }
  if (named === undefined) return connection(account.tenant?.id as TenantId | undefined);
  return connection(await tenantNamed(connection(), named));
}

/** The tenant of that id or slug, among those of the caller. */
export async function tenantNamed({ api }: Connection, named: string): Promise<TenantId> {
  if (isId('tenant', named)) return named;
  const { items } = await api.identity.memberships({});
  const found = items.find(({ slug }) => slug === named);
  if (found !== undefined) return found.tenantId;
  throw new Refusal(`You are in no tenant called ${named}.`, {
    exitCode: exitCodes.notFound,
    advice: 'plinth tenants list shows yours.',
  });
}

async function tenantOfKey({ api }: Connection, named: string): Promise<TenantId> {
  const tenant = await api.tenancy.get({});
  if (named === tenant.id || named === tenant.slug) return tenant.id;
  throw usage(`The API key belongs to ${tenant.slug}, not to ${named}.`, 'Leave --tenant out.');
}

function signedOut(url: string): Refusal {
  return new Refusal(`You are not signed in to ${url}.`, {
    exitCode: exitCodes.signedOut,
    advice: 'Sign in with plinth login, or set PLINTH_API_KEY.',
  });
}

/** The access token, renewed and kept when needed. */
function tokensOf(world: World, deployment: Deployment, keyring: Keyring): () => Promise<string> {
  let renewal: Promise<Tokens> | undefined;
  const renew = async (refreshToken: string): Promise<Tokens> => {
    const tokens = await refresh(world, deployment, refreshToken);
    keyring.keep(deployment.url, { tokens });
    if (tokens !== undefined) return tokens;
    throw new Refusal('Your session has ended.', {
      exitCode: exitCodes.signedOut,
      advice: 'Sign in again with: plinth login',
    });
  };
  return async () => {
    const { tokens } = keyring.account(deployment.url);
    if (tokens === undefined) throw signedOut(deployment.url);
    if (tokens.expiresAtMs - marginMs > Date.now()) return tokens.accessToken;
    // One renewal for all calls that wait.
    renewal ??= renew(tokens.refreshToken).finally(() => (renewal = undefined));
    return (await renewal).accessToken;
  };
}

type Calling = { token: () => Promise<string>; tenantId: TenantId | undefined; deviceId: string };

/** The client of the contract; what it throws can be told. */
function clientOf(world: World, deployment: Deployment, { token, tenantId, deviceId }: Calling): Api {
  return createClient(registry, {
    baseUrl: deployment.apiUrl,
    accessToken: token,
    tenantId: () => tenantId,
    fetch: async (url, init) => {
      const answer = await reach(world, deployment, url, init, deviceId);
      // Here, and not by the client: its error does not say how long to wait.
      if (!answer.ok) throw await refusalOf(answer);
      return answer;
    },
  });
}

/** One call; a part that was just starting is there a moment later, and keys make trying again safe. */
async function reach(
  world: World,
  deployment: Deployment,
  url: Parameters<typeof fetch>[0],
  init: RequestInit = {},
  deviceId: string,
): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('user-agent', agent);
  headers.set('x-device-id', deviceId);
  headers.set('x-app-version', project.version);
  const isSafe = init.method === 'GET' || headers.has('idempotency-key');
  const send = async (): Promise<Response> => {
    const signals = [world.signal, AbortSignal.timeout(30_000), ...(init.signal ? [init.signal] : [])];
    try {
      return await fetch(url, { ...init, headers, signal: AbortSignal.any(signals) });
    } catch (error) {
      world.signal.throwIfAborted();
      throw unreachable(deployment.apiUrl, error);
    }
  };
  const first = await send();
  if (first.status !== 503 || !isSafe) return first;
  await sleep(1_000, undefined, { signal: world.signal });
  return send();
}

/** As browsers name systems, so that sessions are shown with theirs. */
const systems: Readonly<Record<string, string>> = { Darwin: 'Macintosh', Windows_NT: 'Windows' };
const agent = `Plinth/${project.version} (${systems[systemType()] ?? systemType()})`;

/** What a token says; nobody relies on it here, so nothing is verified. */
function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<
    string,
    unknown
  >;
}
