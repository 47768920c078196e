/** Which deployment is meant, and what it says of itself: its console serves that as `/config.json`. */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { Refusal, usage } from './exit.ts';
import { variable, type World } from './world.ts';

const configSchema = z.object({
  apiUrl: z.url(),
  loginUrl: z.url(),
  region: z.string(),
  commandLine: z.object({ clientId: z.string().min(1), returnUrls: z.array(z.url()).min(1) }),
});

/** A deployment of Plinth. */
export type Deployment = z.output<typeof configSchema> & {
  /** Where people open it; what is remembered of it stands under this name. */
  url: string;
};

const project = dirname(import.meta.dirname);

/**
 * The address of the deployment that is meant: the named one, the local stack that runs in this clone, or the one
 * that was signed in to last.
 */
export function addressOf(world: World, named: string | undefined, remembered: string | undefined): string {
  const wanted = named ?? variable(world, 'PLINTH_URL');
  if (wanted !== undefined) {
    const url = URL.parse(wanted);
    if (url === null || !/^https?:$/.test(url.protocol)) {
      throw usage(`${wanted} is no address of a deployment.`, 'It looks like https://console.example.com.');
    }
    return url.origin;
  }
  const found = localStack(world) ?? remembered;
  if (found !== undefined) return found;
  throw usage(
    'No deployment is named, and none runs here.',
    'Name one with --url or PLINTH_URL, or start the local one with: npm start',
  );
}

/** What the deployment says of itself. */
export async function findDeployment(world: World, url: string): Promise<Deployment> {
  const address = new URL('/config.json', url).href;
  let body: unknown;
  try {
    const answer = await fetch(address, {
      signal: AbortSignal.any([world.signal, AbortSignal.timeout(15_000)]),
    });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    body = await answer.json();
  } catch (error) {
    world.signal.throwIfAborted();
    throw unreachable(url, error);
  }
  const config = configSchema.safeParse(body);
  if (config.success) return { ...config.data, url };
  throw new Refusal(`${url} is no console of Plinth, or one of another version.`, { cause: config.error });
}

/** Nobody answers there. */
export function unreachable(url: string, error: unknown): Refusal {
  const isHere = new URL(url).hostname === 'localhost';
  return new Refusal(`${url} does not answer: ${reasonOf(error)}.`, {
    advice: isHere ? 'Start the local stack with: npm start' : 'Check the address and your connection.',
    cause: error,
  });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'it takes too long';
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return cause.message === '' ? String((cause as NodeJS.ErrnoException).code ?? cause.name) : cause.message;
}

/** The stack that `npm start` runs leaves a note where it is. */
function localStack(world: World): string | undefined {
  const state = resolve(world.folder, variable(world, 'PLINTH_STATE') ?? join(project, '.plinth'));
  try {
    const note = JSON.parse(readFileSync(join(state, 'stack.json'), 'utf8')) as { url?: unknown };
    return typeof note.url === 'string' ? note.url : undefined;
  } catch {
    // None runs, or it is just being started.
    return undefined;
  }
}
