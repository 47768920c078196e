/** Signing in from a browser, and where one is signed in: sessions and devices (IDN-3, IDN-4, IDN-5). */
import * as z from 'zod';
import { cookie } from '../contract/cookie.ts';
import { endpoint } from '../contract/endpoint.ts';
import { problem, problems } from '../contract/errors.ts';
import { idSchema } from '../contract/ids.ts';

/** What a browser keeps of its session. Its pages never see it. */
export const refreshCookie = cookie({
  name: 'plinth-refresh',
  path: '/v1/session',
  summary: 'Renews the session once; every answer replaces it',
});

export const codeRefused = problem(
  'session.code_refused',
  400,
  'This sign-in could not be finished. Start again.',
);

/** What a browser gets to call with. */
export const accessSchema = z
  .object({
    accessToken: z.string(),
    expiresAt: z.iso.datetime().describe('Renew before; the session may go on'),
    sessionId: idSchema('session'),
    endsAt: z.iso.datetime().describe('When the session ends in any case'),
  })
  .meta({ id: 'Access' });

export const sessionSchema = z
  .object({
    id: idSchema('session'),
    isCurrent: z.boolean().describe('The one that asks'),
    client: z.string().describe('Program and system, as they name themselves'),
    deviceId: idSchema('device').nullable(),
    ip: z.string().nullable().describe('Where it was last seen'),
    startedAt: z.iso.datetime(),
    lastSeenAt: z.iso.datetime(),
    idleEndsAt: z.iso.datetime().describe('When it ends without another request'),
    endsAt: z.iso.datetime().describe('When it ends in any case'),
    impersonation: z
      .object({ staffName: z.string(), reason: z.string(), tenantId: idSchema('tenant') })
      .nullable()
      .describe('Support acts for the caller there; it ends like any other'),
  })
  .meta({ id: 'Session' });

export const deviceSchema = z
  .object({
    id: idSchema('device'),
    name: z.string(),
    os: z.string().nullable(),
    appVersion: z.string().nullable(),
    ip: z.string().nullable(),
    firstSeenAt: z.iso.datetime(),
    lastSeenAt: z.iso.datetime(),
    sessions: z.int().describe('How many are alive'),
  })
  .meta({ id: 'Device' });

const common = { capability: 'identity' } as const;
const own = { ...common, plane: 'user', rate: 'standard', meter: 'api_calls' } as const;
const browser = { ...common, plane: 'public', method: 'POST', cookie: refreshCookie } as const;

export const sessionsContract = {
  begin: endpoint({
    ...browser,
    path: '/v1/session',
    summary: 'Finish a sign-in: exchange the code of the sign-in pages',
    body: z.object({
      code: z.string().min(1).max(2_000),
      codeVerifier: z.string().min(43).max(128).describe('The PKCE verifier whose challenge was sent'),
      redirectUri: z.string().min(1).max(500),
    }),
    output: accessSchema,
    rate: 'login',
    errors: [codeRefused, problems.sessionEnded],
    requirements: ['IDN-3', 'IDN-4'],
  }),
  refresh: endpoint({
    ...browser,
    path: '/v1/session/refresh',
    summary: 'A new access token for the cookie, which is replaced; one that comes twice ends the session',
    body: z.object({}),
    output: accessSchema,
    rate: 'public',
    errors: [problems.sessionEnded],
    requirements: ['IDN-3', 'IDN-4'],
  }),
  end: endpoint({
    ...browser,
    path: '/v1/session/end',
    summary: 'Sign out of the session of the cookie',
    body: z.object({}),
    output: z.object({
      logoutUrl: z.string().describe('Where to go next, so that the sign-in pages forget as well'),
    }),
    rate: 'public',
    requirements: ['IDN-3', 'IDN-4'],
  }),
  list: endpoint({
    ...own,
    method: 'GET',
    path: '/v1/me/sessions',
    summary: 'Where the caller is signed in',
    output: z.object({ items: z.array(sessionSchema) }),
    requirements: ['IDN-4', 'IDN-11'],
  }),
  revoke: endpoint({
    ...own,
    method: 'DELETE',
    path: '/v1/me/sessions/{sessionId}',
    summary: 'End one of the caller’s sessions at once',
    params: { sessionId: idSchema('session') },
    output: z.void(),
    status: 204,
    errors: [problems.notFound],
    requirements: ['IDN-4', 'IDN-11'],
  }),
  revokeAll: endpoint({
    ...own,
    method: 'DELETE',
    path: '/v1/me/sessions',
    summary: 'Sign out everywhere, or everywhere else',
    query: z.object({ keepCurrent: z.stringbool().default(false) }),
    output: z.void(),
    status: 204,
    requirements: ['IDN-4', 'IDN-11'],
  }),
  devices: endpoint({
    ...own,
    method: 'GET',
    path: '/v1/me/devices',
    summary: 'What the caller has signed in on',
    output: z.object({ items: z.array(deviceSchema) }),
    requirements: ['IDN-5'],
  }),
  revokeDevice: endpoint({
    ...own,
    method: 'DELETE',
    path: '/v1/me/devices/{deviceId}',
    summary: 'End all of the caller’s sessions on a device; signing in there again brings it back',
    params: { deviceId: idSchema('device') },
    output: z.void(),
    status: 204,
    errors: [problems.notFound],
    requirements: ['IDN-5'],
  }),
};
