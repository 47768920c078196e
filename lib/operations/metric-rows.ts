/**
 * Metrics as data: what the tables of alarms and dashboards name. What a row means in CloudWatch stands in
 * `lib/operations/cell-metrics.ts`.
 */

/** Who counts: the functions themselves (`plinth`), or AWS for a part of the cell. */
export type Source = 'plinth' | 'api' | 'firewall' | 'database' | 'gate' | 'functions' | 'migration' | Family;

/** Of these a cell has several, and a row stands for one metric of each. */
export const families = ['queue', 'deadLetters', 'schedule', 'workflow', 'http', 'worker'] as const;

export type Family = (typeof families)[number];

/** One metric: what is counted, how values of a period become one, and how long the period is. */
export type MetricRow = {
  source: Source;
  name: string;
  statistic: 'Sum' | 'Maximum' | 'Average' | 'p95' | 'p99';
  minutes: number;
  /** For what functions count apart: `{ operation: 'tenancy.create' }`. */
  dimensions?: Readonly<Record<string, string>>;
};

/** Several metrics as one figure. */
export type Figure = MetricRow | { sum: readonly MetricRow[] } | { percent: MetricRow; of: MetricRow };

/** What functions write themselves (shared/middleware/telemetry.ts); a test looks for whoever writes it. */
export function own(
  name: string,
  statistic: MetricRow['statistic'],
  minutes: number,
  dimensions: Readonly<Record<string, string>> = {},
): MetricRow {
  return { source: 'plinth', name, statistic, minutes, dimensions };
}

/** What AWS counts of a part of the cell. */
export function counted(
  source: Exclude<Source, 'plinth'>,
  name: string,
  statistic: MetricRow['statistic'],
  minutes: number,
): MetricRow {
  return { source, name, statistic, minutes };
}

/** The rows that a figure is made of. */
export function rowsOf(figure: Figure): readonly MetricRow[] {
  if ('sum' in figure) return figure.sum;
  return 'percent' in figure ? [figure.percent, figure.of] : [figure];
}
