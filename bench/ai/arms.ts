/** The ways between a client and a provider that are compared: each is a process with an address. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Caller, OurWay } from './ours.ts';
import type { Mood } from './upstream.ts';

/** One way, as a client sees it. */
export type Arm = {
  name: string;
  url: string;
  /** What its clients send beside the request. */
  headers: Record<string, string>;
  /** The process whose time counts; none where there is nothing in between. */
  pid: number | undefined;
  /** It cannot answer in pieces. */
  wholeOnly?: boolean;
  stop(): Promise<void>;
};

export type Upstream = { url: string; pid: number; latency(ms: number): void; stop(): Promise<void> };

/** The provider that all of them ask. */
export async function startUpstream(): Promise<Upstream> {
  const { child, ...started } = await start('upstream.ts', []);
  return { ...started, latency: (latencyMs) => void child.send({ latencyMs } satisfies Mood) };
}

/** The client asks the provider. */
export function direct({ url }: Upstream): Arm {
  return { name: 'direct', url, headers: {}, pid: undefined, stop: () => Promise.resolve() };
}

/** A proxy that does nothing. */
export async function startThinProxy({ url }: Upstream): Promise<Arm> {
  return { name: 'thin proxy', headers: {}, ...(await start('thin-proxy.ts', [url])) };
}

/** One of our own ways, for a caller with this key; the environment names its database and its table. */
export async function startOurs(
  way: OurWay,
  { url }: Upstream,
  { apiKey, ...caller }: Caller & { apiKey: string },
  environment: Record<string, string> = {},
): Promise<Arm> {
  const started = await start('ours.ts', [way, url, JSON.stringify(caller)], environment);
  return { name: way, headers: { 'x-api-key': apiKey }, ...started };
}

type Started = { url: string; pid: number; stop(): Promise<void> };

async function start(
  file: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<Started & { child: ChildProcess }> {
  const child = fork(join(import.meta.dirname, file), args, {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: { ...process.env, NODE_OPTIONS: '', ...environment },
    // What it writes is no answer of the bench.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${file} ended with ${code}`);
  });
  const [port] = (await Promise.race([once(child, 'message'), ended])) as [number];
  ended.catch(() => undefined);
  return { child, url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, stop: () => stopChild(child) };
}

/** Ends a process and waits for its end. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
