/** Who is calling: a verified access token, an API key, or nobody on public endpoints (IDN-2, IDN-8, API-1). */
import type { EndpointFacts } from '../contract/endpoint.ts';
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
      const credential = credentialOf(event, exchange.called.endpoint);
      if (looksLikeKey(credential)) exchange.apiKey = await callingKey(exchange, credential);
      else exchange.caller = await verifyAccessToken(credential);
    },
  };
}

/** The bearer; clients of a dialect that sends a key in a header of its own may do so. */
function credentialOf(event: ApiEvent, { dialect }: EndpointFacts): string {
  const key = dialect === 'anthropic' ? header(event, 'x-api-key') : undefined;
  return key === undefined || header(event, 'authorization') !== undefined ? bearerOf(event) : key;
}

function bearerOf(event: ApiEvent): string {
  const [scheme, credential, ...rest] = (header(event, 'authorization') ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || !credential || rest.length > 0) {
    throw fail(problems.unauthenticated, { headers: { 'www-authenticate': 'Bearer' } });
  }
  return credential;
}
