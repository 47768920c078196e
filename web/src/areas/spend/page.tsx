/** What AI costs: over time, by whom and what, against the budget, and call by call. */
import { Button, Group, NativeSelect, SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { answer, type Thing } from '../../api/client.ts';
import { useRead } from '../../hooks/data.ts';
import { useNames } from '../../hooks/names.ts';
import { useTenant } from '../../hooks/tenant.ts';
import { IconDownload } from '../../icons.ts';
import { Chart } from '../../parts/chart.tsx';
import { saveAs, toCsv } from '../../parts/csv.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { sayDollars } from '../../parts/dollars.ts';
import { Empty } from '../../parts/empty.tsx';
import { Facts } from '../../parts/facts.tsx';
import { More } from '../../parts/more.tsx';
import { Loading, Page, Section } from '../../parts/page.tsx';
import { Problem } from '../../parts/problem.tsx';
import { BudgetBar } from '../budgets/budget-bar.tsx';
import { Calls } from './calls.tsx';
import { beginnings, type PeriodName, spanOf } from './periods.ts';

type Line = Thing<'AiCostLine'>;
type By = 'total' | 'feature' | 'model' | 'provider' | 'user' | 'api_key';

const dimensions: { value: By; label: string }[] = [
  { value: 'total', label: 'All together' },
  { value: 'feature', label: 'By feature' },
  { value: 'model', label: 'By model' },
  { value: 'provider', label: 'By provider' },
  { value: 'user', label: 'By person' },
  { value: 'api_key', label: 'By API key' },
];

export default function SpendPage() {
  const { slug, base } = useTenant();
  const [by, setBy] = useState<By>('total');
  const [period, setPeriod] = useState<PeriodName>('day');
  const span = useMemo(() => spanOf(period), [period]);
  const costs = useRead(['costs', by, period], (api) =>
    answer(api.GET('/v1/ai/costs', { params: { query: { by, period, ...span } } })),
  );
  const budgets = useRead(['budgets'], (api) => answer(api.GET('/v1/ai/budgets')));
  const alert = useRead(['daily-alert'], (api) => answer(api.GET('/v1/ai/daily-alert')));
  const month = budgets.data?.items.find(({ scope, window }) => scope === 'tenant' && window === 'month');
  const lines = costs.data?.lines;
  const total = lines?.reduce((sum, { cost }) => sum + Number(cost), 0);
  const calls = lines?.reduce((sum, one) => sum + one.calls, 0);
  return (
    <Page
      title="AI spend"
      about="Every call of a model is in the ledger, at the price that held when it was made."
    >
      <Facts
        facts={[
          {
            label: 'Today',
            value: alert.data === undefined ? undefined : sayDollars(alert.data.spentToday),
            hint: alert.data && `Owners are told at ${sayDollars(alert.data.threshold)}`,
          },
          {
            label: 'This month',
            value: month === undefined ? undefined : sayDollars(month.spent),
            hint: month && `of ${sayDollars(month.limitNow)}`,
          },
          { label: 'In the time shown', value: total === undefined ? undefined : sayDollars(total) },
          { label: 'Calls in it', value: calls?.toLocaleString('en') },
        ]}
      />
      <Section
        title="Over time"
        actions={
          <Group gap="xs">
            <NativeSelect
              aria-label="Grouped"
              size="xs"
              data={dimensions}
              value={by}
              onChange={(event) => setBy(event.currentTarget.value as By)}
            />
            <SegmentedControl
              size="xs"
              aria-label="Period"
              data={[
                { value: 'day', label: 'Days' },
                { value: 'week', label: 'Weeks' },
                { value: 'month', label: 'Months' },
              ]}
              value={period}
              onChange={(value) => setPeriod(value)}
            />
            <Button
              size="xs"
              variant="default"
              leftSection={<IconDownload size={14} />}
              disabled={lines === undefined || lines.length === 0}
              onClick={() =>
                saveAs(`${slug}-ai-${by}-${period}.csv`, toCsv(headers, (lines ?? []).map(rowOf)))
              }
            >
              CSV
            </Button>
          </Group>
        }
      >
        {costs.isPending && <Loading lines={6} />}
        <Problem error={costs.error} retry={() => void costs.refetch()} />
        {lines !== undefined && <OverTime lines={lines} period={period} to={span.to} />}
      </Section>
      <Section title="Budgets" actions={<More to={`${base}/budgets`}>All budgets</More>}>
        {budgets.isPending && <Loading lines={2} />}
        <Problem error={budgets.error} />
        {budgets.data?.items
          .filter(({ scope }) => scope === 'tenant')
          .map((budget) => (
            <BudgetBar key={budget.window} budget={budget} whose="The tenant" />
          ))}
      </Section>
      {lines !== undefined && lines.length > 0 && by !== 'total' && <Ranking lines={lines} />}
      <Calls />
    </Page>
  );
}

const headers = ['from', 'of', 'calls', 'input tokens', 'output tokens', 'cache tokens', 'cost in dollars'];

function rowOf({ starts, key, calls, inputTokens, outputTokens, cacheTokens, cost }: Line): unknown[] {
  return [starts, key, calls, inputTokens, outputTokens, cacheTokens, cost];
}

type OverTimeProps = { lines: readonly Line[]; period: PeriodName; to: string };

function OverTime({ lines, period, to }: OverTimeProps) {
  const { may, base } = useTenant();
  const sayKey = useKeyNames();
  const { starts, series } = useMemo(() => {
    const days = beginnings(
      lines.map(({ starts: day }) => day),
      period,
      to,
    );
    const keys = [...new Set(lines.map(({ key }) => key))];
    const costOf = new Map(lines.map(({ key, starts: day, cost }) => [`${key} ${day}`, Number(cost)]));
    const drawn = keys.map((key) => ({
      label: key,
      values: days.map((day) => costOf.get(`${key} ${day}`) ?? 0),
    }));
    return { starts: days, series: drawn };
  }, [lines, period, to]);
  const named = useMemo(() => series.map((one) => ({ ...one, label: sayKey(one.label) })), [series]);
  if (starts.length === 0) {
    return (
      <Empty
        title="No model was called in this time"
        action={may('ai:use') && <More to={`${base}/playground`}>Try a call in the playground</More>}
      />
    );
  }
  return <Chart label="Cost of AI" starts={starts} series={named} say={sayDollars} />;
}

/** The sums of the whole time, dearest first. */
function Ranking({ lines }: { lines: readonly Line[] }) {
  const sayKey = useKeyNames();
  const sums = new Map<string, { cost: number; calls: number }>();
  for (const { key, cost, calls } of lines) {
    const before = sums.get(key) ?? { cost: 0, calls: 0 };
    sums.set(key, { cost: before.cost + Number(cost), calls: before.calls + calls });
  }
  const rows = [...sums].map(([key, sum]) => ({ key, ...sum })).sort((a, b) => b.cost - a.cost);
  return (
    <Section title="Who or what it went to" flush>
      <DataTable
        label="Spending by key"
        rows={rows}
        keyOf={({ key }) => key}
        columns={[
          { header: 'Of', cell: ({ key }) => <span className="break">{sayKey(key)}</span> },
          { header: 'Calls', isNumber: true, cell: ({ calls }) => calls.toLocaleString('en') },
          { header: 'Cost', isNumber: true, cell: ({ cost }) => sayDollars(cost) },
        ]}
      />
    </Section>
  );
}

/** People by their names; features, models and providers by their own. */
function useKeyNames(): (key: string) => string {
  const nameOf = useNames();
  return (key) => (key.startsWith('usr_') ? nameOf(key) : key === '' ? 'None' : key);
}
