/** Figures over time, and the same figures as a table for whoever would rather read them. */
import 'uplot/dist/uPlot.min.css';
import { Box, Button, Group, Text, useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import { DataTable } from './data-table.tsx';

export type Series = { label: string; values: readonly number[] };

type ChartProps = {
  label: string;
  /** Beginnings of the periods, as `2026-11-21`. */
  starts: readonly string[];
  series: readonly Series[];
  say: (value: number) => string;
};

const height = 220;
const colors = ['#1c8068', '#3b6fd4', '#c2611b', '#8a4fc0', '#b3294e', '#6b7a12', '#0d8296', '#7c6a58'];

export function Chart({ label, starts, series, say }: ChartProps) {
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
      {isTable ? (
        <AsTable label={label} starts={starts} series={series} say={say} />
      ) : (
        <Drawing label={label} starts={starts} series={series} say={say} />
      )}
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

function Drawing({ label, starts, series, say }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const { ref: measured, width } = useElementSize();
  const scheme = useComputedColorScheme('light');
  useEffect(() => {
    if (place.current === null || width === 0) return undefined;
    const data: uPlot.AlignedData = [
      starts.map((day) => Date.parse(`${day}T12:00:00`) / 1000),
      ...series.map(({ values }) => [...values]),
    ];
    const drawn = new uPlot(optionsFor(width, series, say, scheme === 'dark'), data, place.current);
    return () => drawn.destroy();
  }, [starts, series, width, scheme]);
  const total = series.reduce((sum, { values }) => sum + values.reduce((all, one) => all + one, 0), 0);
  return (
    <div ref={measured}>
      <div
        ref={place}
        className="chart"
        role="img"
        aria-label={`${label}: ${say(total)} in ${starts.length} periods. The table has every figure.`}
        style={{ height }}
      />
    </div>
  );
}

function optionsFor(
  width: number,
  series: readonly Series[],
  say: (value: number) => string,
  isDark: boolean,
): uPlot.Options {
  const ink = isDark ? '#a9b2bb' : '#56606b';
  const line = isDark ? '#2b3135' : '#e6e9eb';
  const axis = {
    stroke: ink,
    grid: { stroke: line, width: 1 },
    ticks: { show: false },
    font: '12px system-ui',
  };
  const bars = uPlot.paths.bars?.({ size: [0.6, 48] });
  const isAlone = series.length === 1;
  return {
    width,
    height,
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    scales: { x: { time: true }, y: { range: (_, _min, max) => [0, max > 0 ? max * 1.15 : 1] } },
    axes: [
      { ...axis, grid: { show: false } },
      { ...axis, size: 64, values: (_, ticks) => ticks.map(say) },
    ],
    series: [
      {},
      ...series.map(({ label }, place) => ({
        label,
        stroke: colorOf(place),
        width: isAlone ? 0 : 2,
        ...(isAlone && bars !== undefined ? { fill: colorOf(place), paths: bars } : {}),
        points: { show: !isAlone && series[place]?.values.length === 1 },
      })),
    ],
  };
}

function AsTable({ label, starts, series, say }: ChartProps) {
  const rows = starts.map((day, place) => ({ day, place }));
  return (
    <DataTable
      label={label}
      rows={rows}
      keyOf={({ day }) => day}
      columns={[
        { header: 'From', cell: ({ day }) => day },
        ...series.map(({ label: header, values }) => ({
          header,
          isNumber: true,
          cell: ({ place }: { place: number }) => say(values[place] ?? 0),
        })),
      ]}
    />
  );
}

function colorOf(place: number): string {
  return colors[place % colors.length] ?? '#1c8068';
}
