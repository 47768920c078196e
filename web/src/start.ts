/** What has to be known before anything is shown: the deployment, and who is signed in. */
import { type Api, answer, apiOf, type Thing } from './api/client.ts';
import { SignedOut } from './api/refusal.ts';
import { type ConsoleConfig, readConfig } from './config.ts';
import { staffRolesIn } from './hooks/console.ts';
import type { PlatformRole } from '#shared/contract/roles.ts';
import { type Session, sessionOf } from './session/session.ts';

export type Started =
  | { state: 'broken'; reason: string }
  | { state: 'welcome'; config: ConsoleConfig; session: Session; reason?: string }
  | {
      state: 'in';
      config: ConsoleConfig;
      session: Session;
      api: Api;
      profile: Thing<'Profile'>;
      memberships: Thing<'Membership'>[];
      staffRoles: PlatformRole[];
      /** Where somebody who has just signed in was going. */
      returnTo: string | undefined;
    };

/** Never rejects: what is wrong is shown like anything else. */
export async function start(): Promise<Started> {
  try {
    const config = await readConfig();
    const session = sessionOf(config);
    return await enter(config, session);
  } catch (error) {
    return { state: 'broken', reason: sentenceOf(error) };
  }
}

async function enter(config: ConsoleConfig, session: Session): Promise<Started> {
  const api = apiOf(config.apiUrl, session);
  try {
    const returnTo = await session.finish();
    const token = session.isRemembered() ? await session.accessToken() : undefined;
    if (token === undefined) return { state: 'welcome', config, session };
    // The profile is made with the first call, so the memberships wait for it.
    const profile = await readProfile(api);
    const memberships = await readMemberships(api);
    return {
      state: 'in',
      config,
      session,
      api,
      profile,
      memberships,
      returnTo,
      staffRoles: staffRolesIn(token),
    };
  } catch (error) {
    return {
      state: 'welcome',
      config,
      session,
      ...(error instanceof SignedOut ? {} : { reason: sentenceOf(error) }),
    };
  }
}

export function readProfile(api: Api): Promise<Thing<'Profile'>> {
  return answer(api.GET('/v1/me'));
}

export async function readMemberships(api: Api): Promise<Thing<'Membership'>[]> {
  const { items } = await answer(api.GET('/v1/me/memberships'));
  return items;
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
