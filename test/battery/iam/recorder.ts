/** Remembers what was decided while a stack ran, each kind of call once. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Decision } from '#local/front/front.ts';

export type Recorder = {
  onDecision: (decision: Decision) => void;
  decisions(): Decision[];
  /** How many calls were judged. */
  judged(): number;
  /** Resolves when no call has come for a while; pollers that look for work do not count. */
  quiet(): Promise<void>;
};

const quietMs = 2_000;
const patienceMs = 60_000;

export function newRecorder(): Recorder {
  const seen = new Map<string, Decision>();
  let judged = 0;
  let lastAt = Date.now();
  return {
    onDecision: (decision) => {
      judged += 1;
      if (decision.action !== 'sqs:ReceiveMessage') lastAt = Date.now();
      seen.set(JSON.stringify(decision), decision);
    },
    decisions: () => [...seen.values()],
    judged: () => judged,
    quiet: async () => {
      const deadline = Date.now() + patienceMs;
      while (Date.now() - lastAt < quietMs) {
        if (Date.now() > deadline) throw new Error(`The stack was busy for ${patienceMs / 1000} s.`);
        await sleep(100);
      }
    },
  };
}
