/**
 * What a million requests cost on top. Calls to other services are counted in the chain, and a test counts them
 * again (test/cost); memory is read from the template; what cannot be known without running on AWS is assumed.
 */
import { type Line, prices } from './prices.ts';
import type { Resource } from './template.ts';

/** Calls of one request on the tenant plane. Trips to the database cost time, not money. */
export const calls = {
  /** Conditional updates of the gate: the caller's item and the tenant's. */
  gateUpdates: 2,
  /** Consistent reads of the gate: what holds for the platform. */
  gateReads: 1,
  /** A write that publishes wakes the dispatcher; the others do not. */
  wakeUps: 1,
} as const;

/** What is assumed of a request. */
export const requestAssumptions = {
  readMs: 40,
  writeMs: 60,
  /** The dispatcher and the job's worker, together. */
  workMs: 150,
  /** A write to the database's log, its pages and its indexes; reads come from memory. */
  databaseIosPerWrite: 5,
  /** Our lines and Lambda's own, and the access log. */
  logBytes: 2_500,
  answerBytes: 2_000,
  /** Lines about tenants' requests that are handed over at once: one at so few requests, hundreds at many. */
  linesPerBatch: 1,
  countMs: 50,
  /** Lambda's own lines about the counter, and ours. */
  countLogBytes: 1_000,
  /** X-Ray keeps the first request of every second and a twentieth of the rest. */
  requestsPerSecond: 0.4,
} as const;

const million = 1_000_000;

/** The kinds of requests that are told apart. */
export const requestKinds = ['read', 'write', 'write that queues a job'] as const;

export type RequestKind = (typeof requestKinds)[number];

/** The lines of a million requests of a kind. */
export function millionRequests(kind: RequestKind, resources: Readonly<Record<string, Resource>>): Line[] {
  const assumed = requestAssumptions;
  const ms = kind === 'read' ? assumed.readMs : assumed.writeMs;
  const gigabytes = memoryOf(resources, '-http-');
  return [
    { what: 'API Gateway', price: 'gatewayRequest', units: 1 },
    { what: 'Firewall', price: 'firewallRequest', units: 1 },
    { what: 'Function, invocations', price: 'functionRequest', units: 1 },
    {
      what: `Function, ${ms} ms at ${gigabytes} GB`,
      price: 'functionSecond',
      units: million * (ms / 1_000) * gigabytes,
    },
    // What the gate kept of windows that are over is removed by updates that are made anyway.
    { what: 'Gate, updates', price: 'tableWrite', units: calls.gateUpdates },
    { what: 'Gate, reads', price: 'tableRead', units: calls.gateReads },
    { what: 'Logs', price: 'logIngest', units: (million * assumed.logBytes) / 1e9 },
    { what: 'Traces', price: 'trace', units: tracedShare(assumed.requestsPerSecond) },
    ...countLines(resources),
    { what: 'Answers to the internet', price: 'transferOut', units: (million * assumed.answerBytes) / 1e9 },
    ...(kind === 'read'
      ? []
      : [{ what: 'Database writes', price: 'databaseIo' as const, units: assumed.databaseIosPerWrite }]),
    ...(kind === 'write that queues a job' ? workLines(resources) : []),
  ];
}

/** What a request adds to the figures of its tenant, afterwards. */
function countLines(resources: Readonly<Record<string, Resource>>): Line[] {
  const { linesPerBatch, countMs, countLogBytes, databaseIosPerWrite } = requestAssumptions;
  const batches = million / linesPerBatch;
  const gigabytes = memoryOf(resources, '-trigger-metrics');
  return [
    { what: 'Figures of its tenant, invocations', price: 'functionRequest', units: batches / million },
    {
      what: `Figures of its tenant, ${countMs} ms at ${gigabytes} GB`,
      price: 'functionSecond',
      units: batches * (countMs / 1_000) * gigabytes,
    },
    { what: 'Figures of its tenant, logs', price: 'logIngest', units: (batches * countLogBytes) / 1e9 },
    {
      what: 'Figures of its tenant, database',
      price: 'databaseIo',
      units: (batches / million) * databaseIosPerWrite,
    },
  ];
}

/** From the wake-up to the job done: two messages, each sent, received and deleted, and two functions. */
function workLines(resources: Readonly<Record<string, Resource>>): Line[] {
  const gigabytes = memoryOf(resources, '-queue-');
  const perMessage = 3;
  return [
    { what: 'Messages', price: 'queueRequest', units: perMessage * (calls.wakeUps + 1) },
    { what: 'Messages with a tenant as group', price: 'queueFair', units: perMessage },
    { what: 'Dispatcher and worker, invocations', price: 'functionRequest', units: 2 },
    {
      what: `Dispatcher and worker, ${requestAssumptions.workMs} ms at ${gigabytes} GB`,
      price: 'functionSecond',
      units: million * (requestAssumptions.workMs / 1_000) * gigabytes,
    },
    { what: 'Their logs', price: 'logIngest', units: (million * 2 * requestAssumptions.logBytes) / 1e9 },
    {
      what: 'Database writes of the work',
      price: 'databaseIo',
      units: requestAssumptions.databaseIosPerWrite,
    },
  ];
}

/** What schedules, the canary and rehearsals say of where something stands; a test looks for others. */
export const gauges = [
  ...['AiCostToday', 'AuditFindings', 'AuditUncheckedHours', 'AuditUnsealedSeconds', 'BudgetSweepFailures'],
  ...['CanaryDuration', 'CanaryFailures', 'CanaryUp', 'DeadLettersWaiting', 'DrillAgeHours'],
  ...['DrillRpoSeconds', 'DrillRtoSeconds', 'FailoverRpoSeconds', 'FailoverRtoSeconds', 'HoldsExpired'],
  'OldestBackupHours',
] as const;

/** Metrics that CloudWatch bills while they are fed: five for each route, one for each operation, and the gauges. */
export function metricsInUse(endpoints: number): Line[] {
  return [
    { what: 'Detailed metrics of the gateway, five a route', price: 'metric', units: 5 * endpoints },
    { what: 'Latency of each operation', price: 'metric', units: endpoints },
    { what: 'Gauges of schedules, canary and rehearsals', price: 'metric', units: gauges.length },
  ];
}

/** Which share of the requests X-Ray records at a steady rate. */
export function tracedShare(perSecond: number): number {
  return (Math.min(1, perSecond) + 0.05 * Math.max(0, perSecond - 1)) / perSecond;
}

/** What a thousand users who sign in cost. */
export function thousandUsers(): number {
  return 1_000 * prices.activeUser.usd;
}

function memoryOf(resources: Readonly<Record<string, Resource>>, part: string): number {
  const megabytes = Object.values(resources)
    .filter(({ Type: type }) => type === 'AWS::Lambda::Function')
    .filter(({ Properties: properties }) => String(properties?.FunctionName).includes(part))
    .map(({ Properties: properties }) => Number(properties?.MemorySize));
  const [first] = megabytes;
  if (first === undefined || megabytes.some((other) => other !== first)) {
    throw new Error(`The functions ${part} have no one memory size: price them one by one.`);
  }
  return first / 1_024;
}
