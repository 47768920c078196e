/** Calls an endpoint of the registry as an attacker would: any token, any tenant, any id, and looks at all of
 * the answer. */
import type * as z from 'zod';
import type { EndpointFacts } from '#shared/contract/endpoint.ts';
import { same } from './check.ts';
import { patientFetch } from './patient-fetch.ts';
import type { Stack } from './stack.ts';

/** What is sent: `ids` fill the path's parameters, whatever their names. */
export type Probe = {
  endpoint: EndpointFacts;
  token?: string | undefined;
  tenantId?: string;
  ids?: Record<string, string>;
  body?: Record<string, unknown>;
};

export type Answer = { status: number; body: Record<string, unknown> };

/** The whole answer, but for the id of the request, which differs between any two. */
export async function probe(
  stack: Stack,
  { endpoint, token, tenantId, ids = {}, body }: Probe,
): Promise<Answer> {
  const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => ids[name] ?? 'anything');
  const answer = await patientFetch(stack.apiUrl.replace(/\/$/, '') + path + requiredQuery(endpoint), {
    method: endpoint.method,
    headers: {
      accept: 'application/json, application/problem+json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(tenantId === undefined ? {} : { 'x-tenant-id': tenantId }),
      ...(endpoint.idempotency === undefined ? {} : { 'idempotency-key': crypto.randomUUID() }),
      ...(endpoint.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(endpoint.body === undefined ? {} : { body: JSON.stringify(body ?? {}) }),
  });
  const { instance: _instance, ...rest } = (await answer.json()) as Record<string, unknown>;
  return { status: answer.status, body: rest };
}

/** Query parameters without which the gateway itself would refuse, before anybody has looked at the caller. */
function requiredQuery({ query }: EndpointFacts): string {
  const required = Object.entries<z.ZodType>(query.shape).filter(([, field]) => !field.isOptional());
  return required.length === 0 ? '' : `?${required.map(([name]) => `${name}=anything`).join('&')}`;
}

/**
 * Requires that something real of somebody else's answers exactly like something that does not exist, with
 * the given status.
 */
export async function hidden(stack: Stack, status: number, real: Probe, madeUp: Probe): Promise<void> {
  const [forReal, forMadeUp] = [await probe(stack, real), await probe(stack, madeUp)];
  const where = `${real.endpoint.method} ${real.endpoint.path}`;
  same(forReal.status, status, where);
  same(forReal, forMadeUp, `${where} must not tell what exists`);
}
