/** A stream sent through a transformation; whatever fails on the way fails the reader. */
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** What comes out of the transformation. */
export async function* through(
  source: AsyncIterable<Uint8Array>,
  transformation: Duplex,
): AsyncGenerator<Buffer> {
  const flowing = pipeline(source, transformation);
  // The reader meets the same error, and first.
  flowing.catch(() => undefined);
  for await (const chunk of transformation) yield chunk as Buffer;
  await flowing;
}
