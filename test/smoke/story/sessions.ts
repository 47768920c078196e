/** How it ends: the last owner stays, and signing out really ends the session. */
import { isSignedIn, refresh, signIn, signOut } from '#local/sign-in.ts';
import { formatId } from '#shared/contract/ids.ts';
import { holds, refused, same } from '../check.ts';
import { as } from '../people.ts';
import type { Step } from '../smoke.ts';
import type { Stack } from '../stack.ts';
import type { People } from './arrival.ts';
import type { Tenants } from './tenants.ts';

export async function endSessions(
  step: Step,
  stack: Stack,
  { owner }: People,
  { ours }: Tenants,
): Promise<void> {
  const asOwner = as(owner, stack, ours.id);
  await step('the last owner can neither leave nor step down', async () => {
    const { id: userId } = await asOwner.identity.profile({});
    const lastOwner = { status: 409, code: 'members.last_owner' };
    await refused(asOwner.members.remove({ userId }), lastOwner);
    await refused(asOwner.members.changeRole({ userId, role: 'viewer' }), lastOwner);
  });
  const { account } = owner;
  if (account === undefined)
    return step.skip('signing out ends the session', 'only an access token was given');
  await step('a session that is revoked stops with the next request, and only that one', async () => {
    const { accessToken } = await signIn({ ...stack, ...account });
    const elsewhere = as({ ...owner, accessToken }, stack);
    await elsewhere.identity.profile({});
    const { items } = await asOwner.sessions.list({});
    same(items.filter(({ isCurrent }) => isCurrent).length, 1, 'how many sessions are this one');
    const sessionId = sessionOf(accessToken);
    holds(
      items.some(({ id }) => id === sessionId),
      'the session elsewhere is not in the list',
    );
    await asOwner.sessions.revoke({ sessionId });
    await refused(elsewhere.identity.profile({}), { status: 401, code: 'auth.session_ended' });
    await asOwner.identity.profile({});
  });
  await step('signing out ends the session of the login pages', async () => {
    const { refreshToken } = await signIn({ ...stack, ...account });
    same(await isSignedIn(stack, account.browser), true, 'signed in before signing out');
    await signOut(stack, account.browser);
    same(await isSignedIn(stack, account.browser), false, 'signed in after signing out');
    await revoke(stack, refreshToken);
    const again = await refresh(stack, refreshToken).then(
      () => 'new tokens',
      (error: unknown) => String(error),
    );
    holds(/invalid_grant/.test(again), `a revoked refresh token gave ${again}`);
  });
}

/** The session's id as the API names it. */
function sessionOf(accessToken: string): string {
  const [, payload = ''] = accessToken.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { origin_jti: string };
  return formatId('session', claims.origin_jti);
}

async function revoke({ loginUrl, clientId }: Stack, token: string): Promise<void> {
  const answer = await fetch(`${loginUrl}/oauth2/revoke`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ client_id: clientId, token }).toString(),
  });
  same(answer.status, 200, 'the answer to a revocation');
}
