/**
 * How the stand-in behaves, as whoever tests wants it: a mark in the prompt, what was queued for the next calls, or
 * shares of all calls that go wrong. Chance comes from the seed and the prompt, never from the order of arrival.
 */
import { createHash } from 'node:crypto';

export type Behaviour = {
  /** Answers that, and nothing more; nothing is charged. */
  status?: number;
  retryAfterSeconds?: number;
  /** The word for an error; otherwise what goes with the status. */
  errorType?: string;
  message?: string;
  /** Only the first times that this prompt is sent. */
  times?: number;
  /** Waits before it answers. What it will answer is charged whether or not anybody is still there. */
  slowMs?: number;
  /** Waits between the pieces of an answer. */
  paceMs?: number;
  /** Ends the connection after so many pieces of a stream. */
  cutAfter?: number;
  refuse?: boolean;
  /** So many tokens, or as many as asked for. */
  output?: number;
  text?: string;
  /** Uses this tool, or none. */
  tool?: string;
};

/** Shares of calls, between 0 and 1. */
export type Shares = {
  rateLimited?: number;
  overloaded?: number;
  cut?: number;
  slow?: number;
  slowMs?: number;
};

export type Behaviours = {
  /** For a call with this prompt. */
  next(prompt: string, lastText: string): Behaviour & { random: () => number };
  queue(...behaviours: Behaviour[]): void;
  share(shares: Shares): void;
  reset(seed?: string): void;
};

const mark = /<<model:\s*(\{[^]*?\})\s*>>/;

export function behaviours(seed = 'stand-in'): Behaviours {
  let current = { seed, shares: {} as Shares, queued: [] as Behaviour[], seen: new Map<string, number>() };
  return {
    next: (prompt, lastText) => {
      const key = createHash('sha256').update(prompt).digest('hex');
      const times = (current.seen.get(key) ?? 0) + 1;
      current.seen.set(key, times);
      const random = randomOf(`${current.seed} ${key} ${times}`);
      const asked = current.queued.shift() ?? readMark(lastText) ?? byChance(current.shares, random);
      const over = asked.times !== undefined && times > asked.times;
      const { status: _status, slowMs: _slowMs, cutAfter: _cutAfter, ...plain } = asked;
      return { ...(over ? plain : asked), random };
    },
    queue: (...next) => {
      current.queued.push(...next);
    },
    share: (shares) => {
      current.shares = shares;
    },
    reset: (newSeed = seed) => {
      current = { seed: newSeed, shares: {}, queued: [], seen: new Map() };
    },
  };
}

function readMark(text: string): Behaviour | undefined {
  const found = mark.exec(text)?.[1];
  return found === undefined ? undefined : (JSON.parse(found) as Behaviour);
}

function byChance(shares: Shares, random: () => number): Behaviour {
  const { rateLimited = 0, overloaded = 0, cut = 0, slow = 0, slowMs = 60_000 } = shares;
  const [error, break_, wait] = [random(), random(), random()];
  if (error < rateLimited) return { status: 429, retryAfterSeconds: 1 };
  if (error < rateLimited + overloaded) return { status: 529 };
  return {
    ...(break_ < cut ? { cutAfter: 1 + Math.floor(random() * 6) } : {}),
    ...(wait < slow ? { slowMs } : {}),
  };
}

/** Numbers between 0 and 1 that follow from a text (mulberry32). */
function randomOf(text: string): () => number {
  let state = createHash('sha256').update(text).digest().readUInt32LE();
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
