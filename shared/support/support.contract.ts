/** What a tenant decides about support acting for its members: whether, and for how long (IDN-11). */
import { endpoint } from '../contract/endpoint.ts';
import { problem, problems } from '../contract/errors.ts';
import { idSchema } from '../contract/ids.ts';
import { pageOf, pageQuery } from '../contract/page.ts';
import { impersonationSchema, wrongStep } from '../identity/impersonations.contract.ts';

export const ownRequest = problem('impersonation.own_request', 403, 'Nobody allows it to themselves.');

const common = {
  plane: 'tenant',
  rate: 'standard',
  meter: 'api_calls',
  capability: 'impersonation',
  requirements: ['IDN-11', 'AUD-1'],
} as const;

const step = {
  ...common,
  method: 'POST',
  params: { impersonationId: idSchema('impersonation') },
  output: impersonationSchema,
  permission: 'support:approve',
  idempotency: 'optional',
} as const;

export const supportContract = {
  list: endpoint({
    ...common,
    method: 'GET',
    path: '/v1/impersonations',
    summary: 'Who of support asked to act for whom, and what came of it; the latest first',
    query: pageQuery,
    output: pageOf(impersonationSchema),
    permission: 'support:read',
  }),
  approve: endpoint({
    ...step,
    path: '/v1/impersonations/{impersonationId}/approve',
    summary: 'Let support act for the member, once, for half an hour from when it begins',
    audit: 'impersonation.approved',
    errors: [problems.notFound, wrongStep, ownRequest],
  }),
  deny: endpoint({
    ...step,
    path: '/v1/impersonations/{impersonationId}/deny',
    summary: 'Do not let support act for the member',
    audit: 'impersonation.denied',
    errors: [problems.notFound, wrongStep],
  }),
  end: endpoint({
    ...step,
    path: '/v1/impersonations/{impersonationId}/end',
    summary: 'Take the approval back; what support does for the member ends with its next request',
    audit: 'impersonation.ended',
    errors: [problems.notFound, wrongStep],
    requirements: ['IDN-11', 'IDN-4', 'AUD-1'],
  }),
};
