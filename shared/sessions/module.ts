import { module } from '../contract/module.ts';
import { sessionsContract } from './sessions.contract.ts';

/** Signing in from a browser, sessions and devices. */
export const sessions = module({
  name: 'sessions',
  summary: 'Sign-in, sessions and devices',
  contract: sessionsContract,
  needs: { database: 'app_tenant', signIn: true },
});
