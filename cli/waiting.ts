/** Waiting for work that goes on in the service, and fetching the files that come of it; progress is shown meanwhile. */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Run } from './command.ts';
import { unreachable } from './deployment.ts';
import { Refusal } from './exit.ts';

const shortestMs = 1_000;
/** Looking counts as calls of the tenant. */
const longestMs = 10_000;

/** What a look at some work told: how it is described, how far it is, and whether it is over. */
export type Look = { text: string; percent?: number; isOver: boolean };

/**
 * Looks again and again until the work is over.
 * @param later how to go on for whoever stops waiting; the work goes on without them
 */
export async function waitFor<Thing>(
  { world, out }: Run,
  { read, look, later }: { read: () => Promise<Thing>; look: (thing: Thing) => Look; later: string },
): Promise<Thing> {
  let pauseMs = shortestMs;
  try {
    for (;;) {
      const thing = await read();
      const { text, percent, isOver } = look(thing);
      if (isOver) return thing;
      out.progress(percent === undefined ? `${text} …` : `${bar(percent)} ${text}`);
      await sleep(pauseMs, undefined, { signal: world.signal });
      pauseMs = Math.min(longestMs, pauseMs * 1.3);
    }
  } catch (error) {
    if (world.signal.aborted) out.note(`It goes on without you. ${later}`);
    throw error;
  }
}

/** Fetches a file to a path, or to standard output for `-`. A file appears there only when it is whole. */
export async function fetchFile(self: Run, url: string, target: string): Promise<void> {
  const { world, out } = self;
  const answer = await fetch(url, { signal: world.signal }).catch((error: unknown) => {
    world.signal.throwIfAborted();
    throw unreachable(new URL(url).origin, error);
  });
  if (!answer.ok || answer.body === null)
    throw new Refusal(`The file cannot be fetched: HTTP ${answer.status}.`);
  const counted = counting(self, Number(answer.headers.get('content-length') ?? 0));
  const body = Readable.fromWeb(answer.body as ReadableStream);
  if (target === '-') {
    for await (const chunk of body.pipe(counted)) {
      // A reader that is slower than the network sets the pace.
      if (!world.stdout.write(chunk)) await new Promise((go) => world.stdout.once('drain', go));
    }
    return out.progress('');
  }
  const path = resolve(world.folder, target);
  const unfinished = `${path}.part`;
  try {
    await pipeline(body, counted, createWriteStream(unfinished, { mode: 0o600 }), { signal: world.signal });
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  out.note(`Saved ${path}.`);
}

function counting({ out }: Run, expected: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      const percent = expected === 0 ? undefined : Math.floor((bytes / expected) * 100);
      out.progress(`${percent === undefined ? '' : `${bar(percent)} `}${Math.ceil(bytes / 1024)} KiB`);
      done(null, chunk);
    },
  });
}

const barWidth = 24;

function bar(percent: number): string {
  const full = Math.round((Math.min(100, Math.max(0, percent)) / 100) * barWidth);
  return `${'█'.repeat(full)}${'░'.repeat(barWidth - full)} ${String(Math.floor(percent)).padStart(3)} %`;
}
