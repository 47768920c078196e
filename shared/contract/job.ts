/** Jobs: work that a module does later, from its own queue, at least once and idempotently. */
import type { z } from 'zod';
import type { CapabilityName } from '../config/capabilities.ts';

/** A declared job; `name` is `<module>.<verb>` and selects the module's queue. */
export type JobType<Payload extends z.ZodType = z.ZodType> = {
  kind: 'job';
  name: `${string}.${string}`;
  summary: string;
  payload: Payload;
  /** What must be on for the job to be done; while it is off, the job fails and is tried again. */
  capability?: CapabilityName;
  requirements: readonly string[];
};

/** Declares a job. */
export function job<Payload extends z.ZodType>(definition: Omit<JobType<Payload>, 'kind'>): JobType<Payload> {
  return Object.freeze({ kind: 'job' as const, ...definition });
}

/** The module whose queue carries a job. */
export function moduleOfJob(name: string): string {
  return name.slice(0, name.indexOf('.'));
}
