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
  const broken = brokenMessage();

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

  /** Takes whole messages from there on; gives where the first begins that is not whole, or nothing when it is over. */
  const take = (bytes: Buffer, from: number): number | undefined => {
    let at = from;
    while (at + headBytes <= bytes.length) {
      const kind = bytes[at];
      const end = endOf(bytes, at);
      if (end > bytes.length) break;
      if (kind === code.data) sink.row(bytes, at + headBytes, end);
      else if (kind === code.error || kind === code.done) {
        handBack(bytes.subarray(at));
        return undefined;
      } else if (kind !== code.response) usual(bytes.subarray(at, end));
      at = end;
    }
    return at;
  };

  const onData = (chunk: Buffer): void => {
    try {
      const begun = broken.complete(chunk);
      if (begun.message !== undefined && take(begun.message, 0) === undefined) {
        return usual(chunk.subarray(begun.used));
      }
      const at = begun.used === chunk.length ? chunk.length : take(chunk, begun.used);
      if (at === undefined) return;
      broken.keep(chunk, at);
    } catch (error) {
      return breakOff(error);
    }
    free(chunk);
    const pause = sink.pause?.();
    if (pause === undefined) return;
    stream.pause();
    pause.then(() => stream.resume(), breakOff);
  };

  stream.removeListener('data', usual);
  stream.on('data', onData);
}

/**
 * Gives a chunk's memory back now. It lies outside the heap, where the collector lets some 64 MB pile up before it looks.
 * A chunk that shares its memory with others, as small ones of the pool do, is left alone.
 */
function free({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

function endOf(bytes: Buffer, at: number): number {
  return at + 1 + bytes.readUInt32BE(at + 1);
}

/** The message that lies in two chunks or more. It alone is copied, into a buffer that is used again. */
function brokenMessage() {
  let [buffer, length] = [Buffer.allocUnsafeSlow(4_096), 0];
  const add = (chunk: Buffer, from: number, upTo: number): number => {
    const count = Math.min(upTo - length, chunk.length - from);
    if (upTo > buffer.length) {
      const larger = Buffer.allocUnsafeSlow(upTo);
      buffer.copy(larger, 0, 0, length);
      buffer = larger;
    }
    chunk.copy(buffer, length, from, from + count);
    length += count;
    return from + count;
  };
  return {
    /** Adds what a chunk has of it; gives it when it is whole, and how much of the chunk was its. */
    complete: (chunk: Buffer): { message?: Buffer; used: number } => {
      if (length === 0) return { used: 0 };
      let used = length < headBytes ? add(chunk, 0, headBytes) : 0;
      if (length < headBytes) return { used };
      const end = endOf(buffer, 0);
      used = add(chunk, used, end);
      if (length < end) return { used };
      length = 0;
      return { message: buffer.subarray(0, end), used };
    },
    keep: (chunk: Buffer, from: number): void => {
      if (from < chunk.length) add(chunk, from, length + chunk.length - from);
    },
  };
}
