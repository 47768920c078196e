/** Calls a model and hands on what it says while it says it. */
import { type CallingAs, callHeaders } from '../../api/client.ts';
import { eventsOf } from '../../api/event-stream.ts';
import { type Problem, Refusal, Unreachable } from '../../api/refusal.ts';
import type { paths } from '../../api/schema.d.ts';
import type { Session } from '../../session/session.ts';

export type Question = paths['/v1/ai/stream']['post']['requestBody']['content']['application/json'];

/** What is known when it is over. */
export type Outcome = {
  callId: string;
  rule: string;
  cost: string;
  model: string;
  output: number;
  input: number;
};

type ListenOptions = {
  apiUrl: string;
  session: Session;
  as: CallingAs;
  question: Question;
  signal: AbortSignal;
  onText: (piece: string) => void;
};

/**
 * Asks, and returns what it cost.
 * @throws Refusal when the call was refused, at once or on the way
 */
export async function listen({
  apiUrl,
  session,
  as,
  question,
  signal,
  onText,
}: ListenOptions): Promise<Outcome> {
  const response = await fetch(`${apiUrl}/v1/ai/stream`, {
    method: 'POST',
    signal,
    headers: {
      ...(await callHeaders(session, as)),
      'content-type': 'application/json',
      accept: 'text/event-stream, application/problem+json',
      'idempotency-key': crypto.randomUUID(),
    },
    body: JSON.stringify(question),
  }).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new Unreachable(error);
  });
  if (!response.ok || response.body === null) {
    const problem = (await response.json().catch(() => ({}))) as Partial<Problem>;
    throw new Refusal(response.status, problem, response.headers.get('retry-after'));
  }
  const outcome: Outcome = { callId: '', rule: '', cost: '0', model: '', output: 0, input: 0 };
  for await (const { event, data } of eventsOf(response.body)) {
    const said = data as Partial<Outcome> & { text?: string; usage?: { input: number; output: number } };
    if (event === 'text') onText(said.text ?? '');
    if (event === 'start') outcome.model = said.model ?? '';
    if (event === 'stop') Object.assign(outcome, said.usage);
    if (event === 'done') Object.assign(outcome, data);
    if (event === 'error') throw new Refusal(502, data as Partial<Problem>, null);
  }
  return outcome;
}
