/** Values of metrics as CloudWatch would have them, on the clock of a drill. */
import { type MetricKey, type Sample, textOf } from '#local/parts/metrics/samples.ts';

/** Samples, found by their metric. */
export type Samples = {
  add(samples: readonly Sample[]): void;
  /** Values of a metric from one moment until before another. */
  values(metric: MetricKey, fromMs: number, toMs: number): number[];
  /** Whether the metric had a value at any time. */
  knows(metric: MetricKey): boolean;
};

export function sampleStore(): Samples {
  const kept = new Map<string, Sample[]>();
  return {
    add: (samples) => {
      for (const sample of samples) {
        const key = textOf(sample);
        const present = kept.get(key);
        if (present === undefined) kept.set(key, [sample]);
        else present.push(sample);
      }
    },
    values: (metric, fromMs, toMs) =>
      (kept.get(textOf(metric)) ?? [])
        .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
        .map(({ value }) => value),
    knows: (metric) => kept.has(textOf(metric)),
  };
}
