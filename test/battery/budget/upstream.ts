/**
 * Two providers of models behind one address, with moods: they answer, are busy or down, never answer and bill all the
 * same, or break off in the middle. What a request cost stands on the invoice before the answer leaves.
 */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TokenUsage } from '#shared/ai/model-call.ts';
import { Invoice } from './invoice.ts';

/** What is asked of a provider here. */
export type Ask = {
  model: string;
  requestId: string;
  maxTokens: number;
  inputTokens: number;
  stream: boolean;
};

/** What a line of the answer says. */
export type Piece = { usage: TokenUsage; final: boolean };

export type Upstream = {
  url: string;
  invoice: Invoice;
  /** Requests are answered when this is resolved, and by mood alone while it is undefined. */
  held: Promise<void> | undefined;
  /** What happened, by mood. */
  moods: Map<string, number>;
  stop(): Promise<void>;
};

/** @param random gives numbers from 0 to 1; with the same ones it has the same moods */
export async function startUpstream(random: () => number): Promise<Upstream> {
  const moods = new Map<string, number>();
  const server = createServer((request, response) => {
    void (async () => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      await answer(JSON.parse(Buffer.concat(parts).toString()) as Ask, response);
    })().catch(() => response.destroy());
  });
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const upstream: Upstream = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ invoice: new Invoice(), held: undefined, moods },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };

  async function answer(ask: Ask, response: ServerResponse): Promise<void> {
    const mood = upstream.held === undefined ? moodOf(random(), ask) : 'well';
    moods.set(mood, (moods.get(mood) ?? 0) + 1);
    await (upstream.held ?? sleep(random() * 20));
    if (mood === 'busy' || mood === 'down') {
      response.writeHead(mood === 'busy' ? 429 : 529).end();
      return;
    }
    const usage = usageWithin(ask, random);
    upstream.invoice.bill(ask.requestId, ask.model, usage);
    // Billed, and never heard of again.
    if (mood === 'silent') return;
    response.writeHead(200);
    if (ask.stream) {
      response.write(`${JSON.stringify({ usage: { ...usage, output: 1 }, final: false } satisfies Piece)}\n`);
      await sleep(random() * 20);
    }
    if (mood === 'cut') response.destroy();
    else response.end(`${JSON.stringify({ usage, final: true } satisfies Piece)}\n`);
  }
  return upstream;
}

function moodOf(dice: number, { stream }: Ask): 'well' | 'busy' | 'down' | 'silent' | 'cut' {
  if (dice < 0.05) return 'silent';
  if (dice < 0.1) return 'busy';
  if (dice < 0.14) return 'down';
  return dice < 0.17 && stream ? 'cut' : 'well';
}

/** Anything that the bounds allow, with writes to the cache and long prompts in play; sometimes all of it. */
function usageWithin({ inputTokens, maxTokens }: Ask, random: () => number): TokenUsage {
  const all = random() < 0.05;
  let left = all ? inputTokens : Math.floor(inputTokens * random());
  const take = () => {
    const taken = Math.floor(left * random());
    left -= taken;
    return taken;
  };
  const cacheWrite1h = all ? left : take();
  if (all) left = 0;
  const [cacheWrite5m, cacheRead] = [take(), take()];
  const output = all ? maxTokens : Math.floor(maxTokens * random());
  return { input: left, output, cacheRead, cacheWrite5m, cacheWrite1h };
}

/** The same numbers from 0 to 1 for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
