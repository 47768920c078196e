/**
 * Whose protocol an endpoint speaks, where that is not ours: clients made for somebody else's service work with it by
 * changing address and key. Their errors have the shape that those clients know, for all who do not say that they
 * accept problem+json.
 */
import { type Failure, problemBody, problems } from './errors.ts';
import type { ServerSentEvent } from './stream.ts';

export const dialects = ['anthropic', 'openai'] as const;

export type Dialect = (typeof dialects)[number];

/** The media type of an error, and its body. */
export type ErrorAnswer = { contentType: string; body: unknown };

/** An error in the words of a dialect, or as problem+json where there is none. */
export function errorAnswer(dialect: Dialect | undefined, failure: Failure, requestId: string): ErrorAnswer {
  if (dialect === undefined) {
    return { contentType: 'application/problem+json', body: problemBody(failure, requestId) };
  }
  const body = dialect === 'anthropic' ? asAnthropic(failure, requestId) : asOpenAi(failure);
  return { contentType: 'application/json', body };
}

/** An error after the first byte, when the status is long gone. */
export function errorEvent(
  dialect: Dialect | undefined,
  failure: Failure,
  requestId: string,
): ServerSentEvent {
  const data = errorAnswer(dialect, failure, requestId).body;
  // Clients of OpenAI look for an error in the data; named events are for others.
  return dialect === 'openai' ? { data } : { event: 'error', data };
}

function asAnthropic(failure: Failure, requestId: string): unknown {
  const { status } = failure.problem;
  const type = anthropicTypes[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error');
  return { type: 'error', error: { type, message: messageOf(failure) }, request_id: requestId };
}

function asOpenAi(failure: Failure): unknown {
  const { code, status } = failure.problem;
  const type = openAiTypes[status] ?? (status < 500 ? 'invalid_request_error' : 'server_error');
  const param = failure.detail.errors?.[0]?.path ?? null;
  return { error: { message: messageOf(failure), type, param, code } };
}

const anthropicTypes: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
};

const openAiTypes: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'insufficient_quota',
  403: 'permission_error',
  429: 'rate_limit_error',
};

/** These clients show one sentence: what is wrong, our stable code, and where. */
function messageOf({ problem, detail }: Failure): string {
  const mistakes = (detail.errors ?? []).map(({ path, message }) => `${path} ${message}`).join('; ');
  const more = problem.code === problems.internal.code ? '' : (detail.detail ?? mistakes);
  return `${problem.title}${more === '' ? '' : ` ${more}`} (${problem.code})`;
}
