/** The pool's API actions, as the AWS SDK calls them. */
import type Provider from 'oidc-provider';
import { AwsError } from '../contract.ts';
import type { PartHandler } from '../contract.ts';
import { adminActions } from './api-admin.ts';
import { authActions } from './api-auth.ts';
import { groupActions } from './groups.ts';
import { selfActions } from './api-self.ts';
import type { Body } from './api-input.ts';
import type { Pool } from './settings.ts';

/** Answers one action with the body of its response; `{}` where Cognito's is empty. */
export type Action = (body: Body) => Promise<unknown>;

/** `origin` is where the login domain listens: refreshing goes through its token endpoint. */
export function apiHandler(pool: Pool, provider: Provider, origin: string): PartHandler {
  const actions = new Map<string, Action>(
    Object.entries({
      ...selfActions(pool),
      ...authActions(pool, provider, origin),
      ...adminActions(pool),
      ...groupActions(pool),
    }),
  );
  return async ({ action, body }) => {
    const run = actions.get(action);
    if (run === undefined)
      throw new AwsError('InvalidAction', `The action ${action} is not available locally`);
    return { status: 200, body: await run(body) };
  };
}
