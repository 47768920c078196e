/** Finds the stack under test and says how to reach its parts. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { stateFolder } from '#local/state.ts';
import { regionNames } from '#shared/config/regions.ts';

/** What `/config.json` tells browsers, and us. */
const configSchema = z.object({
  apiUrl: z.url(),
  loginUrl: z.url(),
  clientId: z.string(),
  redirectUri: z.url(),
  mailboxUrl: z.url().optional(),
  region: z.enum(regionNames),
});

const demoSchema = z.object({ password: z.string(), users: z.object({ admin: z.string() }) });

/** A running stack. Without a mailbox nobody can sign up here; without demo users nobody is platform staff. */
export type Stack = z.infer<typeof configSchema> & {
  url: string;
  platformAdmin: { email: string; password: string } | undefined;
};

/**
 * The stack at an address, or the local one that runs on the state folder.
 * @param configFile says where everything is, for a deployment whose console does not
 * @throws Error in plain words when there is none
 */
export async function findStack(url?: string, configFile?: string): Promise<Stack> {
  if (configFile !== undefined) {
    const config = await readJson(configFile, configSchema);
    if (config === undefined) throw new Error(`There is no file ${configFile}.`);
    return { ...config, url: config.apiUrl, platformAdmin: undefined };
  }
  const local = await readJson(join(stateFolder(), 'stack.json'), z.object({ url: z.url() }));
  const found = url ?? local?.url;
  if (found === undefined) {
    throw new Error(`No stack runs on ${stateFolder()}. Start one with npm start, or name one with --url.`);
  }
  const config = configSchema.parse(await fetchJson(new URL('/config.json', found)));
  // Demo credentials belong to the local stack of this state folder and to no other.
  const isOurs = local !== undefined && new URL(found).origin === new URL(local.url).origin;
  const demo = isOurs ? await readJson(join(stateFolder(), 'demo.json'), demoSchema) : undefined;
  return {
    ...config,
    url: found,
    platformAdmin: demo === undefined ? undefined : { email: demo.users.admin, password: demo.password },
  };
}

async function fetchJson(url: URL): Promise<unknown> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    return await answer.json();
  } catch (error) {
    throw new Error(`${url.href} does not answer: ${reason(error)}`, { cause: error });
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : schema.parse(JSON.parse(text));
}
