/** Figures in words; a dash where there is none. */

export function sayCount(value: number): string {
  return value.toLocaleString('en');
}

export function sayPercent(value: number | null): string {
  return value === null ? '–' : `${value.toLocaleString('en', { maximumFractionDigits: 2 })} %`;
}

export function sayMs(value: number | null): string {
  if (value === null) return '–';
  return value < 1_000 ? `${Math.round(value)} ms` : saySeconds(value / 1_000);
}

export function saySeconds(value: number | null): string {
  if (value === null) return '–';
  if (value < 120) return `${value.toLocaleString('en', { maximumFractionDigits: 1 })} s`;
  if (value < 7_200) return `${Math.round(value / 60)} min`;
  return `${Math.round(value / 3_600)} h`;
}
