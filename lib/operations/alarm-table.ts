/**
 * What wakes somebody (OPS-1), each with a runbook (OPS-8). The stack, the runbook's test and `npm run battery -- alarms` read this table or what
 * was synthesized from it; `docs/runbooks/alarms.md` has a heading for each row. A row over a family of parts is one
 * alarm for each of them: `DeadLetters-members`.
 */
import type { Deployment } from '#shared/config/deployments.ts';
import { counted, type Figure, own } from './metric-rows.ts';

/** One alarm: it rings when the figure was above the limit for so many periods in a row. */
export type AlarmRow = {
  figure: Figure;
  above: number | ((deployment: Deployment) => number);
  periods: number;
  /** What happened when it rings, as a sentence for whoever is woken. */
  means: string;
  requirement: string;
  /** Nothing counted is no failure, unless the one who counts is what is watched. */
  silence?: 'rings';
};

const apiRequests = counted('api', 'Count', 'Sum', 5);
const apiFailures = counted('api', '5XXError', 'Sum', 5);

/** Every alarm of a cell by its name. */
export const alarmTable = {
  CanaryFailing: {
    figure: own('CanaryFailures', 'Sum', 5),
    above: 0,
    periods: 2,
    means: 'The canary was not answered as it should be, or has not come, for ten minutes.',
    requirement: 'OPS-3',
    silence: 'rings',
  },
  DatabaseDown: {
    figure: own('DependencyDown', 'Sum', 5, { dependency: 'database' }),
    above: 0,
    periods: 1,
    means: 'The health check says that the database does not answer.',
    requirement: 'OPS-3',
  },
  GateDown: {
    figure: own('DependencyDown', 'Sum', 5, { dependency: 'gate' }),
    above: 0,
    periods: 1,
    means: 'The health check says that the gate’s table does not answer.',
    requirement: 'OPS-3',
  },
  ApiSlow: {
    // Our own: the stage's counts answers of models as well, which take as long as they take.
    figure: own('Latency', 'p95', 1),
    above: 1_000,
    periods: 5,
    means: 'One request in twenty took more than 1 s, for five minutes.',
    requirement: 'OPS-1',
  },
  ApiErrors: {
    figure: apiFailures,
    above: 10,
    periods: 1,
    means: 'More than 10 requests were answered with 5xx in five minutes.',
    requirement: 'OPS-1',
  },
  ApiErrorRate: {
    figure: { percent: apiFailures, of: apiRequests },
    above: 1,
    periods: 1,
    means: 'More than 1 % of the requests of five minutes were answered with 5xx.',
    requirement: 'OPS-1',
  },
  FirewallBlocks: {
    figure: counted('firewall', 'BlockedRequests', 'Sum', 5),
    above: 1_000,
    periods: 1,
    means: 'The firewall blocked more than 1000 requests in five minutes.',
    requirement: 'OPS-1',
  },
  FunctionsThrottled: {
    figure: counted('functions', 'Throttles', 'Sum', 5),
    above: 10,
    periods: 1,
    means: 'Lambda refused more than 10 invocations in five minutes: the account has no more concurrency.',
    requirement: 'OPS-1',
  },
  MigrationFailed: {
    figure: counted('migration', 'Errors', 'Sum', 1),
    above: 0,
    periods: 1,
    means: 'A migration of the schema failed, and the deployment rolls back.',
    requirement: 'OPS-5',
  },
  ScheduleFailing: {
    figure: counted('schedule', 'Errors', 'Sum', 5),
    above: 0,
    periods: 3,
    means: 'A function on a timer failed in three periods of five minutes.',
    requirement: 'OPS-1',
  },
  DeadLetters: {
    // Our own: a message leaves its dead-letter queue at once, and waits where it can be looked at.
    figure: counted('deadLetters', 'DeadLettersWaiting', 'Maximum', 5),
    above: 0,
    periods: 1,
    means: 'A message failed five times and waits as a dead letter: what it asked for was not done.',
    requirement: 'OPS-1',
  },
  QueueOld: {
    figure: counted('queue', 'ApproximateAgeOfOldestMessage', 'Maximum', 1),
    above: 900,
    periods: 5,
    means: 'The oldest message of a queue has waited for more than 15 minutes.',
    requirement: 'OPS-1',
  },
  JobsFailing: {
    figure: own('JobFailures', 'Sum', 5),
    above: 20,
    periods: 2,
    means: 'More than 20 attempts at jobs failed in five minutes, twice in a row.',
    requirement: 'OPS-1',
  },
  OutboxStuck: {
    figure: own('DispatchFailures', 'Sum', 5),
    above: 0,
    periods: 2,
    means:
      'What was committed could not be sent to queues, bus or workflows, in two periods of five minutes.',
    requirement: 'OPS-1',
  },
  WorkflowFailed: {
    // What a step refused counts as succeeded: its own record says why.
    figure: counted('workflow', 'ExecutionsFailed', 'Sum', 5),
    above: 0,
    periods: 1,
    means: 'A workflow did not come to its end.',
    requirement: 'OPS-1',
  },
  DatabaseCpu: {
    figure: counted('database', 'CPUUtilization', 'Average', 1),
    above: 80,
    periods: 5,
    means: 'The database’s processor was busy for more than 80 %, for five minutes.',
    requirement: 'OPS-1',
  },
  DatabaseConnections: {
    figure: counted('database', 'DatabaseConnections', 'Maximum', 1),
    above: ({ database }) => database.connectionAlarm,
    periods: 5,
    means: 'The database had more connections than the deployment expects, for five minutes.',
    requirement: 'OPS-1',
  },
  DatabaseCapacity: {
    figure: counted('database', 'ACUUtilization', 'Average', 1),
    above: 90,
    periods: 15,
    means: 'The database ran at its configured maximum for a quarter of an hour.',
    requirement: 'OPS-1',
  },
  GateThrottled: {
    figure: {
      sum: [
        counted('gate', 'ReadThrottleEvents', 'Sum', 5),
        counted('gate', 'WriteThrottleEvents', 'Sum', 5),
      ],
    },
    above: 10,
    periods: 1,
    means: 'DynamoDB throttled the gate more than 10 times in five minutes, so requests were refused.',
    requirement: 'OPS-1',
  },
  ProvisioningFailed: {
    figure: own('ServerErrors', 'Sum', 5, { operation: 'tenancy.create' }),
    above: 0,
    periods: 1,
    means: 'A tenant could not be created, and it was not the caller’s mistake.',
    requirement: 'TEN-2',
  },
  ProvisioningSlow: {
    // A request ends after 15 s: the promise of 120 s is watched where it is still kept.
    figure: own('Latency', 'Maximum', 5, { operation: 'tenancy.create' }),
    above: 10_000,
    periods: 1,
    means: 'Creating a tenant took more than 10 s; 90 s are promised, and the gateway waits for 29.',
    requirement: 'TEN-2',
  },
  CrossTenantAttempts: {
    // A mistyped id is not an attack; six in five minutes are looked at.
    figure: own('CrossTenantAttempts', 'Sum', 5),
    above: 5,
    periods: 1,
    means: 'More than 5 calls in five minutes named a tenant that is not the caller’s.',
    requirement: 'TEN-11',
  },
  AuditTampered: {
    figure: own('AuditFindings', 'Maximum', 5),
    above: 0,
    periods: 1,
    means: 'A row of some tenant’s audit trail, or the chain over it, is not what was written.',
    requirement: 'AUD-1',
  },
  AuditUnsealed: {
    figure: own('AuditUnsealedSeconds', 'Maximum', 5),
    above: 900,
    periods: 2,
    means:
      'A row of an audit trail has waited for more than 15 minutes to be sealed, or nobody seals any more.',
    requirement: 'AUD-1',
    silence: 'rings',
  },
  AuditUnchecked: {
    figure: own('AuditUncheckedHours', 'Maximum', 60),
    above: 48,
    periods: 1,
    means: 'Some tenant’s audit trail was not checked for more than two days.',
    requirement: 'AUD-1',
  },
  SignInFailing: {
    figure: own('GuardFailures', 'Sum', 1),
    above: 0,
    periods: 1,
    means: 'Attempts to sign in could not be counted, so they were refused.',
    requirement: 'IDN-6',
  },
  QuotaRefusals: {
    figure: own('UsageRefused', 'Sum', 5),
    above: 500,
    periods: 2,
    means:
      'More than 500 calls in five minutes, twice in a row, were refused because a plan’s usage is used up.',
    requirement: 'OPS-1',
  },
  ModelsFailing: {
    figure: own('ModelFailures', 'Sum', 5),
    above: 20,
    periods: 2,
    means: 'More than 20 attempts to call a model failed in five minutes, twice in a row.',
    requirement: 'AI-1',
  },
  ModelKeysMissing: {
    figure: own('ModelKeysMissing', 'Sum', 1),
    above: 0,
    periods: 1,
    means: 'A provider of models has no key in its secret, or the secret cannot be read.',
    requirement: 'AI-1',
  },
  AiDailyCost: {
    figure: own('AiCostToday', 'Maximum', 5),
    above: ({ aiDailyCostAlarmDollars }) => aiDailyCostAlarmDollars,
    periods: 1,
    means:
      'Calls of models have cost all tenants of the region more today than the deployment allows, in dollars.',
    requirement: 'AI-2',
  },
  BudgetsNotSwept: {
    figure: own('BudgetSweepFailures', 'Sum', 5),
    above: 0,
    periods: 3,
    means:
      'Holds on budgets could not be settled for some tenant, three times in a row: its room stays smaller.',
    requirement: 'AI-2',
  },
  BackupOverdue: {
    figure: own('OldestBackupHours', 'Maximum', 60),
    above: 26,
    periods: 1,
    means: 'Some tenant’s newest backup is older than 26 hours, or nobody looks any more.',
    requirement: 'BKP-1',
    silence: 'rings',
  },
  DrillFailed: {
    figure: own('DrillsFailed', 'Sum', 5),
    above: 0,
    periods: 1,
    means: 'A rehearsed restore failed: a backup could not be brought back as it was kept.',
    requirement: 'BKP-3',
  },
  DrillOverdue: {
    figure: own('DrillAgeHours', 'Maximum', 24 * 60),
    above: 8 * 24,
    periods: 1,
    means: 'No restore was rehearsed with success for more than 8 days.',
    requirement: 'BKP-3',
  },
} as const satisfies Record<string, AlarmRow>;

export type AlarmName = keyof typeof alarmTable;

/** Where an alarm's heading stands. */
export function runbookOf(name: string): string {
  return `docs/runbooks/alarms.md#${name.toLowerCase()}`;
}
