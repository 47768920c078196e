/**
 * Workflows: work that goes on beyond one invocation, step by step, as a state machine. Every step gets the same small
 * input, ids; progress and results stand in the database. A step may be called again at any time, so each is
 * idempotent by itself.
 */
import type { z } from 'zod';
import type { CapabilityName } from '../config/capabilities.ts';

/** A declared step. */
export type StepType = {
  /** How long one call of it may take, at most 900. */
  timeoutSeconds: number;
  /** It says when it is done, and is called again until then: for long work, and for waiting. */
  repeats?: true;
  /** It is done even while the capability is off: to clean up, and to end what was begun. */
  anyway?: true;
};

export type Steps = Readonly<Record<string, StepType>>;

/** A declared workflow; `name` is `<module>.<verb>` and names the state machine. Steps run in the order written. */
export type WorkflowType<Input extends z.ZodType = z.ZodType, S extends Steps = Steps> = {
  kind: 'workflow';
  name: `${string}.${string}`;
  summary: string;
  /** Ids only: it is the same for every step and stands in the history of the execution. */
  input: Input;
  steps: S;
  /** Runs when any other step has failed for good, and says so where people look. */
  failed: Pick<StepType, 'timeoutSeconds'>;
  /** What must be on for a step to be done; `failed` is done in any case. */
  capability?: CapabilityName;
  requirements: readonly string[];
};

/** Whether a step that repeats is done, or when it is called again: at once unless told. */
export type Again = { done: true } | { done: false; afterSeconds?: number };

/** Why a step failed for good: the stable code of its failure, `workflow.crashed` where it had none. */
export type StepFailure = { code: string };

/** Declares a workflow. */
export function workflow<Input extends z.ZodType, const S extends Steps>(
  definition: Omit<WorkflowType<Input, S>, 'kind'>,
): WorkflowType<Input, S> {
  for (const [name, { timeoutSeconds }] of [
    ...Object.entries(definition.steps),
    ['failed', definition.failed] as const,
  ]) {
    if (timeoutSeconds < 1 || timeoutSeconds > longestStepSeconds) {
      throw new TypeError(`step ${name} of ${definition.name} takes 1 to ${longestStepSeconds} seconds`);
    }
  }
  if ('failed' in definition.steps)
    throw new TypeError(`${definition.name}: failed is declared beside the steps`);
  return Object.freeze({ kind: 'workflow' as const, ...definition });
}

/** Lambda's own limit, and what a step needs to end in good order before it. */
export const longestStepSeconds = 840;

/** The name of the state machine after the cell's. */
export function machineNameOf({ name }: Pick<WorkflowType, 'name'>): string {
  return name.replace('.', '-');
}

/** The longest that a workflow's function may run. */
export function longestStep({ steps, failed }: WorkflowType): number {
  return Math.max(failed.timeoutSeconds, ...Object.values(steps).map(({ timeoutSeconds }) => timeoutSeconds));
}
