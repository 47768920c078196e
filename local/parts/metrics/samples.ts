/** Values of metrics, read from what functions print in CloudWatch's embedded metric format. */

/** What a metric is: its namespace, its name and exactly these dimensions. */
export type MetricKey = { namespace: string; name: string; dimensions: Readonly<Record<string, string>> };

/** One value of one metric at one moment. */
export type Sample = MetricKey & { atMs: number; value: number };

type Directive = {
  Namespace: string;
  Dimensions: string[][];
  Metrics: { Name: string; Unit?: string; StorageResolution?: number }[];
};

/**
 * The samples of a line that a function printed; none where it is something else. Each set of dimensions is a metric
 * of its own.
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

/** A metric as one text: the same for the same metric, however its dimensions are ordered. */
export function textOf({ namespace, name, dimensions }: MetricKey): string {
  const sorted = Object.entries(dimensions).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([namespace, name, sorted]);
}

function asDocument(line: string): Record<string, unknown> {
  if (!line.includes('"_aws"')) return {};
  return JSON.parse(line) as Record<string, unknown>;
}
