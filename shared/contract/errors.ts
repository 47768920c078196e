/**
 * Expected failures. A problem is declared once with a stable code, a status and a sentence for the caller;
 * an operation throws it with {@link fail}; the chain answers RFC 9457 problem+json.
 */
import * as z from 'zod';

/** A declared failure. `code` is stable and machine-readable; `title` is written for the caller. */
export type ProblemType = { code: string; status: number; title: string };

/** Declares a failure that endpoints may list in their contract. */
export function problem(code: string, status: number, title: string): ProblemType {
  return Object.freeze({ code, status, title });
}

/** Failures that the chain itself may answer, on any endpoint. */
export const problems = {
  invalidInput: problem('request.invalid', 400, 'The request is not valid.'),
  idempotencyKeyMissing: problem(
    'idempotency.key_missing',
    400,
    'This call needs an Idempotency-Key header.',
  ),
  unauthenticated: problem('auth.unauthenticated', 401, 'A valid access token is required.'),
  sessionEnded: problem('auth.session_ended', 401, 'The session has ended. Sign in again.'),
  keyRefused: problem('auth.key_refused', 401, 'The API key is not valid.'),
  originRefused: problem('auth.origin_refused', 403, 'This page may not call this.'),
  impersonationEnded: problem(
    'impersonation.ended',
    403,
    'There is no such impersonation of yours, or it has ended.',
  ),
  notImpersonating: problem('impersonation.not_here', 403, 'Nobody does this for somebody else.'),
  emailUnverified: problem('auth.email_unverified', 403, 'The e-mail address is not verified yet.'),
  forbidden: problem('auth.forbidden', 403, 'You may not do this.'),
  tenantSuspended: problem('tenant.suspended', 403, 'The tenant is suspended.'),
  capabilityOff: problem('capability.off', 403, 'This capability is not available to the tenant.'),
  switchedOff: problem('capability.switched_off', 403, 'This capability is switched off for the time being.'),
  tenantRequired: problem('tenant.required', 400, 'Name the tenant in the x-tenant-id header.'),
  notFound: problem('resource.not_found', 404, 'There is no such resource.'),
  inFlight: problem(
    'idempotency.in_flight',
    409,
    'The first call with this Idempotency-Key is still running.',
  ),
  answerNotKept: problem(
    'idempotency.answer_not_kept',
    409,
    'The first call with this Idempotency-Key was made; its answer is not kept.',
  ),
  outcomeUnknown: problem(
    'idempotency.outcome_unknown',
    409,
    'The first call with this Idempotency-Key did not come to an end; it may have had effects.',
  ),
  conflict: problem('resource.conflict', 409, 'The resource was changed by somebody else.'),
  payloadTooLarge: problem('request.too_large', 413, 'The request is too large.'),
  idempotencyMismatch: problem(
    'idempotency.mismatch',
    422,
    'This Idempotency-Key was used with another request.',
  ),
  rateLimited: problem('limit.rate', 429, 'Too many requests.'),
  usageExceeded: problem('limit.usage', 429, 'The limit of the tenant’s plan is reached.'),
  internal: problem('internal', 500, 'Something went wrong on our side.'),
  unavailable: problem('dependency.unavailable', 503, 'A part of the service is not available. Try again.'),
} as const;

/** The body of every error answer (RFC 9457). */
export const problemSchema = z
  .object({
    type: z.string().describe('A URI naming the problem'),
    code: z.string().describe('Stable, machine-readable code'),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    instance: z.string().optional().describe('Id of the request, to quote to support'),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe('What is wrong with the input, by field'),
    policy: z.string().optional().describe('The limit that was exceeded'),
  })
  .meta({ id: 'Problem' });

export type ProblemBody = z.infer<typeof problemSchema>;

/** What a failure adds for the caller; nothing internal belongs here. */
export type ProblemDetail = {
  detail?: string;
  errors?: { path: string; message: string }[];
  policy?: string;
  /** What is left of a usage limit that was asked for more; nothing unless told. Not for the caller. */
  remaining?: number;
  headers?: Record<string, string>;
  /** What the refusal says about security; kept as an event, not told to the caller. */
  securityEvent?: {
    type: 'limit_exceeded' | 'otp_abuse' | 'impersonation_refused';
    subject: string;
    occurrence: string;
  };
  /** For the log only, never for the caller. */
  cause?: unknown;
};

/** An expected failure on its way to the caller. */
export class Failure extends Error {
  readonly problem: ProblemType;
  readonly detail: ProblemDetail;

  constructor(declared: ProblemType, detail: ProblemDetail) {
    super(declared.code, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'Failure';
    this.problem = declared;
    this.detail = detail;
  }
}

/** The failure to throw for a declared problem: `throw fail(problems.notFound)`. */
export function fail(declared: ProblemType, detail: ProblemDetail = {}): Failure {
  return new Failure(declared, detail);
}

/** The problem+json body of a failure. */
export function problemBody(failure: Failure, requestId: string): ProblemBody {
  const { problem: declared, detail } = failure;
  return {
    type: `urn:plinth:problem:${declared.code}`,
    code: declared.code,
    title: declared.title,
    status: declared.status,
    ...(detail.detail === undefined ? {} : { detail: detail.detail }),
    instance: requestId,
    ...(detail.errors === undefined ? {} : { errors: detail.errors }),
    ...(detail.policy === undefined ? {} : { policy: detail.policy }),
  };
}
