/** Comma-separated values (RFC 4180), written so that a spreadsheet runs none of them, and read with line numbers. */

/** A line of cells. Text that a spreadsheet would take for a formula gets an apostrophe in front. */
export function csvLine(cells: readonly (string | number | bigint | null)[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

function cell(value: string | number | bigint | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  // OWASP's list, and spaces before: some programs skip them.
  const harmless = /^\s*[=+\-@\t\r|]/.test(value) ? `'${value}` : value;
  return /[",\r\n]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** A record and the line it begins on. */
export type CsvRecord = { line: number; cells: string[] };

/**
 * The records of a text; empty lines are skipped.
 * @returns the line of a quote that never ends instead of its record
 */
export function parseCsv(text: string): { records: CsvRecord[]; openQuoteAt?: number } {
  const records: CsvRecord[] = [];
  let [line, startedAt, cells, current, quoted] = [1, 1, [] as string[], '', false];
  const endRecord = () => {
    cells.push(current);
    if (cells.length > 1 || cells[0] !== '') records.push({ line: startedAt, cells });
    [cells, current] = [[], ''];
  };
  const source = text.replace(/^\uFEFF/, '');
  for (let at = 0; at < source.length; at += 1) {
    const char = source[at] ?? '';
    if (char === '\n') line += 1;
    if (quoted) {
      if (char !== '"') current += char;
      else if (source[at + 1] === '"') [current, at] = [`${current}"`, at + 1];
      else quoted = false;
    } else if (char === '"' && current === '') quoted = true;
    else if (char === ',') {
      cells.push(current);
      current = '';
    } else if (char === '\n') {
      endRecord();
      startedAt = line;
    } else if (char !== '\r') current += char;
  }
  if (quoted) return { records, openQuoteAt: startedAt };
  endRecord();
  return { records };
}
