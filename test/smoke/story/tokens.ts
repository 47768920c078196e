/** Only a genuine, current access token opens anything, and all refusals look alike. */
import { obtainCode } from '#local/sign-in.ts';
import { endpointsOf } from '#shared/contract/module.ts';
import { registry } from '#shared/registry.ts';
import { openConsoleTab } from '#test/support/console-tab.ts';
import { holds, same } from '../check.ts';
import { as } from '../people.ts';
import { probe } from '../probe.ts';
import type { Step } from '../smoke.ts';
import type { Stack } from '../stack.ts';
import type { People } from './arrival.ts';

export async function checkTokens(step: Step, stack: Stack, { owner }: People): Promise<void> {
  const closed = endpointsOf(Object.values(registry)).filter(({ endpoint }) => endpoint.plane !== 'public');
  await step(`without a token none of ${closed.length} endpoints answers`, async () => {
    for (const { endpoint } of closed) await refusesToken(stack, endpoint, undefined);
  });
  await step('a tampered token is refused', async () => {
    for (const token of tampered(owner.accessToken)) {
      await refusesToken(stack, registry.identity.contract.profile, token);
    }
  });
  const { account } = owner;
  if (account === undefined) return step.skip('a page signs in by cookie', 'only an access token was given');
  await step('an ID token is not an access token', () =>
    refusesToken(stack, registry.identity.contract.profile, account.tokens.idToken),
  );
  const tab = openConsoleTab(stack.apiUrl, stack.redirectUri);
  const access = await step(
    'a page of the console gets an access token and a cookie for a code',
    async () => {
      const { status, accessToken } = await tab.post(
        '/v1/session',
        await obtainCode({ ...stack, ...account }),
      );
      same(status, 200, 'the answer to the code');
      return accessToken ?? '';
    },
  );
  const stolen = openConsoleTab(stack.apiUrl, stack.redirectUri, tab.cookie);
  await step('a refresh gives another access token and another cookie', async () => {
    const { status, accessToken = '' } = await tab.post('/v1/session/refresh');
    same(status, 200, 'the answer to the refresh');
    holds(tab.cookie !== stolen.cookie && accessToken !== access, 'something is still the same');
    const { email } = await as({ ...owner, accessToken }, stack).identity.profile({});
    same(email, account.email, 'the profile of the new token');
  });
  await step('a cookie that comes twice ends the session at once', async () => {
    const ended = [401, 'auth.session_ended'];
    for (const page of [stolen, tab]) {
      const { status, code } = await page.post('/v1/session/refresh');
      same([status, code], ended, 'the answer to a refresh');
    }
    const { status, body } = await probe(stack, {
      endpoint: registry.identity.contract.profile,
      token: access,
    });
    same([status, body.code], ended, 'the answer to the access token');
  });
}

async function refusesToken(
  stack: Stack,
  endpoint: Parameters<typeof probe>[1]['endpoint'],
  token: string | undefined,
): Promise<void> {
  const { status, body } = await probe(stack, { endpoint, token });
  same([status, body.code], [401, 'auth.unauthenticated'], `${endpoint.method} ${endpoint.path}`);
}

/** The token for somebody else, without its signature, with another one, and with an algorithm of our own. */
function tampered(token: string): string[] {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const promoted = encode({ ...claims, 'cognito:groups': ['platform-admin'] });
  const flipped = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1);
  return [
    `${header}.${promoted}.${signature}`,
    `${header}.${payload}.`,
    `${header}.${payload}.${flipped}`,
    `${encode({ alg: 'none', typ: 'JWT' })}.${promoted}.`,
  ];
}
