/** What is looked at: six dashboards of a cell, each some rows of graphs (OPS-1, OPS-4). */
import { counted, type Figure, own } from './metric-rows.ts';

/** Figures on one scale; those in `right` on another. */
export type Graph = { title: string; left: readonly Figure[]; right?: readonly Figure[] };

const requests = counted('api', 'Count', 'Sum', 5);
const failures = counted('api', '5XXError', 'Sum', 5);
const errorRate: Figure = { percent: failures, of: requests };
const waiting = counted('queue', 'ApproximateNumberOfMessagesVisible', 'Maximum', 1);
const deadLetters = counted('deadLetters', 'DeadLettersWaiting', 'Maximum', 5);

/** Every dashboard by its name after the cell's. */
export const dashboardTable = {
  fleet: [
    [
      { title: 'Requests', left: [requests] },
      { title: 'Errors, %', left: [errorRate] },
      { title: 'Latency p95 and p99, ms', left: [own('Latency', 'p95', 5), own('Latency', 'p99', 5)] },
    ],
    [
      {
        title: 'Canary: failures, duration in ms',
        left: [own('CanaryFailures', 'Sum', 5)],
        right: [own('CanaryDuration', 'Maximum', 5)],
      },
      { title: 'Dead letters', left: [deadLetters] },
      { title: 'Database processor, %', left: [counted('database', 'CPUUtilization', 'Average', 5)] },
      { title: 'AI today, all tenants, dollars', left: [own('AiCostToday', 'Maximum', 5)] },
    ],
  ],
  api: [
    [
      { title: 'Requests', left: [requests] },
      { title: 'Server errors', left: [failures], right: [errorRate] },
      { title: 'Refused callers, 4xx', left: [counted('api', '4XXError', 'Sum', 5)] },
      { title: 'Blocked by the firewall', left: [counted('firewall', 'BlockedRequests', 'Sum', 5)] },
    ],
    [
      { title: 'Function errors', left: [counted('http', 'Errors', 'Sum', 5)] },
      { title: 'Function duration p95, ms', left: [counted('http', 'Duration', 'p95', 5)] },
      { title: 'Throttled invocations', left: [counted('functions', 'Throttles', 'Sum', 5)] },
    ],
    [
      {
        title: 'Gate: throttled reads and writes',
        left: [
          counted('gate', 'ReadThrottleEvents', 'Sum', 5),
          counted('gate', 'WriteThrottleEvents', 'Sum', 5),
        ],
      },
      {
        title: 'Gate: capacity used',
        left: [
          counted('gate', 'ConsumedReadCapacityUnits', 'Sum', 5),
          counted('gate', 'ConsumedWriteCapacityUnits', 'Sum', 5),
        ],
      },
    ],
  ],
  ai: [
    [
      {
        title: 'Failed attempts, keys that are missing',
        left: [own('ModelFailures', 'Sum', 5), own('ModelKeysMissing', 'Sum', 5)],
      },
      { title: 'Cost today, all tenants, dollars', left: [own('AiCostToday', 'Maximum', 5)] },
      {
        title: 'Holds that ran out, tenants that were not swept',
        left: [own('HoldsExpired', 'Sum', 5), own('BudgetSweepFailures', 'Sum', 5)],
      },
    ],
  ],
  jobs: [
    [
      { title: 'Waiting messages', left: [waiting] },
      { title: 'Oldest message, s', left: [counted('queue', 'ApproximateAgeOfOldestMessage', 'Maximum', 1)] },
      { title: 'Dead letters', left: [deadLetters] },
    ],
    [
      {
        title: 'Jobs: done and failed',
        left: [own('JobsDone', 'Sum', 5), own('JobFailures', 'Sum', 5), own('DispatchFailures', 'Sum', 5)],
      },
      {
        title: 'Job duration p95 and p99, ms',
        left: [own('JobDuration', 'p95', 5), own('JobDuration', 'p99', 5)],
      },
      { title: 'Worker errors', left: [counted('worker', 'Errors', 'Sum', 5)] },
    ],
    [
      { title: 'Workflows started', left: [counted('workflow', 'ExecutionsStarted', 'Sum', 5)] },
      { title: 'Workflows failed', left: [counted('workflow', 'ExecutionsFailed', 'Sum', 5)] },
    ],
  ],
  database: [
    [
      {
        title: 'Processor and capacity, %',
        left: [
          counted('database', 'CPUUtilization', 'Average', 1),
          counted('database', 'ACUUtilization', 'Average', 1),
        ],
      },
      { title: 'Connections', left: [counted('database', 'DatabaseConnections', 'Maximum', 1)] },
    ],
    [
      { title: 'Size, bytes', left: [counted('database', 'VolumeBytesUsed', 'Average', 60)] },
      { title: 'Deadlocks', left: [counted('database', 'Deadlocks', 'Sum', 5)] },
    ],
  ],
  tenants: [
    [
      {
        title: 'Creating a tenant: slowest, ms',
        left: [own('Latency', 'Maximum', 5, { operation: 'tenancy.create' })],
      },
      { title: 'Calls refused for used-up usage', left: [own('UsageRefused', 'Sum', 5)] },
      {
        title: 'Attempts across tenants, denials, sign-ins that could not be guarded',
        left: [
          own('CrossTenantAttempts', 'Sum', 5),
          own('PermissionDenials', 'Sum', 5),
          own('GuardFailures', 'Sum', 5),
        ],
      },
    ],
    [
      { title: 'Oldest of the newest backups, hours', left: [own('OldestBackupHours', 'Maximum', 60)] },
      {
        title: 'Rehearsed restores: RTO and RPO, s',
        left: [own('DrillRtoSeconds', 'Maximum', 24 * 60)],
        right: [own('DrillRpoSeconds', 'Maximum', 24 * 60)],
      },
      {
        title: 'Rehearsed restores: failed, hours since the last good one',
        left: [own('DrillsFailed', 'Sum', 24 * 60)],
        right: [own('DrillAgeHours', 'Maximum', 24 * 60)],
      },
    ],
  ],
} as const satisfies Record<string, readonly (readonly Graph[])[]>;

export type DashboardName = keyof typeof dashboardTable;
