/**
 * Calls the API as the signed-in person, with types from the API document. Calls that change something carry a key, so
 * that trying again is safe when an answer was lost on the way.
 */
import createClient, { type Client } from 'openapi-fetch';
import type { Session } from '../session/session.ts';
import { type Problem, Refusal, SignedOut, Unreachable } from './refusal.ts';
import type { components, paths } from './schema.d.ts';

/** A thing of the API by its name in the document. */
export type Thing<Name extends keyof components['schemas']> = components['schemas'][Name];

export type Api = Client<paths>;

/** In whose name calls are made. */
export type CallingAs = {
  tenantId?: string | undefined;
  /** The consent under which support acts for a member. */
  impersonationId?: string | undefined;
};

/** The API of a deployment. */
export function apiOf(apiUrl: string, session: Session, as: CallingAs = {}): Api {
  return createClient<paths>({ baseUrl: apiUrl, fetch: (request) => send(request, session, as) });
}

/**
 * The answer of a call.
 * @throws Refusal when the service refused
 */
export async function answer<Data>(
  call: Promise<{ data?: Data; error?: unknown; response: Response }>,
): Promise<Data> {
  const { data, error, response } = await call;
  if (error === undefined && response.ok) return data as Data;
  throw new Refusal(response.status, problemIn(error), response.headers.get('retry-after'));
}

/** The same headers for calls that the client cannot make, such as reading events. */
export async function callHeaders(session: Session, as: CallingAs): Promise<Record<string, string>> {
  const token = await session.accessToken();
  if (token === undefined) throw new SignedOut();
  return {
    authorization: `Bearer ${token}`,
    ...(as.tenantId === undefined ? {} : { 'x-tenant-id': as.tenantId }),
    ...(as.impersonationId === undefined ? {} : { 'plinth-impersonate': as.impersonationId }),
  };
}

async function send(request: Request, session: Session, as: CallingAs): Promise<Response> {
  const headers = await callHeaders(session, as);
  for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
  if (request.method === 'POST' || request.method === 'PATCH') {
    request.headers.set('idempotency-key', crypto.randomUUID());
  }
  const again = request.clone();
  const first = await reach(request).catch((error: unknown) => {
    if (error instanceof Unreachable) return undefined;
    throw error;
  });
  const isLost = first === undefined || first.status === 503;
  // A part that was just starting is there a moment later; a second failure is the person's to know.
  const response = isLost ? await wait(1_000).then(() => reach(again)) : first;
  if (response.status === 401) throw new SignedOut();
  return response;
}

async function reach(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Unreachable(error);
  }
}

function problemIn(error: unknown): Partial<Problem> {
  return typeof error === 'object' && error !== null ? error : {};
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
