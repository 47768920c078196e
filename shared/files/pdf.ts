/**
 * PDF: a table whose head is repeated on every page. Cells are wrapped, and cut with an ellipsis after some lines;
 * columns that a page is too narrow for are left out, as their report says. A file that was broken off begins anew.
 */
import type { Column, Columns } from '../contract/report.ts';
import type { Encoder } from './encoder.ts';
import type { FileHead } from './head.ts';
import type { Output } from './output.ts';
import { margin, newPages, type Pages } from './pdf-pages.ts';
import { encodeText, wrap } from './pdf-text.ts';
import {
  bigintAt,
  booleanAt,
  dateAt,
  dateText,
  hasValue,
  prefixOf,
  type Row,
  textAt,
  timestampAt,
  timestampText,
  uuidAt,
} from './rows.ts';

const size = 6.5;
const lineHeight = 8;
const mostLines = 8;
const gap = 6;

/** How much of a page's width a column wants, beside the others. */
const weights: Readonly<Record<Column['type'], number>> = {
  ...{ boolean: 0.5, date: 0.8, integer: 0.8, decimal: 1.1, timestamp: 1.5, text: 1.7, id: 2, json: 2.4 },
};

export function pdfEncoder(columns: Columns, head: FileHead): Encoder {
  const printed = Object.values(columns)
    .map((column, index) => ({ column, index, text: textOf(column) }))
    .filter(({ column }) => column.printed !== false);
  let target: Output | undefined;
  let begun: { pages: Pages; places: Place[] } | undefined;
  const begin = (): { pages: Pages; places: Place[] } => {
    const pages = newPages(
      () => {
        if (target === undefined) throw new Error('the file has not begun');
        return target;
      },
      head,
      printed.length > 5 ? 'landscape' : 'portrait',
    );
    const places = widthsOf(
      printed.map(({ column }) => column),
      pages.width - 2 * margin,
    );
    return { pages, places };
  };
  return {
    resumes: false,
    head: (out) => {
      target = out;
      begun = begin();
      begun.pages.room(0);
      putTitle(begun.pages, head);
      putTableHead(begun.pages, printed, begun.places);
    },
    row: (out, row) => {
      if (begun === undefined) throw new Error('a printed file begins with its head');
      target = out;
      putRow(begun.pages, row, printed, begun.places);
    },
    tail: (out, rows) => {
      if (begun === undefined) throw new Error('a printed file begins with its head');
      target = out;
      const { pages } = begun;
      pages.room(2 * lineHeight);
      pages.text(`${rows} ${rows === 1 ? 'row' : 'rows'}`, margin, pages.y + 2 * lineHeight, size, 'bold');
      pages.end();
    },
  };
}

type Printed = { column: Column; index: number; text: (row: Row, index: number) => string };
type Place = { x: number; width: number };

function widthsOf(columns: readonly Column[], width: number): Place[] {
  const sum = columns.reduce((total, { type }) => total + weights[type], 0);
  let x = margin;
  return columns.map(({ type }) => {
    const place = { x, width: (width * weights[type]) / sum - gap };
    x += place.width + gap;
    return place;
  });
}

/** What it is, for what, by whom, and what became of letters that the fonts lack. */
function putTitle(pages: Pages, head: FileHead): void {
  const asked = Object.entries(head.parameters).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  pages.text(encodeText(head.title), margin, pages.y + 12, 13, 'bold');
  pages.y += 18;
  const lines = [
    `Tenant ${head.tenant.name} (${head.tenant.id}), generated ${head.generatedAt} (UTC), report ${head.report}`,
    `Requested by ${head.requester}, for: ${head.purpose}`,
    ...(asked.length === 0 ? [] : [`Asked for ${asked.join(', ')}`]),
    'Letters that the fonts of this document lack are written by their number, as [U+65E5]; the other formats have them, and all columns.',
  ];
  for (const line of lines.flatMap((text) => wrap(encodeText(text), pages.width - 2 * margin, 7, 4))) {
    pages.y += 9;
    pages.text(line, margin, pages.y, 7);
  }
  pages.y += 10;
}

function putTableHead(pages: Pages, printed: readonly Printed[], places: readonly Place[]): void {
  printed.forEach(({ column }, at) => {
    const { x, width } = places[at] ?? { x: 0, width: 0 };
    const [line = ''] = wrap(encodeText(column.label), width, size, 1);
    pages.text(line, x, pages.y + lineHeight, size, 'bold');
  });
  pages.y += lineHeight + 3;
  pages.rule(pages.y);
  pages.y += 2;
}

function putRow(pages: Pages, row: Row, printed: readonly Printed[], places: readonly Place[]): void {
  const cells = printed.map(({ index, text }, at) =>
    hasValue(row, index) ? wrap(encodeText(text(row, index)), places[at]?.width ?? 0, size, mostLines) : [],
  );
  const height = Math.max(1, ...cells.map(({ length }) => length)) * lineHeight + 2;
  if (pages.room(height)) putTableHead(pages, printed, places);
  cells.forEach((lines, at) => {
    const { x } = places[at] ?? { x: 0 };
    lines.forEach((line, index) => pages.text(line, x, pages.y + (index + 1) * lineHeight - 1.5, size));
  });
  pages.y += height;
}

function textOf(column: Column): Printed['text'] {
  switch (column.type) {
    case 'id': {
      const prefix = prefixOf(column);
      return (row, index) => `${prefix}${uuidAt(row, index)}`;
    }
    case 'timestamp':
      // To the second, as people read it; the other formats have all digits.
      return (row, index) => timestampText(timestampAt(row, index)).slice(0, 19).replace('T', ' ');
    case 'date':
      return (row, index) => dateText(dateAt(row, index));
    case 'integer':
      return (row, index) => String(bigintAt(row, index));
    case 'boolean':
      return (row, index) => (booleanAt(row, index) ? 'yes' : 'no');
    case 'text':
    case 'decimal':
    case 'json':
      return textAt;
  }
}
