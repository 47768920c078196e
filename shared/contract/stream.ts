/**
 * Answers that take longer than a transaction may stay open or a buffered answer may take, and that may come in
 * pieces: what the operation of an endpoint with `streams` gives, and how it leaves as server-sent events.
 */

/** The longest such a call runs, in seconds; the function's own limit, and that of a call that was not ended. */
export const longestStreamSeconds = 300;

/** One event. Data that is no text leaves as JSON. */
export type ServerSentEvent = { event?: string; data: unknown };

/** What an operation may give instead of one output. It is read to its end or told to return, never left. */
export type EventStream = AsyncIterable<ServerSentEvent>;

/** The media type of an answer in events. */
export const eventStreamType = 'text/event-stream; charset=utf-8';

/** Whether an operation answered with events. */
export function isEventStream(output: unknown): output is EventStream {
  return typeof output === 'object' && output !== null && Symbol.asyncIterator in output;
}

/** An event as it stands on the wire. */
export function eventText({ event, data }: ServerSentEvent): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  const lines = text.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  return `${event === undefined ? '' : `event: ${event}\n`}${lines.join('')}\n`;
}
