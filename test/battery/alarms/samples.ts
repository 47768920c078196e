/** Values of metrics as CloudWatch would have them: read from what functions print, or counted from outside. */

/** One value of one metric at one moment. */
export type Sample = {
  namespace: string;
  name: string;
  dimensions: Readonly<Record<string, string>>;
  atMs: number;
  value: number;
};

type Directive = {
  Namespace: string;
  Dimensions: string[][];
  Metrics: { Name: string; Unit?: string; StorageResolution?: number }[];
};

/**
 * The samples of a line that a function printed, in CloudWatch's embedded metric format; none where it is something
 * else. Each set of dimensions is a metric of its own.
 * @param atMs when it is taken to have been; the line's own time unless told
 */
export function samplesIn(line: string, atMs?: number): Sample[] {
  const document = asDocument(line);
  const { _aws: aws } = document as { _aws?: { Timestamp: number; CloudWatchMetrics: Directive[] } };
  if (aws === undefined) return [];
  return aws.CloudWatchMetrics.flatMap(({ Namespace: namespace, Dimensions: sets, Metrics: metrics }) =>
    sets.flatMap((names) =>
      metrics.flatMap(({ Name: name }) => {
        const dimensions = Object.fromEntries(names.map((key) => [key, String(document[key])]));
        const values = [document[name]].flat();
        return values.map((value) => {
          if (typeof value !== 'number') throw new Error(`The metric ${name} has no value.`);
          return { namespace, name, dimensions, value, atMs: atMs ?? aws.Timestamp };
        });
      }),
    ),
  );
}

/** Samples, found by their metric. */
export type Samples = {
  add(samples: readonly Sample[]): void;
  /** Values of a metric from one moment until before another. */
  values(metric: Pick<Sample, 'namespace' | 'name' | 'dimensions'>, fromMs: number, toMs: number): number[];
  /** Whether the metric had a value at any time. */
  knows(metric: Pick<Sample, 'namespace' | 'name' | 'dimensions'>): boolean;
};

export function sampleStore(): Samples {
  const kept = new Map<string, Sample[]>();
  return {
    add: (samples) => {
      for (const sample of samples) {
        const key = keyOf(sample);
        const present = kept.get(key);
        if (present === undefined) kept.set(key, [sample]);
        else present.push(sample);
      }
    },
    values: (metric, fromMs, toMs) =>
      (kept.get(keyOf(metric)) ?? [])
        .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
        .map(({ value }) => value),
    knows: (metric) => kept.has(keyOf(metric)),
  };
}

/** A metric is its namespace, its name and exactly these dimensions. */
function keyOf({ namespace, name, dimensions }: Pick<Sample, 'namespace' | 'name' | 'dimensions'>): string {
  const sorted = Object.entries(dimensions).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([namespace, name, sorted]);
}

function asDocument(line: string): Record<string, unknown> {
  if (!line.includes('"_aws"')) return {};
  return JSON.parse(line) as Record<string, unknown>;
}
