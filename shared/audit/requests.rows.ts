/** Rows of `app.request_traces` and of `app.request_trace`. */
import { type ActorType, actorIdOf } from '../contract/actor.ts';
import type { RequestTrace } from './requests.contract.ts';

export type RequestTraceRow = {
  at: Date;
  kind: RequestTrace['kind'];
  id: string | null;
  what: string | null;
  by_type: ActorType | null;
  by_id: string | null;
  about: string | null;
  facts: Record<string, unknown>;
};

/** A trace as the contract shows it. */
export function toRequestTrace(row: RequestTraceRow): RequestTrace {
  const { kind, id, what, about, facts, by_type: type, by_id: by } = row;
  return {
    at: row.at.toISOString(),
    ...{ kind, id, what },
    by: type === null || by === null ? null : { type, id: actorIdOf(type, by) },
    ...{ about, facts },
  };
}
