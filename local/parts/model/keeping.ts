/** The cache of prompts: beginnings that were marked are kept for five minutes or an hour, and read again cheaply. */
import { createHash } from 'node:crypto';
import type { Piece } from './counting.ts';
import { sum } from './counting.ts';

/** How the tokens of a prompt are charged; none stands in two places. */
export type PromptUsage = { input: number; cacheRead: number; cacheWrite5m: number; cacheWrite1h: number };

const keptMs = { '5m': 5 * 60_000, '1h': 60 * 60_000 };
/** Shorter beginnings are not kept. */
const leastTokens = 1_024;

export type PromptCache = {
  /** What of it is kept already, what is kept from now on, and what is not. */
  take(owner: string, pieces: readonly Piece[]): PromptUsage;
  clear(): void;
};

export function promptCache(now: () => number): PromptCache {
  const kept = new Map<string, { untilMs: number; forMs: number }>();
  return {
    take: (owner, pieces) => {
      const hash = createHash('sha256').update(owner);
      let before = 0;
      const marks: { key: string; upTo: number; ttl: '5m' | '1h' }[] = [];
      for (const piece of pieces) {
        before += piece.tokens;
        hash.update(`${piece.text.length}:${piece.text}`);
        if (piece.keep !== undefined && before >= leastTokens)
          marks.push({ key: hash.copy().digest('hex'), upTo: before, ttl: piece.keep });
      }
      const found = marks.findLast(({ key }) => (kept.get(key)?.untilMs ?? 0) > now());
      const usage = { input: 0, cacheRead: found?.upTo ?? 0, cacheWrite5m: 0, cacheWrite1h: 0 };
      let at = usage.cacheRead;
      for (const { key, upTo, ttl } of marks) {
        const forMs = kept.get(key)?.forMs ?? keptMs[ttl];
        // Reading keeps it for as long again.
        kept.set(key, { untilMs: now() + forMs, forMs });
        if (upTo <= at) continue;
        usage[ttl === '1h' ? 'cacheWrite1h' : 'cacheWrite5m'] += upTo - at;
        at = upTo;
      }
      return { ...usage, input: sum(pieces) - at };
    },
    clear: () => kept.clear(),
  };
}
