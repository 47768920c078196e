/** Closed-loop load: so many callers, each of whom asks, and again as soon as it was answered, for a while. */
import { type Answer, clientOf, type Request } from '#test/battery/load/http-client.ts';

/** What came of it: milliseconds of each right answer, and how the wrong ones began. */
export type Loaded = { times: number[]; seconds: number; failed: string[] };

export type Load = {
  request: Request;
  callers: number;
  seconds: number;
  /** Whether an answer is the right one. */
  isAnswered: (answer: Answer) => boolean;
};

/** Asks a server; every answer is looked at. */
export async function load(url: string, { request, callers, seconds, isAnswered }: Load): Promise<Loaded> {
  const client = clientOf(url);
  const times: number[] = [];
  const failed: string[] = [];
  const startedMs = performance.now();
  const untilMs = startedMs + seconds * 1_000;
  const call = async (): Promise<void> => {
    do {
      const sentMs = performance.now();
      const answer = await client.send(request);
      if (isAnswered(answer)) times.push(performance.now() - sentMs);
      else failed.push(`${answer.status} ${answer.body.slice(0, 200)}`);
    } while (performance.now() < untilMs);
  };
  try {
    await Promise.all(Array.from({ length: callers }, call));
  } finally {
    client.close();
  }
  return { times, seconds: (performance.now() - startedMs) / 1_000, failed };
}
