/** Rows under headings, aligned. */
import { printable, widthOf } from './text.ts';

export type Style = 'good' | 'bad' | 'warn' | 'faint';

export type Column<Row> = {
  title: string;
  value: (row: Row) => string;
  /** Numbers stand to the right. */
  right?: true;
  style?: (row: Row) => Style | undefined;
};

const codes: Readonly<Record<Style | 'head', string>> = {
  good: '32',
  bad: '31',
  warn: '33',
  faint: '2',
  head: '1',
};

/** Text in a style, where the reader shows colours. */
export function styled(text: string, style: Style | 'head' | undefined, hasColour: boolean): string {
  return style === undefined || !hasColour ? text : `\u001b[${codes[style]}m${text}\u001b[0m`;
}

/** The table, one line for each row below that of the titles; no space at the ends of lines. */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  hasColour: boolean,
): string {
  const cells = rows.map((row) => columns.map(({ value }) => printable(value(row))));
  const widths = columns.map(({ title }, at) =>
    Math.max(widthOf(title), ...cells.map((line) => widthOf(line[at] ?? ''))),
  );
  const line = (texts: string[], styleAt: (at: number) => Style | 'head' | undefined) =>
    columns
      .map(({ right }, at) => {
        const text = texts[at] ?? '';
        const space = ' '.repeat((widths[at] ?? 0) - widthOf(text));
        const shown = styled(text, styleAt(at), hasColour);
        if (right === true) return space + shown;
        return at === columns.length - 1 ? shown : shown + space;
      })
      .join('  ')
      .trimEnd();
  const titles = columns.map(({ title }) => title.toUpperCase());
  return [
    line(titles, () => 'head'),
    ...rows.map((row, index) => line(cells[index] ?? [], (at) => columns[at]?.style?.(row))),
  ].join('\n');
}
