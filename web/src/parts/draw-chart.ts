/** Draws a chart on a canvas; loaded where one is shown. */
import './named-language.ts';
import 'uplot/dist/uPlot.min.css';
import uPlot from 'uplot';
import type { Series } from './series.ts';

export type Drawn = {
  width: number;
  height: number;
  starts: readonly string[];
  series: readonly Series[];
  say: (value: number) => string;
  isDark: boolean;
  colorOf: (place: number) => string;
};

/** Bars for one series, lines for several. */
export function drawChart(place: HTMLElement, drawn: Drawn): { destroy(): void } {
  const data: uPlot.AlignedData = [
    drawn.starts.map(secondsOf),
    ...drawn.series.map(({ values }) => [...values]),
  ];
  return new uPlot(optionsFor(drawn), data, place);
}

function optionsFor({ width, height, series, say, isDark, colorOf, starts }: Drawn): uPlot.Options {
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
  const [first, second] = starts.map(secondsOf);
  const step = first === undefined || second === undefined ? daySeconds : second - first;
  return {
    width,
    height,
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    scales: {
      // Room for a first and a last bar, also where there is only one.
      x: { time: true, range: (_, min, max) => [min - step / 2, (starts.length < 2 ? min : max) + step / 2] },
      y: { range: (_, _min, max) => [0, max > 0 ? max * 1.15 : 1] },
    },
    axes: [
      { ...axis, grid: { show: false }, values: (_, ticks) => ticks.map((tick) => sayTick(tick, step)) },
      { ...axis, size: 72, values: (_, ticks) => ticks.map(say) },
    ],
    series: [
      {},
      ...series.map(({ label, values }, place) => ({
        label,
        stroke: colorOf(place),
        width: isAlone ? 0 : 2,
        ...(isAlone && bars !== undefined ? { fill: colorOf(place), paths: bars } : {}),
        points: { show: !isAlone && values.length === 1 },
      })),
    ],
  };
}

const daySeconds = 86_400;
const short = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const hours = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** A day is drawn at its noon, a moment where it is. */
function secondsOf(start: string): number {
  return Date.parse(start.length === 10 ? `${start}T12:00:00` : start) / 1000;
}

/** Days, or times where steps are so short that there are several in an hour or a day. */
function sayTick(seconds: number, step: number): string {
  return (step <= 3_600 ? hours : short).format(new Date(seconds * 1000));
}
