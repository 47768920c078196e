/**
 * A module is what one function serves: its endpoints, the events and jobs it publishes, and what it needs
 * from AWS. The stacks derive least privilege from `needs`.
 */
import type { z } from 'zod';
import type { ContextFor, JobContext, LongContext } from './context.ts';
import type { Endpoint, InputOf, OutputOf, PlaneOf, StreamsOf } from './endpoint.ts';
import type { EventType } from './event.ts';
import type { JobType } from './job.ts';
import type { Reports } from './report.ts';
import type { EventStream } from './stream.ts';
import type { WorkflowType } from './workflow-type.ts';

/** The database roles that functions connect as; each is a login of its own with its own IAM grant. */
export type DatabaseRole = 'app_tenant' | 'app_platform' | 'app_system' | 'app_backup' | 'app_restore';

/** What a module's functions need from AWS; each line becomes the narrowest grant that serves it. */
export type Needs = {
  /** The role that HTTP operations connect as; none for modules without data. */
  database?: 'app_tenant' | 'app_platform';
  /** The module's queue worker sends e-mail. */
  email?: boolean;
  /** The module's queue worker sends text and WhatsApp messages; its operations know on which channels. */
  phone?: boolean;
  /** An operation exchanges codes and refresh tokens at the sign-in pages. */
  signIn?: boolean;
  /** Operations that stream call models: with the keys of providers, and on Bedrock. */
  models?: boolean;
  /** The module signs or verifies links with the deployment's link secret. */
  linkSecret?: boolean;
  /** Operations give the keys of backups away, from the deployment's backup secret. */
  backupSecret?: boolean;
  /** What the module declares is published by the chain and by others; its own operations publish nothing. */
  publishedByOthers?: boolean;
  /** The module's workers emit events or queue further jobs, as operations do. */
  workersPublish?: boolean;
  /** The module's workers read and write the gate's table, as operations do. */
  workersUseGate?: boolean;
  /** The module's workers send messages that are counted: in the gate's table, by digests under the link secret. */
  workersCountMessages?: boolean;
  /** An operation reads the gate's table itself, as the health check does. */
  readsGate?: boolean;
  /** An operation reads what CloudWatch counted of the cell. */
  readsMetrics?: boolean;
  /** Objects of tenants that the module keeps, and who of it does what with them. */
  files?: readonly FileNeeds[];
  /** What the steps of the module's workflows need. */
  steps?: StepNeeds;
};

/** What may be done with objects: `write` covers uploads in parts. */
export type FileAccess = 'read' | 'write' | 'remove' | 'list';

/** Objects below `tenants/<tenant>/<prefix>/`. To sign a link to an object is to read it. */
export type FileNeeds = {
  prefix: string;
  operations?: readonly FileAccess[];
  steps?: readonly FileAccess[];
};

/** What steps need beyond the database and the module's files. */
export type StepNeeds = {
  /** The role that steps connect as; inside their tenant unless told. */
  database?: DatabaseRole;
  email?: boolean;
  linkSecret?: boolean;
  /** Steps seal or open backups, with keys from the deployment's backup secret. */
  backupSecret?: boolean;
  /** Steps write the gate's table; those that count read it as well, to see why they were refused. */
  gate?: 'counts' | 'publishes';
  /** Steps copy the database cluster at a point in time, reach the copy and delete it. */
  clusterCopies?: boolean;
  /** Steps emit events, queue jobs or start workflows. */
  publish?: boolean;
};

export type Contract = Readonly<Record<string, Endpoint>>;
export type Jobs = Readonly<Record<string, JobType>>;
export type Events = Readonly<Record<string, EventType>>;
export type Workflows = Readonly<Record<string, WorkflowType>>;

/** A declared module. */
export type Module<
  C extends Contract = Contract,
  J extends Jobs = Jobs,
  E extends Events = Events,
  W extends Workflows = Workflows,
> = {
  /** Lower-case; names the function, the entry files and the operation ids. */
  name: string;
  summary: string;
  contract: C;
  jobs: J;
  events: E;
  workflows: W;
  /** What can be had of its data as a file. */
  reports: Reports;
  needs: Needs;
};

/** Declares a module. */
export function module<
  const C extends Contract,
  const J extends Jobs = Record<never, never>,
  const E extends Events = Record<never, never>,
  const W extends Workflows = Record<never, never>,
>(definition: {
  name: string;
  summary: string;
  contract: C;
  jobs?: J;
  events?: E;
  workflows?: W;
  reports?: Reports;
  needs: Needs;
}): Module<C, J, E, W> {
  const declared = { jobs: {} as J, events: {} as E, workflows: {} as W, reports: {}, ...definition };
  const named = [
    ...Object.values<JobType>(declared.jobs),
    ...Object.values<WorkflowType>(declared.workflows),
  ];
  for (const { kind, name } of named) {
    if (!name.startsWith(`${definition.name}.`)) {
      throw new TypeError(`${kind} ${name} must be named ${definition.name}.<verb>`);
    }
  }
  for (const { id } of Object.values(declared.reports)) {
    if (!id.startsWith(`${definition.name}.`)) {
      throw new TypeError(`report ${id} must be named ${definition.name}.<name>`);
    }
  }
  return Object.freeze(declared);
}

/** The operations of a contract: one for every endpoint, with its context, input and output. */
export type Ops<C extends Contract> = {
  [Name in keyof C as StreamsOf<C[Name]> extends true ? never : Name]: (
    ctx: ContextFor<PlaneOf<C[Name]>>,
    input: InputOf<C[Name]>,
  ) => Promise<OutputOf<C[Name]>>;
};

/** The operations that run outside of transactions: one for every endpoint with `streams`. */
export type StreamOps<C extends Contract> = {
  [Name in keyof C as StreamsOf<C[Name]> extends true ? Name : never]: (
    ctx: LongContext,
    input: InputOf<C[Name]>,
  ) => Promise<OutputOf<C[Name]> | EventStream>;
};

/** The workers of a module: one for every job. */
export type Workers<J extends Jobs> = {
  [Name in keyof J]: (ctx: JobContext, payload: z.output<J[Name]['payload']>) => Promise<void>;
};

/** One endpoint of the registry with the names derived from its module. */
export type RegisteredEndpoint = { module: string; name: string; operationId: string; endpoint: Endpoint };

/** Whether a module has endpoints that its function `<module>` answers, or its function `<module>.stream`. */
export function hasFunction({ contract }: Module, kind: 'http' | 'stream'): boolean {
  return Object.values(contract).some(({ streams }) => streams === (kind === 'stream'));
}

/** All endpoints of some modules, in order. */
export function endpointsOf(modules: readonly Module[]): RegisteredEndpoint[] {
  return modules.flatMap((owner) =>
    Object.entries(owner.contract).map(([name, endpoint]) => ({
      module: owner.name,
      name,
      operationId: `${owner.name}.${name}`,
      endpoint,
    })),
  );
}
