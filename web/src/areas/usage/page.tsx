/** Limits of the plan and what is used of them, and what the plan includes. */
import { Text } from '@mantine/core';
import { rateLimits } from '#shared/config/plans.ts';
import { answer, type Thing } from '../../api/client.ts';
import { useRead } from '../../hooks/data.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Loading, Page, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { capital, Status } from '../../parts/status.tsx';
import { Meters } from './meters.tsx';

const everyMs = 30_000;

export default function UsagePage() {
  const usage = useRead(['usage'], (api) => answer(api.GET('/v1/usage')), { everyMs });
  const features = useRead(['features'], (api) => answer(api.GET('/v1/features')));
  const rates = usage.data === undefined ? undefined : rateLimits[usage.data.plan];
  return (
    <Page
      title="Limits and usage"
      about="Owners are told at 80 % and at 100 % of a limit. At 100 % calls are refused."
    >
      <Facts
        facts={[
          { label: 'Plan', value: usage.data === undefined ? undefined : capital(usage.data.plan) },
          { label: 'Time zone', value: usage.data?.timeZone, hint: 'Days and months begin there' },
          { label: 'Requests a minute', value: rates?.tenantPerMinute, hint: 'Of all members and keys' },
          { label: 'Of one member or key', value: rates?.userPerMinute, hint: 'Twice that for one minute' },
        ]}
      />
      <Section title="Usage">
        {usage.isPending && <Loading lines={6} />}
        <Problem error={usage.error} retry={() => void usage.refetch()} />
        {usage.data !== undefined && <Meters usage={usage.data} />}
      </Section>
      <Section title="What the plan includes" flush>
        {features.isPending && <Loading />}
        <Problem error={features.error} retry={() => void features.refetch()} />
        {features.data !== undefined && <Features features={features.data} />}
      </Section>
    </Page>
  );
}

function Features({ features }: { features: Thing<'Features'> }) {
  // What does not exist yet is nobody’s to have or to miss.
  const rows = features.capabilities.filter(({ reason }) => !reason.includes('not available yet'));
  return (
    <DataTable
      label="Capabilities"
      rows={rows}
      keyOf={({ name }) => name}
      columns={[
        { header: 'Capability', cell: ({ summary }) => <Text size="sm">{summary}</Text> },
        { header: 'State', cell: ({ on }) => <Status value={on ? 'on' : 'off'} /> },
        {
          header: 'Why',
          from: 'sm',
          cell: ({ reason }) => (
            <Text size="sm" c="dimmed">
              {capital(reason)}
            </Text>
          ),
        },
      ]}
    />
  );
}
