/** Figures over time, and the same figures as a table for whoever would rather read them. */
import { Box, Button, Group, Text, useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { DataTable } from './data-table.tsx';
import type { Series } from './series.ts';

type ChartProps = {
  label: string;
  /** Beginnings of the periods: days as `2026-11-21`, or moments as `2026-11-21T12:00:00.000Z`. */
  starts: readonly string[];
  series: readonly Series[];
  say: (value: number) => string;
  /** What is said of all values together: their sum, or the highest of them where a sum means nothing. */
  together?: 'sum' | 'highest';
};

const height = 220;
const colors = ['#1c8068', '#3b6fd4', '#c2611b', '#8a4fc0', '#b3294e', '#6b7a12', '#0d8296', '#7c6a58'];

export function Chart(props: ChartProps) {
  const { series } = props;
  const [isTable, setIsTable] = useState(false);
  return (
    <Box>
      <Group justify="space-between" mb="xs">
        <Legend series={series} />
        <Button
          size="compact-xs"
          variant="default"
          aria-pressed={isTable}
          onClick={() => setIsTable((before) => !before)}
        >
          {isTable ? 'Show the chart' : 'Show as a table'}
        </Button>
      </Group>
      {isTable ? <AsTable {...props} /> : <Drawing {...props} onFail={() => setIsTable(true)} />}
    </Box>
  );
}

function Legend({ series }: { series: readonly Series[] }) {
  if (series.length < 2) return <span />;
  return (
    <Group gap="sm">
      {series.map(({ label }, place) => (
        <Group key={label} gap={6} wrap="nowrap">
          <Box w={10} h={10} bg={colorOf(place)} style={{ borderRadius: 2 }} aria-hidden />
          <Text size="xs">{label}</Text>
        </Group>
      ))}
    </Group>
  );
}

type DrawingProps = ChartProps & { onFail: () => void };

function Drawing({ label, starts, series, say, together = 'sum', onFail }: DrawingProps) {
  const place = useRef<HTMLDivElement>(null);
  const { ref: measured, width } = useElementSize();
  const scheme = useComputedColorScheme('light');
  useEffect(() => {
    let drawn: { destroy(): void } | undefined;
    let isGone = false;
    const draw = async () => {
      if (place.current === null || width === 0) return;
      const { drawChart } = await import('./draw-chart.ts');
      if (isGone) return;
      drawn = drawChart(place.current, {
        width,
        height,
        starts,
        series,
        say,
        isDark: scheme === 'dark',
        colorOf,
      });
    };
    // Where nothing can be drawn, the figures are in the table.
    draw().catch(onFail);
    return () => {
      isGone = true;
      drawn?.destroy();
    };
  }, [starts, series, width, scheme]);
  const values = series.flatMap((one) => one.values);
  const said = together === 'sum' ? values.reduce((all, one) => all + one, 0) : Math.max(0, ...values);
  return (
    <div ref={measured}>
      <div
        ref={place}
        className="chart"
        role="img"
        aria-label={`${label}: ${together === 'sum' ? '' : 'at most '}${say(said)} in ${starts.length} periods. The table has every figure.`}
        style={{ height }}
      />
    </div>
  );
}

function AsTable({ label, starts, series, say }: ChartProps) {
  const rows = starts.map((day, place) => ({ day, place }));
  return (
    <DataTable
      label={label}
      rows={rows}
      keyOf={({ day }) => day}
      columns={[
        { header: 'From', cell: ({ day }) => sayStart(day) },
        ...series.map(({ label: header, values }) => ({
          header,
          isNumber: true,
          cell: ({ place }: { place: number }) => say(values[place] ?? 0),
        })),
      ]}
    />
  );
}

const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

function sayStart(start: string): string {
  return start.length === 10 ? start : moment.format(new Date(start));
}

function colorOf(place: number): string {
  return colors[place % colors.length] ?? '#1c8068';
}
