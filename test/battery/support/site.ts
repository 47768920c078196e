/**
 * The whole local stack inside this process, on a temporary folder: the real template, functions and parts, and
 * hands on what a battery wants to break.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CryptoKey, type JWK, exportSPKI } from 'jose';
import { callAws } from '#local/front/call.ts';
import { loadKeys } from '#local/parts/cognito/keys.ts';
import { issuerOf } from '#local/parts/cognito/settings.ts';
import { printTo } from '#local/progress.ts';
import { resetState } from '#local/reset-state.ts';
import { openSite, type SiteOptions } from '#local/site.ts';
import type { Stack } from '#local/stack.ts';
import { functions, type FunctionDefinition } from '#local/template/readers.ts';
import { poolSettings } from '#local/wiring.ts';
import type { GateAddress } from './code.ts';
import { type HttpClient, httpClient } from './http.ts';
import { startWorld, type World } from './world.ts';

/** What tokens of the stack's user pool are made of. */
export type PoolFacts = {
  issuer: string;
  clientId: string;
  kid: string;
  privateKey: CryptoKey;
  publicJwk: JWK;
  publicPem: string;
};

/** What endpoints are tried through, and the people who try. */
export type Tried = { world: World; http: HttpClient };

export type BatterySite = Tried & {
  url: string;
  state: string;
  stack: Stack;
  pool: PoolFacts;
  /** What the stack said while it ran. */
  lines: string[];
  /** The definition of the function that serves a module's endpoints, or those of them that stream. */
  functionOf: (module: string, kind?: 'http' | 'stream') => FunctionDefinition;
  /** Runs other definitions from now on: what the change makes of those that run. */
  change(change: (definition: FunctionDefinition) => FunctionDefinition): Promise<void>;
  stop(): Promise<void>;
};

const root = join(import.meta.dirname, '../../..');

/** Starts a stack of its own. */
export async function startSite(more: Pick<SiteOptions, 'onDecision' | 'pair'> = {}): Promise<BatterySite> {
  const state = await mkdtemp(join(tmpdir(), 'plinth-battery-'));
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  printTo(log);
  const stopping: (() => Promise<unknown>)[] = [() => resetState(state)];
  const stop = async () => {
    for (const step of stopping.splice(0).reverse()) await step();
  };
  try {
    const site = await openSite({ root, state, port: 0, log, ...more });
    stopping.push(() => site.stop());
    const pool = await poolFacts(site.stack, state);
    const { databaseUrl } = site.stack;
    const behind = { databaseUrl, linkSecret: await linkSecretOf(site.stack), gate: gateOf(site.stack) };
    const world = startWorld(behind, pool);
    stopping.push(() => world.stop());
    const http = httpClient(site.url);
    stopping.push(async () => http.stop());
    return {
      url: site.url,
      state,
      stack: site.stack,
      pool,
      world,
      http,
      lines,
      stop,
      ...running(site.stack),
    };
  } catch (error) {
    await stop();
    throw new Error(`The stack did not start.\n${lines.join('\n')}`, { cause: error });
  }
}

function running(stack: Stack): Pick<BatterySite, 'functionOf' | 'change'> {
  let definitions = functions(stack.cell);
  return {
    functionOf: (module, kind = 'http') => {
      const found = definitions.find(({ name }) => name.endsWith(`-${kind}-${module}`));
      if (found === undefined) throw new Error(`The template has no function that serves ${module}.`);
      return found;
    },
    change: async (change) => {
      definitions = definitions.map(change);
      await stack.functions.replace(definitions);
    },
  };
}

function gateOf(stack: Stack): GateAddress {
  const [table = ''] = functions(stack.cell).flatMap(({ environment }) => environment.GATE_TABLE ?? []);
  return { port: Number(new URL(stack.frontUrl).port), table };
}

/** Read as the function that verifies links does, but as the runtime itself. */
async function linkSecretOf(stack: Stack): Promise<string> {
  const arn = functions(stack.cell)
    .map(({ environment }) => environment.LINK_SECRET_ARN)
    .find((found) => found !== undefined);
  const { SecretString } = await callAws<{ SecretString: string }>({
    port: Number(new URL(stack.frontUrl).port),
    target: 'secretsmanager.GetSecretValue',
    service: 'secretsmanager',
    body: { SecretId: arn },
    region: 'us-east-1',
  });
  return SecretString;
}

/** What tokens of a stack's user pool are made of. */
export async function poolFacts(stack: Stack, state: string): Promise<PoolFacts> {
  const keys = await loadKeys(state);
  const settings = poolSettings(stack.cell);
  const [publicJwk = {}] = keys.publicSet.keys;
  return {
    issuer: issuerOf(settings),
    clientId: settings.clients[0]?.clientId ?? '',
    kid: keys.kid,
    privateKey: keys.privateKey,
    publicJwk,
    publicPem: await exportSPKI(keys.publicKey),
  };
}
