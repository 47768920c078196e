/** Refusals in the words of another's protocol, told as the problems that they are, to be judged like all others. */
import type { EndpointFacts } from '#shared/contract/endpoint.ts';
import type { HttpAnswer, HttpRequest } from '../support/http.ts';

/**
 * An answer as whoever understands problem+json would have got it; where it is in the dialect of the endpoint, and in
 * good form, its code is found where these clients show it: at the end of the message.
 */
export function inOurWords(
  { dialect, status: success }: EndpointFacts,
  { headers }: HttpRequest,
  answer: HttpAnswer,
): HttpAnswer {
  const { status, body } = answer;
  const asksForProblems = String(headers.accept ?? '').includes('application/problem+json');
  if (dialect === undefined || asksForProblems || status === success) return answer;
  const message = messageIn(body);
  const [, code] = / \(([a-z_]+\.[a-z_]+)\)$/.exec(message ?? '') ?? [];
  const isJson = answer.headers['content-type'] === 'application/json';
  // In no good form it stays as it is, and is found to be no problem.
  if (message === undefined || code === undefined || !isJson) return answer;
  return {
    ...answer,
    body: { type: `urn:plinth:problem:${code}`, code, title: message, status },
    headers: { ...answer.headers, 'content-type': 'application/problem+json' },
  };
}

function messageIn(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('error' in body)) return undefined;
  const { error } = body;
  if (typeof error !== 'object' || error === null || !('message' in error)) return undefined;
  return typeof error.message === 'string' ? error.message : undefined;
}
