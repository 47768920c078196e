/** How the story calls: a person may make sixty calls a minute, the story makes more. */
import { setTimeout as sleep } from 'node:timers/promises';

/** `fetch` that asks again when the minute is over, where a limit of calls says so; any other answer is the answer. */
export const patientFetch: typeof fetch = async (input, init) => {
  const answer = await fetch(input, init);
  if (answer.status !== 429) return answer;
  const { code } = (await answer.clone().json()) as { code?: string };
  if (code !== 'limit.rate') return answer;
  await sleep(Number(answer.headers.get('retry-after')) * 1_000);
  return patientFetch(input, init);
};
