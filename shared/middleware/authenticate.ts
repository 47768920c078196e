/** Who is calling: a verified access token, or nobody on public endpoints (IDN-2). */
import { fail, problems } from '../contract/errors.ts';
import { verifyAccessToken } from '../identity/access-token.ts';
import { gateClient } from '../limits/gate-client.ts';
import { header, type Link } from './exchange.ts';

/** Requires a valid bearer token on every plane but the public one. */
export function authenticate(): Link {
  return {
    before: async ({ event, context: { exchange } }) => {
      if (exchange.called.endpoint.plane === 'public') return;
      // The next link needs it. An instance's first request compiles it while the signing keys are on their way.
      gateClient().catch(() => undefined);
      const [scheme, token, ...rest] = (header(event, 'authorization') ?? '').split(' ');
      if (scheme?.toLowerCase() !== 'bearer' || !token || rest.length > 0) {
        throw fail(problems.unauthenticated, { headers: { 'www-authenticate': 'Bearer' } });
      }
      exchange.caller = await verifyAccessToken(token);
    },
  };
}
