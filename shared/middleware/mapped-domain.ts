/** The name under which a request reached the API; one that a tenant has proven means that tenant (TEN-4). */
import type { ApiEvent } from './exchange.ts';

/**
 * What API Gateway itself says: the custom domain name that the request came in by. A header is what its sender
 * writes. Locally the name has a port.
 */
export function hostOf(event: ApiEvent): string | undefined {
  const host = event.requestContext.domainName?.split(':')[0]?.toLowerCase();
  return host === '' ? undefined : host;
}
