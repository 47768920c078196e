/**
 * The request's own line in X-Ray: a subsegment below the one that Lambda makes, with what to search by. Written
 * by hand, because the X-Ray SDK follows every promise of the process with async hooks, sampled or not, which
 * costs a third of a request's processor time; see docs/decisions/own-trace.md.
 */
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { settings } from '../config/environment.ts';

/** What a subsegment says; annotations can be searched for. */
export type Traced = {
  name: string;
  startedAt: Date;
  annotations: Record<string, string | number | boolean>;
  /** The request ended with a fault of ours. */
  fault: boolean;
};

/** Id of the trace that the present invocation belongs to, if it is traced at all. */
export function traceId(): string | undefined {
  return traceHeader().Root;
}

/** Sends the subsegment to the daemon beside the function, when the invocation is sampled. */
export function sendTrace({ name, startedAt, annotations, fault }: Traced): void {
  const { Root: trace_id, Parent: parent_id, Sampled: sampled } = traceHeader();
  const [host, port] = (settings.trace().daemon ?? '').split(':');
  if (sampled !== '1' || trace_id === undefined || parent_id === undefined || !host || !port) return;
  const subsegment = {
    ...{ type: 'subsegment', trace_id, parent_id, id: randomBytes(8).toString('hex') },
    ...{ name, annotations, fault },
    start_time: startedAt.getTime() / 1000,
    end_time: Date.now() / 1000,
  };
  const document = `{"format":"json","version":1}\n${JSON.stringify(subsegment)}`;
  daemon().send(document, Number(port), host);
}

/** `Root=1-…;Parent=…;Sampled=1`, which Lambda sets anew for each invocation. */
function traceHeader(): Partial<Record<string, string>> {
  const parts = (settings.trace().header ?? '').split(';').map((part) => part.split('='));
  return Object.fromEntries(parts) as Partial<Record<string, string>>;
}

let socket: Socket | undefined;

function daemon(): Socket {
  if (socket !== undefined) return socket;
  socket = createSocket('udp4');
  // A trace that is lost is lost; the request is not.
  socket.on('error', () => undefined);
  socket.unref();
  return socket;
}
