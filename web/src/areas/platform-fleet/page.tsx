/** Figures of the whole fleet: who came, how the service did, what it brought in, and whether it could be brought back. */
import { Stack, Text } from '@mantine/core';
import { answer, type Thing } from '../../api/client.ts';
import { useRead } from '../../hooks/data.ts';
import { Chart } from '../../parts/chart.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { sayDollars } from '../../parts/dollars.ts';
import { Empty } from '../../parts/empty.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Loading, Page, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { capital } from '../../parts/status.tsx';
import { Drills } from './drills.tsx';
import { sayCount, sayMs, sayPercent, saySeconds } from '../../parts/figures.ts';

type Fleet = Thing<'Fleet'>;

const everyMs = 60_000;

export default function PlatformFleetPage() {
  const fleet = useRead(['fleet'], (api) => answer(api.GET('/v1/platform/fleet')), { everyMs });
  const { data } = fleet;
  return (
    <Page
      title="Fleet"
      about="All tenants of this region. On Mondays the same figures are mailed to the operators."
    >
      <Facts
        facts={[
          { label: 'Tenants', value: data && sayCount(data.tenants.total) },
          { label: 'Uptime', value: data && sayPercent(data.api.uptimePercent), hint: 'Thirty days' },
          {
            label: 'Answered with an error',
            value: data && sayPercent(data.api.errorPercent),
            hint: 'Thirty days',
          },
          { label: 'Latency, p95', value: data && sayMs(data.api.p95Ms), hint: 'The latest day' },
        ]}
      />
      {fleet.isPending && <Loading lines={6} />}
      <Problem error={fleet.error} retry={() => void fleet.refetch()} />
      {data !== undefined && <Figures fleet={data} />}
      <Drills />
    </Page>
  );
}

function Figures({ fleet }: { fleet: Fleet }) {
  const { tenants, revenue } = fleet;
  return (
    <>
      <Section title="New tenants by week">
        <Chart
          label="New tenants by week"
          starts={tenants.newByWeek.map(({ week }) => week)}
          series={[{ label: 'New tenants', values: tenants.newByWeek.map((week) => week.tenants) }]}
          say={sayCount}
        />
      </Section>
      <Section title="The API by day">
        <Api fleet={fleet} />
      </Section>
      <Section title="Where tenants are" flush>
        <Groups fleet={fleet} />
      </Section>
      <Section title={`AI in ${revenue.month}`} flush>
        <Revenue revenue={revenue} />
      </Section>
      <Section title="Backups">
        <Backups fleet={fleet} />
      </Section>
    </>
  );
}

function Api({ fleet: { api, provisioning, unwatched } }: { fleet: Fleet }) {
  if (unwatched !== null) return <Empty title="These figures are absent">{unwatched}</Empty>;
  return (
    <Stack gap="md">
      <Facts
        facts={[
          { label: 'Calls in thirty days', value: sayCount(api.calls ?? 0) },
          {
            label: 'Until a tenant is there, p95',
            value: sayMs(provisioning.p95Ms),
            hint: `Half within ${sayMs(provisioning.p50Ms)}; promised are ${sayMs(provisioning.lineMs)}`,
          },
        ]}
      />
      {/* One day is no line, and its figures stand above. */}
      {api.days.length > 1 && (
        <Chart
          label="Calls by day"
          starts={api.days.map(({ day }) => day)}
          series={[
            { label: 'Calls', values: api.days.map(({ calls }) => calls) },
            { label: 'Errors', values: api.days.map(({ serverErrors }) => serverErrors) },
          ]}
          say={sayCount}
        />
      )}
    </Stack>
  );
}

function Groups({ fleet: { tenants } }: { fleet: Fleet }) {
  const rows = [
    ...tenants.byStatus.map(({ status, tenants: count }) => ({
      by: 'Status',
      value: capital(status),
      count,
    })),
    ...tenants.byPlan.map(({ plan, tenants: count }) => ({ by: 'Plan', value: capital(plan), count })),
    ...tenants.byRegion.map(({ region, tenants: count }) => ({
      by: 'Region',
      value: region.toUpperCase(),
      count,
    })),
  ].filter(({ count }) => count > 0);
  if (rows.length === 0) return <Empty title="There are no tenants yet">The first one appears here.</Empty>;
  return (
    <DataTable
      label="Tenants by status, plan and region"
      rows={rows}
      keyOf={({ by, value }) => `${by} ${value}`}
      columns={[
        { header: 'By', cell: ({ by }) => by },
        { header: 'Which', cell: ({ value }) => value },
        { header: 'Tenants', isNumber: true, cell: ({ count }) => sayCount(count) },
      ]}
    />
  );
}

function Revenue({ revenue: { ai, dearest } }: { revenue: Fleet['revenue'] }) {
  return (
    <>
      <Text size="sm" p="md" pb="xs">
        {`Charged ${sayDollars(ai.charged)} for what cost ${sayDollars(ai.cost)}: ${sayDollars(ai.margin)} are left. Subscriptions are not billed yet.`}
      </Text>
      {dearest.length > 0 && (
        <DataTable
          label="Tenants whose AI costs most"
          rows={dearest}
          keyOf={({ tenantId }) => tenantId}
          columns={[
            { header: 'Tenant', cell: ({ slug }) => slug },
            { header: 'Cost', isNumber: true, from: 'xs', cell: ({ cost }) => sayDollars(cost) },
            { header: 'Charged', isNumber: true, from: 'xs', cell: ({ charged }) => sayDollars(charged) },
            { header: 'Margin', isNumber: true, cell: ({ margin }) => sayDollars(margin) },
          ]}
        />
      )}
    </>
  );
}

function Backups({ fleet: { backups, drills, deadLetters } }: { fleet: Fleet }) {
  return (
    <Facts
      facts={[
        {
          label: 'With a fresh backup',
          value: sayPercent(backups.coveredPercent),
          hint: `${sayCount(backups.covered)} of ${sayCount(backups.due)} tenants that are due`,
        },
        {
          label: 'Backups that worked',
          value: sayPercent(backups.successPercent),
          hint: `${sayCount(backups.failed)} failed in seven days`,
        },
        {
          label: 'Last restore took',
          value: saySeconds(drills.rtoSeconds),
          hint: `Rehearsed; ${saySeconds(drills.rpoSeconds)} would have been lost`,
        },
        { label: 'Messages put aside', value: sayCount(deadLetters), hint: 'They wait for somebody' },
      ]}
    />
  );
}
