/**
 * Signing in as a native program does (RFC 8252): the browser goes to the sign-in pages, which send it back to an
 * address of this machine with a code that only the holder of the PKCE verifier can exchange.
 */
import { spawn } from 'node:child_process';
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import * as z from 'zod';
import { type Deployment, unreachable } from './deployment.ts';
import { exitCodes, Refusal } from './exit.ts';
import type { Tokens } from './keyring.ts';
import { variable, type World } from './world.ts';

/** How long a person may take. */
const patienceMs = 10 * 60_000;

/**
 * Lets a person sign in with their browser.
 * @param show is told the address to open, for whoever has to open it themselves
 * @throws Refusal when they do not, or are refused
 */
export async function signIn(
  world: World,
  deployment: Deployment,
  { opens, show }: { opens: boolean; show: (url: string) => void },
): Promise<Tokens> {
  const { server, returnUrl } = await listen(deployment.commandLine.returnUrls);
  try {
    const verifier = randomBytes(32).toString('base64url');
    const state = randomBytes(16).toString('base64url');
    const arrival = arrivalAt(server, returnUrl, state);
    const url = authorizeUrl(deployment, { verifier, state, returnUrl });
    show(url);
    if (opens) openBrowser(world, url);
    const code = await Promise.race([arrival, giveUp(world)]);
    return await exchange(world, deployment, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: returnUrl,
      code_verifier: verifier,
    });
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/**
 * New tokens for a refresh token; undefined when it is worth nothing any longer.
 * @throws Refusal when the sign-in pages do not answer
 */
export async function refresh(
  world: World,
  deployment: Deployment,
  refreshToken: string,
): Promise<Tokens | undefined> {
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
  try {
    return await exchange(world, deployment, form);
  } catch (error) {
    if (error instanceof Refusal && error.exitCode === exitCodes.signedOut) return undefined;
    throw error;
  }
}

/** Makes a refresh token worthless. */
export async function revoke(world: World, deployment: Deployment, refreshToken: string): Promise<void> {
  await post(world, deployment, '/oauth2/revoke', { token: refreshToken });
}

/** Which of the registered addresses is free on this machine. */
async function listen(returnUrls: readonly string[]): Promise<{ server: Server; returnUrl: string }> {
  for (const returnUrl of returnUrls) {
    const server = createServer();
    server.listen(Number(new URL(returnUrl).port), 'localhost');
    try {
      await once(server, 'listening');
      return { server, returnUrl };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
  const ports = returnUrls.map((url) => new URL(url).port).join(', ');
  throw new Refusal(`The ports that a sign-in may return to are all in use: ${ports}.`, {
    advice: 'Finish or stop the other sign-ins, and try again.',
  });
}

function authorizeUrl(
  { loginUrl, commandLine }: Deployment,
  { verifier, state, returnUrl }: { verifier: string; state: string; returnUrl: string },
): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: commandLine.clientId,
    redirect_uri: returnUrl,
    scope: 'openid email profile',
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  return `${loginUrl}/oauth2/authorize?${query.toString()}`;
}

/** The code that the browser brings back. Others may call here as well; whoever does not know the state is nobody. */
function arrivalAt(server: Server, returnUrl: string, state: string): Promise<string> {
  const { pathname, host } = new URL(returnUrl);
  return new Promise((resolve, reject) => {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const url = new URL(request.url ?? '/', returnUrl);
      const isOurs =
        request.method === 'GET' &&
        url.pathname === pathname &&
        request.headers.host === host &&
        isSame(url.searchParams.get('state') ?? '', state);
      if (!isOurs) return page(response, 404, 'Nothing here', 'This page is for the end of a sign-in.');
      const error = url.searchParams.get('error');
      const code = url.searchParams.get('code');
      if (error === null && code !== null && code !== '') {
        page(response, 200, 'You are signed in', 'You may close this page and go back to the terminal.');
        return resolve(code);
      }
      page(response, 400, 'You are not signed in', 'Go back to the terminal and start again.');
      const said = url.searchParams.get('error_description') ?? error ?? 'it brought no code';
      reject(new Refusal(`The sign-in was refused: ${said}.`, { exitCode: exitCodes.signedOut }));
    });
  });
}

function isSame(given: string, wanted: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(wanted)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function page(response: ServerResponse, status: number, title: string, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  }).end(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title} – Plinth</title>
<style>:root{color-scheme:light dark}body{font:1.1rem system-ui;max-width:30rem;margin:20vh auto;padding:0 1rem}</style>
<h1>${title}</h1><p>${text}</p></html>
`);
}

/** Never resolves: after a while nobody comes any more, or Ctrl-C ends the waiting. */
async function giveUp({ signal }: World): Promise<never> {
  const patience = AbortSignal.timeout(patienceMs);
  await once(AbortSignal.any([signal, patience]), 'abort');
  signal.throwIfAborted();
  throw new Refusal('Nobody finished the sign-in in the browser.', { exitCode: exitCodes.signedOut });
}

/** Whether it opens is not told by all systems; the address stands in the terminal in any case. */
function openBrowser(world: World, url: string): void {
  const own = variable(world, 'BROWSER');
  const opener: [string, ...string[]] =
    own !== undefined
      ? [own]
      : process.platform === 'darwin'
        ? ['open']
        : process.platform === 'win32'
          ? ['rundll32', 'url.dll,FileProtocolHandler']
          : ['xdg-open'];
  const [command, ...args] = opener;
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}

const tokensSchema = z.object({
  access_token: z.string(),
  expires_in: z.number(),
  refresh_token: z.string().optional(),
});

async function exchange(world: World, deployment: Deployment, form: Record<string, string>): Promise<Tokens> {
  const answer = await post(world, deployment, '/oauth2/token', form);
  const body: unknown = await answer.json().catch(() => undefined);
  if (answer.status === 400 || answer.status === 401) {
    throw new Refusal('The sign-in pages gave no tokens.', {
      exitCode: exitCodes.signedOut,
      advice: 'Sign in again with: plinth login',
    });
  }
  const tokens = tokensSchema.safeParse(body);
  if (!answer.ok || !tokens.success) throw unreachable(deployment.loginUrl, `HTTP ${answer.status}`);
  return {
    accessToken: tokens.data.access_token,
    expiresAtMs: Date.now() + tokens.data.expires_in * 1_000,
    // Where refresh tokens are not replaced, the one that was sent goes on.
    refreshToken: tokens.data.refresh_token ?? form.refresh_token ?? '',
  };
}

async function post(
  world: World,
  { loginUrl, commandLine }: Deployment,
  path: string,
  form: Record<string, string>,
): Promise<Response> {
  try {
    return await fetch(loginUrl + path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ client_id: commandLine.clientId, ...form }).toString(),
      signal: AbortSignal.any([world.signal, AbortSignal.timeout(30_000)]),
    });
  } catch (error) {
    world.signal.throwIfAborted();
    throw unreachable(loginUrl, error);
  }
}
