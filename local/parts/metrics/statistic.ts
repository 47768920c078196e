/** What CloudWatch makes of the values of a period: one value. */

/** Values and how often each came. */
export type Counted = readonly (readonly [value: number, times: number])[];

/** One value for the values of a period; none where there are none. */
export function statisticOf(statistic: string, counted: Counted): number | undefined {
  const times = counted.reduce((sum, [, count]) => sum + count, 0);
  if (times === 0) return undefined;
  const total = counted.reduce((sum, [value, count]) => sum + value * count, 0);
  const sorted = counted.toSorted(([one], [other]) => one - other);
  if (statistic === 'Sum') return total;
  if (statistic === 'SampleCount') return times;
  if (statistic === 'Average') return total / times;
  if (statistic === 'Maximum') return sorted.at(-1)?.[0];
  if (statistic === 'Minimum') return sorted[0]?.[0];
  const percentile = /^p(\d+(?:\.\d+)?)$/.exec(statistic)?.[1];
  if (percentile === undefined) throw new Error(`The statistic ${statistic} is not known.`);
  let rest = Math.max(1, Math.ceil((Number(percentile) / 100) * times));
  return sorted.find(([, count]) => (rest -= count) <= 0)?.[0];
}
