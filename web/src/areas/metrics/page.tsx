/** How the tenant is served: calls, errors, refusals, latency and jobs of an hour, a day or a week. */
import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { answer, type Thing } from '../../api/client.ts';
import { useRead } from '../../hooks/data.ts';
import { Chart } from '../../parts/chart.tsx';
import { Facts } from '../../parts/facts.tsx';
import { sayCount, sayMs, sayPercent } from '../../parts/figures.ts';
import { Loading, Page, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';

type Metrics = Thing<'Metrics'>;
type Span = '1h' | '24h' | '7d';

const everyMs = 30_000;
const spans: { value: Span; label: string }[] = [
  { value: '1h', label: 'Hour' },
  { value: '24h', label: 'Day' },
  { value: '7d', label: 'Week' },
];

export default function MetricsPage() {
  const [span, setSpan] = useState<Span>('24h');
  const metrics = useRead(
    ['metrics', span],
    (api) => answer(api.GET('/v1/metrics', { params: { query: { span } } })),
    { everyMs },
  );
  const requests = metrics.data?.requests;
  return (
    <Page
      title="Metrics"
      about="How the tenant is served, a few seconds behind. Looking at it is not counted as a call."
      actions={
        <SegmentedControl size="xs" aria-label="Time shown" data={spans} value={span} onChange={setSpan} />
      }
    >
      <Facts
        facts={[
          { label: 'Calls', value: requests && sayCount(requests.calls) },
          {
            label: 'Latency, p95',
            value: requests && sayMs(requests.p95Ms),
            hint: 'Nineteen in twenty were faster',
          },
          {
            label: 'Errors',
            value: requests && sayPercent(requests.errorPercent),
            hint: requests && `${sayCount(requests.failed)} answered with 5xx`,
          },
          {
            label: 'Refused for rate',
            value: requests && sayCount(requests.throttled),
            hint: 'Answered with 429',
          },
        ]}
      />
      {metrics.isPending && <Loading lines={6} />}
      <Problem error={metrics.error} retry={() => void metrics.refetch()} />
      {metrics.data !== undefined && <Figures metrics={metrics.data} />}
    </Page>
  );
}

function Figures({ metrics: { requests, jobs, workflows, waiting } }: { metrics: Metrics }) {
  const starts = requests.points.map(({ at }) => at);
  return (
    <>
      <Section title="Calls">
        <Chart
          label="Calls"
          starts={starts}
          series={[
            { label: 'Calls', values: requests.points.map(({ calls }) => calls) },
            { label: 'Errors', values: requests.points.map(({ failed }) => failed) },
            { label: 'Refused for rate', values: requests.points.map(({ throttled }) => throttled) },
          ]}
          say={sayCount}
        />
      </Section>
      <Section title="Latency, p95 in milliseconds">
        <Chart
          label="Latency, p95"
          starts={starts}
          series={[{ label: 'p95', values: requests.points.map(({ p95Ms }) => p95Ms ?? 0) }]}
          say={sayCount}
          together="highest"
        />
      </Section>
      <Section title="Work behind the calls">
        <Facts
          facts={[
            {
              label: 'Jobs that worked',
              value: sayPercent(jobs.successPercent),
              hint: `${sayCount(jobs.failed)} of ${sayCount(jobs.attempts)} attempts failed`,
            },
            { label: 'One job, p95', value: sayMs(jobs.p95Ms) },
            {
              label: 'Exports, backups, restores',
              value: sayPercent(workflows.successPercent),
              hint: `${sayCount(workflows.done)} done, ${sayCount(workflows.failed)} failed`,
            },
            { label: 'Waiting to be sent', value: sayCount(waiting.messages), hint: 'Events and jobs' },
          ]}
        />
      </Section>
    </>
  );
}
