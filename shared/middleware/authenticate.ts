/** Who is calling: a verified access token, an API key, or nobody on public endpoints (IDN-2, IDN-8, API-1). */
import { fail, problems } from '../contract/errors.ts';
import { verifyAccessToken } from '../identity/access-token.ts';
import { gateClient } from '../limits/gate-client.ts';
import { looksLikeKey } from '../tenancy/key-secret.ts';
import { callingKey } from './calling-key.ts';
import { type ApiEvent, header, type Link } from './exchange.ts';

/** Requires a valid bearer on every plane but the public one. */
export function authenticate(): Link {
  return {
    before: async ({ event, context: { exchange } }) => {
      if (exchange.called.endpoint.plane === 'public') return;
      // The next link needs it. An instance's first request compiles it while the signing keys are on their way.
      gateClient().catch(() => undefined);
      const credential = bearerOf(event);
      if (looksLikeKey(credential)) exchange.apiKey = await callingKey(exchange, credential);
      else exchange.caller = await verifyAccessToken(credential);
    },
  };
}

function bearerOf(event: ApiEvent): string {
  const [scheme, credential, ...rest] = (header(event, 'authorization') ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || !credential || rest.length > 0) {
    throw fail(problems.unauthenticated, { headers: { 'www-authenticate': 'Bearer' } });
  }
  return credential;
}
