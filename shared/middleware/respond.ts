/** The answer to a request that succeeded, and the headers that every answer carries. */
import { settings } from '../config/environment.ts';
import { limitHeaders } from '../limits/counters.ts';
import { type ApiEvent, type ApiResult, type Exchange, header } from './exchange.ts';

/** A JSON answer with the endpoint's status; 204 has no body. */
export function respond(event: ApiEvent, exchange: Exchange, status: number, output: unknown): ApiResult {
  const headers = responseHeaders(event, exchange);
  if (status === 204) return { statusCode: status, headers, body: '' };
  return {
    statusCode: status,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(output),
  };
}

/** Request id, rates and cross-origin permission. Answers belong to the caller and are never cached. */
export function responseHeaders(event: ApiEvent, exchange: Exchange): Record<string, string> {
  const origin = header(event, 'origin');
  const allowed = origin !== undefined && settings.allowedOrigins().includes(origin);
  return {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': exchange.requestId,
    vary: 'origin',
    ...limitHeaders(exchange.limits),
    ...bannerOf(exchange),
    ...(allowed
      ? {
          'access-control-allow-origin': origin,
          'access-control-expose-headers':
            'plinth-impersonation, ratelimit, ratelimit-policy, retry-after, x-request-id',
        }
      : {}),
    ...exchange.cookie?.headers(),
  };
}

/** Says on every answer that support acts for somebody, for whom, and until when; a structured field. */
function bannerOf({ impersonation }: Exchange): Record<string, string> {
  if (impersonation === undefined) return {};
  const { id, member, staff, endsAt } = impersonation;
  const until = Math.floor(endsAt.getTime() / 1000);
  return { 'plinth-impersonation': `id="${id}", by="${staff}", for="${member}", until=@${until}` };
}
