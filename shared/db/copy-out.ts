/**
 * Rows out of the server by COPY, as fast as the server sends them. pg makes an object and an event of every row; here
 * the row's bytes are handed on where they lie in the socket's own chunk, and nothing is made at all.
 */
import type { Connection as Wire, Submittable } from 'pg';
import type { RowSink } from '../contract/workflow.ts';

/** A query for pg's `client.query`, and its end. The server sends one message for each row. */
export type CopyOut = Submittable & { done: Promise<void> };

/**
 * Copies what the statement gives into the sink. One row's bytes are valid while it is taken.
 * @param text a whole `copy (…) to stdout (…)`
 */
export function copyOut(text: string, sink: RowSink): CopyOut {
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  // The statement's failure is told to whoever waits for it, and nobody has to.
  done.catch(() => undefined);
  let failure: unknown;
  const query = {
    done,
    submit: (wire: Wire) => {
      readRows(wire, sink, (error) => {
        failure = error;
        reject(error);
      });
      wire.query(text);
    },
    handleError: (error: Error) => reject(failure ?? error),
    handleReadyForQuery: () => resolve(),
    handleCommandComplete: () => undefined,
    handleRowDescription: () => undefined,
  };
  return query;
}

const code = { data: 0x64, done: 0x63, response: 0x48, error: 0x45 } as const;

/** Code and length of a message. */
const headBytes = 5;

/** Reads the server's messages in place of pg until the rows have ended. */
function readRows(wire: Wire, sink: RowSink, onFailure: (error: unknown) => void): void {
  const { stream } = wire;
  const [usual] = stream.listeners('data') as ((chunk: Buffer) => void)[];
  if (usual === undefined) throw new Error('nobody reads this connection');
  let rest: Buffer | undefined;

  const handBack = (left: Buffer): void => {
    stream.removeListener('data', onData);
    stream.on('data', usual);
    if (left.length > 0) usual(left);
  };
  // What it sends from here on is nobody's, so the connection ends with it.
  const breakOff = (error: unknown): void => {
    stream.removeListener('data', onData);
    onFailure(error);
    stream.destroy();
  };

  const onData = (chunk: Buffer): void => {
    const bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
    rest = undefined;
    let at = 0;
    while (at + headBytes <= bytes.length) {
      const kind = bytes[at];
      const end = at + 1 + bytes.readUInt32BE(at + 1);
      if (kind === code.error || kind === code.done) return handBack(bytes.subarray(at));
      if (end > bytes.length) break;
      if (kind === code.data) {
        try {
          sink.row(bytes, at + headBytes, end);
        } catch (error) {
          return breakOff(error);
        }
      } else if (kind !== code.response) usual(bytes.subarray(at, end));
      at = end;
    }
    if (at < bytes.length) rest = bytes.subarray(at);
    const pause = sink.pause?.();
    if (pause === undefined) return;
    stream.pause();
    pause.then(() => stream.resume(), breakOff);
  };

  stream.removeListener('data', usual);
  stream.on('data', onData);
}
