/** Definitions that are wrong on purpose: a drill that does not notice them proves nothing. */
import type { ResolvedResource } from '#local/template/cell.ts';
import { type Alarm, readAlarm } from './evaluator.ts';
import { type Phase, shortName } from './judge.ts';

export type Breakage = { name: string; broken: Alarm[] };

type Properties = Record<string, unknown>;

const changes: Readonly<Record<string, (properties: Properties) => Properties>> = {
  'a limit that is never reached': (one) => ({ ...one, Threshold: 1e9 }),
  'a limit that always is': (one) => ({ ...one, Threshold: -1, TreatMissingData: 'breaching' }),
  'a day until it rings': (one) => ({ ...one, EvaluationPeriods: 288 }),
  'silence that rings': (one) => ({
    ...one,
    TreatMissingData: 'breaching',
    MetricName: 'Nothing',
    Metrics: undefined,
    ...own,
  }),
  'a metric that nobody writes': (one) => ({ ...one, MetricName: 'Nothing', Metrics: undefined, ...own }),
};

const own = {
  Namespace: 'Plinth',
  Dimensions: [],
  Statistic: 'Sum',
  ExtendedStatistic: undefined,
  Period: 60,
};

/** Every change to every alarm that some fault has to ring, one at a time. */
export function breakages(definitions: readonly ResolvedResource[], phases: readonly Phase[]): Breakage[] {
  const wanted = new Set(phases.flatMap(({ must }) => must));
  const nameOf = ({ properties }: ResolvedResource) => shortName(String(properties.AlarmName));
  return definitions
    .filter((definition) => wanted.has(nameOf(definition)))
    .flatMap((definition) =>
      Object.entries(changes).map(([change, apply]) => ({
        name: `${nameOf(definition)}: ${change}`,
        broken: definitions.map((one) =>
          readAlarm(
            one === definition ? { ...one, properties: withoutUndefined(apply(one.properties)) } : one,
          ),
        ),
      })),
    );
}

function withoutUndefined(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));
}
