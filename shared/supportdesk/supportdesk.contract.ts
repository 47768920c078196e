/** What the platform's support does to act for a member: ask, begin, end (IDN-11). */
import * as z from 'zod';
import { endpoint } from '../contract/endpoint.ts';
import { problem, problems } from '../contract/errors.ts';
import { idSchema } from '../contract/ids.ts';
import { pageOf, pageQuery } from '../contract/page.ts';
import { impersonationSchema, wrongStep } from '../identity/impersonations.contract.ts';

export const forOneself = problem('impersonation.for_oneself', 422, 'Nobody acts for themselves.');

const common = {
  plane: 'platform',
  rate: 'standard',
  capability: 'impersonation',
  permission: 'platform:impersonate',
  output: impersonationSchema,
  requirements: ['IDN-11', 'AUD-1'],
} as const;

const one = { ...common, params: { impersonationId: idSchema('impersonation') } } as const;
const step = {
  ...one,
  method: 'POST',
  idempotency: 'optional',
  errors: [problems.notFound, wrongStep],
} as const;

export const supportdeskContract = {
  list: endpoint({
    ...common,
    method: 'GET',
    path: '/v1/platform/impersonations',
    summary: 'Who of support asked to act for whom, and what came of it; the latest first',
    query: pageQuery.extend({ tenantId: idSchema('tenant').optional() }),
    output: pageOf(impersonationSchema),
  }),
  get: endpoint({
    ...one,
    method: 'GET',
    path: '/v1/platform/impersonations/{impersonationId}',
    summary: 'One of them',
    errors: [problems.notFound],
  }),
  request: endpoint({
    ...common,
    method: 'POST',
    path: '/v1/platform/impersonations',
    summary: 'Ask a tenant to let the caller act for one of its members',
    body: z.object({
      tenantId: idSchema('tenant'),
      memberId: idSchema('user'),
      reason: z
        .string()
        .trim()
        .min(3)
        .max(500)
        .describe('Why; the tenant reads it, and it stands in the trail'),
    }),
    status: 201,
    audit: 'impersonation.requested',
    idempotency: 'required',
    errors: [problems.notFound, forOneself],
  }),
  start: endpoint({
    ...step,
    path: '/v1/platform/impersonations/{impersonationId}/start',
    summary:
      'Begin what was approved: for half an hour, calls with the header Plinth-Impersonate are made for the member',
    audit: 'impersonation.started',
    requirements: ['IDN-11', 'IDN-4', 'AUD-1', 'AUD-3'],
  }),
  withdraw: endpoint({
    ...step,
    path: '/v1/platform/impersonations/{impersonationId}/withdraw',
    summary: 'Take a request back, approved or not',
    audit: 'impersonation.withdrawn',
  }),
  end: endpoint({
    ...step,
    path: '/v1/platform/impersonations/{impersonationId}/end',
    summary: 'End it before its time',
    audit: 'impersonation.ended',
    requirements: ['IDN-11', 'IDN-4', 'AUD-1', 'AUD-3'],
  }),
};
