/** Events: facts that other parts may react to. They leave through the outbox as CloudEvents 1.0. */
import type { z } from 'zod';

/** A declared event. `type` follows sbt-aws names where they exist (`onboardingRequest`, …). */
export type EventType<Data extends z.ZodType = z.ZodType> = {
  kind: 'event';
  type: string;
  summary: string;
  data: Data;
  requirements: readonly string[];
};

/** Declares an event. */
export function event<Data extends z.ZodType>(definition: Omit<EventType<Data>, 'kind'>): EventType<Data> {
  return Object.freeze({ kind: 'event' as const, ...definition });
}
