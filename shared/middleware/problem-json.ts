/** Turns every error into RFC 9457 problem+json, or into the words of the endpoint's dialect. What was not expected is logged and answered with 500. */
import { type Dialect, errorAnswer } from '../contract/dialect.ts';
import { Failure, fail, problems } from '../contract/errors.ts';
import { type ApiEvent, type ApiResult, type Exchange, header, type Link } from './exchange.ts';
import { responseHeaders } from './respond.ts';
import { recordSecurityEvent } from './security-event.ts';
import { trackError } from './track-error.ts';
import { noteRefusedUsage } from './usage-alerts.ts';

/** How soon a part that was not available may be asked for again. */
const retryAfterSeconds = '5';

/** Answers errors; nothing internal leaks into the answer. */
export function problemJson(): Link {
  return {
    onError: async (request) => {
      const { exchange } = request.context;
      const failure = asFailure(request.error);
      report(exchange, failure, request.error);
      await trackFailure(exchange, failure);
      // Here the operation's transaction is gone, and with it everything that it would have written.
      const { securityEvent } = failure.detail;
      if (securityEvent !== undefined) await recordSecurityEvent(exchange, securityEvent);
      await noteRefusedUsage(exchange, failure);
      const dialect = dialectFor(request.event, exchange);
      const headers = responseHeaders(request.event, exchange);
      request.response = problemResult(failure, exchange.requestId, headers, dialect);
    },
  };
}

/** The dialect to speak to a caller; none to those who say that they understand problem+json. */
export function dialectFor(event: ApiEvent, { called }: Exchange): Dialect | undefined {
  return header(event, 'accept')?.includes('application/problem+json') === true
    ? undefined
    : called.endpoint.dialect;
}

/** The answer to a failure. */
export function problemResult(
  failure: Failure,
  requestId: string,
  headers: Record<string, string>,
  dialect?: Dialect,
): ApiResult {
  const { contentType, body } = errorAnswer(dialect, failure, requestId);
  return {
    statusCode: failure.problem.status,
    headers: {
      ...headers,
      'content-type': contentType,
      ...(failure.problem.status === 503 ? { 'retry-after': retryAfterSeconds } : {}),
      ...failure.detail.headers,
    },
    body: JSON.stringify(body),
  };
}

/** What a caller may know of an error. */
export function asFailure(error: unknown): Failure {
  return error instanceof Failure ? error : fail(problems.internal, { cause: error });
}

/** Logs what was not the caller's fault. */
export function report(exchange: Exchange, failure: Failure, error: unknown): void {
  const status = failure.problem.status;
  if (status < 500) return;
  const cause: unknown = failure.cause ?? error;
  exchange.log.error('request failed', { code: failure.problem.code, ...describe(cause) });
}

/** Tells the error tracker of what nobody expected; a part that is not available is told by alarms. */
export async function trackFailure(
  { called, requestId, tenant }: Exchange,
  { problem, cause }: Failure,
): Promise<void> {
  if (problem !== problems.internal) return;
  await trackError(cause, {
    operation: called.operationId,
    requestId,
    tenantId: tenant?.id,
    tier: tenant?.plan,
  });
}

/** Name, code and stack of an error, but never its message: messages of libraries may quote data. */
function describe(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { errorName: typeof error };
  return {
    errorName: error.name,
    ...('code' in error ? { errorCode: error.code } : {}),
    errorStack: error.stack
      ?.split('\n')
      .filter((line) => /^\s+at /.test(line))
      .slice(0, 12),
    ...(error.cause === undefined ? {} : { errorCause: describe(error.cause) }),
  };
}
