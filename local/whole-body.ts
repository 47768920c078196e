/**
 * The body of an HTTP message, read as a whole. By its events: every request of the stack is read several times on
 * its way, and iterating a stream costs more than the few bytes that are in it.
 */
import type { IncomingMessage } from 'node:http';

/**
 * Reads a body; undefined when it is larger than the limit. What is too much is read on and dropped, so that the
 * sender gets to see an answer.
 * @throws Error when the connection ends before the body does
 */
export function wholeBody(message: IncomingMessage): Promise<Buffer>;
export function wholeBody(message: IncomingMessage, limitBytes: number): Promise<Buffer | undefined>;
export function wholeBody(message: IncomingMessage, limitBytes = Infinity): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const breakOff = () => reject(new Error('The connection ended before the body did.'));
    if (message.destroyed) return breakOff();
    message.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= limitBytes) chunks.push(chunk);
      else chunks.length = 0;
    });
    message.once('end', () => {
      message.off('close', breakOff);
      resolve(bytes <= limitBytes ? joined(chunks) : undefined);
    });
    message.once('error', reject);
    message.once('close', breakOff);
  });
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
}
