/**
 * Figures: what benches and batteries report. A figure with a goal is met or missed by arithmetic alone; nobody
 * decides it while writing it down.
 */

/** What a value is held against. */
export type Goal = { atMost: number } | { atLeast: number } | { exactly: number };

/** One measured or counted value; `goal` is the goal as text, `≤ 1.5`, or null where there is none. */
export type Figure = { id: string; value: number; unit: string; goal: string | null; ok: boolean };

/** What a run has to say; figures come out in the order in which they are reported. */
export type Report = {
  /** Reports a figure. Without a goal it is for information only. */
  figure: (id: string, value: number, unit: string, goal?: Goal) => void;
  /**
   * Reports that none of what was tried went wrong: `<id>` of 0 and `<id> tried`. Having tried nothing is a miss.
   * @param details of what went wrong, for the reader; the first twenty are shown
   */
  none: (id: string, found: number, tried: number, details?: readonly string[]) => void;
  /** Says what is going on, on stderr. */
  progress: (line: string) => void;
  /** Adds a sentence below the table, on stderr when the output is JSON. */
  note: (line: string) => void;
};

/** A bench or a battery: what its file exports. */
export type Runnable = {
  /** One line for the list of names. */
  summary: string;
  /** Does the work and gives back everything it started, also when it fails. */
  run: (report: Report) => Promise<void>;
};

/** A report that collects. */
export type Collected = { report: Report; figures: Figure[]; notes: string[] };

/** A report whose progress goes to `say`. */
export function collect(say: (line: string) => void): Collected {
  const figures: Figure[] = [];
  const notes: string[] = [];
  const figure: Report['figure'] = (id, value, unit, goal) => {
    figures.push(toFigure(id, value, unit, goal));
  };
  const none: Report['none'] = (id, found, tried, details = []) => {
    figure(id, found, `of ${tried}`, { exactly: 0 });
    figure(`${id} tried`, tried, 'cases', { atLeast: 1 });
    notes.push(...details.slice(0, 20).map((detail) => `${id}: ${detail}`));
    if (details.length > 20) notes.push(`${id}: and ${details.length - 20} more`);
  };
  return { report: { figure, none, progress: say, note: (line) => notes.push(line) }, figures, notes };
}

/** A figure, judged. A value that is not a number misses any goal. */
export function toFigure(id: string, value: number, unit: string, goal?: Goal): Figure {
  return {
    id,
    value: Number.isInteger(value) ? value : Number(value.toPrecision(6)),
    unit,
    goal: goal === undefined ? null : goalText(goal),
    ok: goal === undefined ? Number.isFinite(value) : isMet(value, goal),
  };
}

/** The figures as a table. */
export function table(figures: readonly Figure[]): string {
  const head = ['id', 'value', 'unit', 'goal', 'ok'];
  const rows = figures.map(({ id, value, unit, goal, ok }) => [
    ...[id, shown(value), unit, goal ?? ''],
    ok ? (goal === null ? '' : 'ok') : 'MISS',
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: string[]) =>
    cells
      .map((cell, column) =>
        column === 1 ? cell.padStart(widths[1] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [head, widths.map((width) => '─'.repeat(width)), ...rows].map(line).join('\n');
}

function goalText(goal: Goal): string {
  if ('atMost' in goal) return `≤ ${goal.atMost}`;
  return 'atLeast' in goal ? `≥ ${goal.atLeast}` : `= ${goal.exactly}`;
}

function isMet(value: number, goal: Goal): boolean {
  if ('atMost' in goal) return value <= goal.atMost;
  return 'atLeast' in goal ? value >= goal.atLeast : value === goal.exactly;
}

/** Four digits are what a measurement is good for; a count is shown in full. */
function shown(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en');
  return Math.abs(value) >= 1000
    ? Math.round(value).toLocaleString('en')
    : String(Number(value.toPrecision(4)));
}
