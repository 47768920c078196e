/** Whether an answer of success is what its contract promises. */
import type { EndpointFacts } from '#shared/contract/endpoint.ts';
import { eventStreamType } from '#shared/contract/stream.ts';
import type { HttpAnswer } from './http.ts';

/** An answer in one piece fits the output; one in pieces is made of events. */
export function isOutput(endpoint: EndpointFacts, { status, body, text, headers }: HttpAnswer): boolean {
  if (status === 204) return text === '';
  if (!endpoint.streams || headers['content-type'] !== eventStreamType) {
    return endpoint.output.safeParse(body).success;
  }
  return /^((event: \S+\n)?(data: .*\n)+\n)+$/.test(text);
}
