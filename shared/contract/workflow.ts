/**
 * Workflows: work that goes on beyond one invocation, step by step, as a state machine. Every step gets the same small
 * input, ids; progress and results stand in the database. A step may be called again at any time, so each is
 * idempotent by itself.
 */
import type { z } from 'zod';
import type { CapabilityName } from '../config/capabilities.ts';
import type { AuditDetail, Log, Transaction } from './context.ts';
import type { EventType } from './event.ts';
import type { TenantId } from './ids.ts';
import type { JobType } from './job.ts';
import type { SecurityEvent, SecurityEventType } from './security-event.ts';

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

/** A short transaction of a step; what is recorded in it leaves with its commit, or not at all. */
export type StepTransaction = Transaction & {
  /** Writes a row of the audit trail: the system acted, on whose behalf stands in the detail. */
  audit(action: string, detail: AuditDetail): void;
  securityEvent(type: SecurityEventType, event: Omit<SecurityEvent, 'type'>): void;
  emit<Data extends z.ZodType>(type: EventType<Data>, data: z.input<Data>): void;
  enqueue<Payload extends z.ZodType>(type: JobType<Payload>, payload: z.input<Payload>): void;
  start<Input extends z.ZodType>(type: WorkflowType<Input>, input: z.input<Input>): void;
};

/** What a step gets. */
export type StepContext = {
  /** The same for every step and every attempt of one execution. */
  executionId: string;
  workflow: string;
  step: string;
  tenantId: TenantId | undefined;
  log: Log;
  now(): Date;
  /** When the step must have ended, in epoch milliseconds; the process is stopped a little later. */
  deadlineMs: number;
  /** A short transaction inside the tenant; never wait for anybody else inside it. */
  transact: <T>(work: (tx: StepTransaction) => Promise<T>) => Promise<T>;
  /** A connection of its own inside the tenant, for reading or writing much: one transaction until the work ends. */
  bulk: <T>(options: BulkOptions, work: (bulk: BulkTransaction) => Promise<T>) => Promise<T>;
};

/** `snapshot` sees the tenant at one moment and only reads. */
export type BulkOptions = { mode: 'snapshot' | 'write' };

/** A transaction that also moves rows in bulk. Its statements may run as long as the step. */
export type BulkTransaction = Transaction & {
  /** Rows as Postgres writes them: `copy (…) to stdout …`. The statement is text, since COPY takes no parameters. */
  copyOut(text: string): NodeJS.ReadableStream & AsyncIterable<Buffer>;
  /** The same row by row, without a stream between: rows are taken as they lie in what the server sent. */
  copyRows(text: string, sink: RowSink): Promise<void>;
  /** Rows as Postgres reads them: `copy … from stdin …`; ends with the source. */
  copyIn(text: string, rows: AsyncIterable<Uint8Array>): Promise<void>;
};

/** Takes rows, one after the other; whatever it throws breaks the transaction off. */
export type RowSink = {
  /** One row's bytes, between two places of what the server sent; valid during the call only. */
  row(bytes: Buffer, from: number, to: number): void;
  /** Asked after some rows: what to wait for before more are read, if anything. */
  pause?(): Promise<void> | undefined;
};

/** The steps of a module's workflows as functions. */
export type WorkflowSteps<W extends Readonly<Record<string, WorkflowType>>> = {
  [Name in keyof W]: {
    [Step in keyof W[Name]['steps']]: (
      ctx: StepContext,
      input: z.output<W[Name]['input']>,
    ) => Promise<W[Name]['steps'][Step] extends { repeats: true } ? Again : void>;
  } & {
    failed: (ctx: StepContext, input: z.output<W[Name]['input']>, failure: StepFailure) => Promise<void>;
  };
};
