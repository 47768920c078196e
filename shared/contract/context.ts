/** What an operation is given. Everything it may know of the caller and the tenant stands here. */
import type { z } from 'zod';
import type { CapabilityName } from '../config/capabilities.ts';
import type { FlagName } from '../config/flags.ts';
import type { Plan } from '../config/plans.ts';
import type { Region } from '../config/regions.ts';
import type { Routing } from '../config/routing.ts';
import type { Actor, KeyEnvironment } from './actor.ts';
import type { Cookie } from './cookie.ts';
import type { Plane } from './endpoint.ts';
import type { EventType } from './event.ts';
import type { ApiKeyId, ImpersonationId, SessionId, TenantId, UserId } from './ids.ts';
import type { JobType } from './job.ts';
import type { Permission } from './permissions.ts';
import type { TenantRole } from './roles.ts';
import type { SecurityEvent, SecurityEventType } from './security-event.ts';
import type { WorkflowType } from './workflow-type.ts';

/** A parameterised statement; made by the `sql` tag of the db floor, never by joining strings. */
export type Statement = { readonly text: string; readonly values: readonly unknown[] };

/** A transaction that sees what its context allows: one tenant, one user, or the platform's own tables. */
export type Transaction = {
  /** All rows of a statement. */
  query: <Row>(statement: Statement) => Promise<Row[]>;
  /** The only row of a statement; a plain error when there is not exactly one. */
  one: <Row>(statement: Statement) => Promise<Row>;
  /** The only row of a statement or undefined. */
  maybeOne: <Row>(statement: Statement) => Promise<Row | undefined>;
};

/** A transaction that may end with a statement, in the same round trip; nothing can be done in it after that. */
export type ClosingTransaction = Transaction & {
  /** All rows of a statement, and the transaction committed. */
  last: <Row>(statement: Statement) => Promise<Row[]>;
};

/** What an audit row says beyond who, when, where and the action of the contract. No secrets. */
export type AuditDetail = {
  target?: { type: string; id: string };
  reason?: string;
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
  /** The tenant whose trail gets the row, where the transaction is not inside one (platform plane). */
  tenantId?: TenantId;
};

/** Structured log; ids only, never personal data. */
export type Log = {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
};

/** Where a call came from. */
export type Source = { ip: string; userAgent: string };

/** The person who calls, as the verified access token names them. */
export type Caller = { id: UserId; email: string; name: string; emailVerified: boolean };

/** Support acting for the person that an operation takes for its caller (IDN-11). */
export type Impersonation = {
  id: ImpersonationId;
  tenant: TenantId;
  member: UserId;
  /** Who really calls. */
  staff: UserId;
  reason: string;
  startedAt: Date;
  endsAt: Date;
};

/** Whose configuration a change is about: one tenant's, an API key's, or what holds for every tenant. */
export type Reconfigured = { tenant: TenantId } | { apiKey: ApiKeyId } | 'platform';

/** Whether something is on here, the rule that decided, and the rest of a sentence that begins with its name. */
export type Ruling = { on: boolean; rule: string; reason: string };

export type PublicContext = {
  requestId: string;
  source: Source;
  log: Log;
  now(): Date;
  /** Of the calling browser, on endpoints that declare one. */
  cookie?: Cookie;
};

/** A signed-in user about themselves; the transaction sees the user's own rows and no tenant. */
export type UserContext = PublicContext & {
  user: Caller;
  /** The sign-in that the caller's token goes back to. */
  session: { id: SessionId; startedAt: Date } | undefined;
  /** Where support acts for the caller. */
  impersonation?: Impersonation;
  tx: Transaction;
  /** Adds to the audit row that the contract declares. */
  audit(detail: AuditDetail): void;
  /** Publishes a fact when, and only when, the transaction commits. */
  emit<Data extends z.ZodType>(type: EventType<Data>, data: z.input<Data>): void;
  /** Queues work when, and only when, the transaction commits. */
  enqueue<Payload extends z.ZodType>(type: JobType<Payload>, payload: z.input<Payload>): void;
  /** Starts a workflow when, and only when, the transaction commits. */
  start<Input extends z.ZodType>(type: WorkflowType<Input>, input: z.input<Input>): void;
  /** Says that this operation changes a configuration: every instance reads it anew with its next request. */
  reconfigure(subject: Reconfigured): void;
  /** Keeps what security must know of this operation, when, and only when, the transaction commits. */
  securityEvent(type: SecurityEventType, event: Omit<SecurityEvent, 'type'>): void;
};

/** A member or an API key inside one tenant; the transaction sees that tenant and nothing else. */
export type TenantContext = Omit<UserContext, 'user' | 'session'> & {
  /** Who acts. Not everybody is a person: remember the type with the id. */
  actor: Actor;
  /** What the call is for: `test` for test keys only. Effects outside the service may differ, data never does. */
  environment: KeyEnvironment;
  /** Days and months of limits and budgets begin in its time zone. */
  tenant: { id: TenantId; slug: string; plan: Plan; region: Region; timeZone: string };
  role: TenantRole;
  permissions: ReadonlySet<Permission>;
  /** Whether a capability is on for this tenant. */
  capability(name: CapabilityName): Ruling;
  /** The value of a feature flag for this tenant. */
  flag(name: FlagName): Ruling;
  /** What decides which model is called, before the rules of the house. */
  routing: Routing;
};

/**
 * A member or an API key inside one tenant, for an operation that waits for others longer than a transaction may stay
 * open. What it leaves behind (audit, events, jobs) is written when it has ended.
 */
export type LongContext = Omit<TenantContext, 'tx' | 'reconfigure'> & {
  /** A short transaction inside the tenant; never wait for anybody else inside it. */
  transact: <T>(work: (tx: ClosingTransaction) => Promise<T>) => Promise<T>;
  /** When the function is stopped, in epoch milliseconds. */
  deadlineMs: number;
};

/** The platform's own staff; the transaction sees the platform's view of tenants, none of their content. */
export type PlatformContext = UserContext & { permissions: ReadonlySet<Permission> };

/** The context of a plane. */
export type ContextFor<P extends Plane> = P extends 'public'
  ? PublicContext
  : P extends 'user'
    ? UserContext
    : P extends 'tenant'
      ? TenantContext
      : PlatformContext;

/** What a job's handler gets: a transaction inside the tenant that queued it, and how to go on. */
export type JobContext = {
  messageId: string;
  tenantId: TenantId | undefined;
  tx: Transaction;
  log: Log;
  now(): Date;
  emit<Data extends z.ZodType>(type: EventType<Data>, data: z.input<Data>): void;
  enqueue<Payload extends z.ZodType>(type: JobType<Payload>, payload: z.input<Payload>): void;
  start<Input extends z.ZodType>(type: WorkflowType<Input>, input: z.input<Input>): void;
};
