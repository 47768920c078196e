/** What the steps of a workflow are given, and what they answer. How one is declared stands in workflow-type.ts. */
import type { z } from 'zod';
import type { AuditDetail, Log, Transaction } from './context.ts';
import type { EventType } from './event.ts';
import type { TenantId } from './ids.ts';
import type { JobType } from './job.ts';
import type { SecurityEvent, SecurityEventType } from './security-event.ts';
import type { Again, StepFailure, WorkflowType } from './workflow-type.ts';

export * from './workflow-type.ts';

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
