/**
 * Pages of a PDF, one after the other: pdfkit keeps the document, and each page is written out when it is full, so that
 * one alone is in memory. Every page ends with whose it is, of when, and its number (EXP-2). The same calls give the
 * same bytes: the document is dated by what it shows, and so is its id.
 */
import PDFDocument from 'pdfkit';
import type { FileHead } from './head.ts';
import { ensure, type Output, putBytes } from './output.ts';
import { encodeText, escapeText, type Face, widthOf } from './pdf-text.ts';

export type Pages = {
  width: number;
  /** Where the next line goes, from the top. */
  y: number;
  /** Makes room for so much; true where that took a new page. */
  room(height: number): boolean;
  /** A line whose letters stand on `y` from the top; `x` from the left edge of the page. */
  text(encoded: string, x: number, y: number, size: number, face?: Face): void;
  /** A thin line across the page. */
  rule(y: number): void;
  end(): void;
};

export const margin = 30;
const footerHeight = 26;
const a4 = { short: 595.28, long: 841.89 };

/** @param out where the bytes go; each call may add some */
export function newPages(out: () => Output, head: FileHead, layout: 'portrait' | 'landscape'): Pages {
  const [width, height] = layout === 'portrait' ? [a4.short, a4.long] : [a4.long, a4.short];
  const document = new PDFDocument({
    ...{ size: [width, height], margin: 0, autoFirstPage: false, compress: true },
    // Fonts are named below: the document's own would be read from files that a bundle does not have.
    font: '',
    info: {
      ...{ Title: head.title, Subject: head.purpose, Creator: 'Plinth', Producer: 'Plinth' },
      CreationDate: new Date(head.generatedAt),
    },
  });
  // It is a stream, whose bytes would come later; they are taken as they are written.
  document.push = (chunk: Uint8Array | null): boolean => {
    if (chunk !== null) append(out(), chunk);
    return true;
  };
  append(out(), drained(document));
  const fonts = { F1: font(document, 'Helvetica'), F2: font(document, 'Helvetica-Bold') };
  const marks: string[] = [];
  let number = 0;

  const pages: Pages = {
    ...{ width, y: 0 },
    room: (needed) => {
      if (number > 0 && pages.y + needed <= height - margin - footerHeight) return false;
      finishPage();
      document.addPage();
      Object.assign(fontsOf(document), fonts);
      number += 1;
      pages.y = margin;
      return true;
    },
    text: (encoded, x, y, size, face = 'plain') => {
      const name = face === 'plain' ? 'F1' : 'F2';
      marks.push(`/${name} ${size} Tf 1 0 0 -1 ${places(x)} ${places(y)} Tm (${escapeText(encoded)}) Tj`);
    },
    rule: (y) => {
      marks.push(`ET 0.4 w ${margin} ${places(y)} m ${places(width - margin)} ${places(y)} l S BT`);
    },
    end: () => {
      if (number === 0) pages.room(0);
      finishPage();
      document.end();
    },
  };

  const finishPage = (): void => {
    if (number === 0) return;
    const line = encodeText(`CONFIDENTIAL – Tenant: ${head.tenant.name} – Generated ${head.generatedAt}`);
    const y = height - margin;
    pages.rule(y - 12);
    pages.text(line, margin, y, footerSize);
    const page = `Page ${number}`;
    pages.text(page, width - margin - widthOf(page, footerSize), y, footerSize);
    document.addContent(Buffer.from(`BT\n${marks.join('\n')}\nET\n`, 'latin1'));
    marks.length = 0;
  };
  return pages;
}

const footerSize = 7;

/** What pdfkit wrote before its bytes were taken: the first line of the file. */
function drained(document: PDFKit.PDFDocument): Uint8Array {
  const bytes: unknown = document.read();
  return bytes instanceof Uint8Array ? bytes : new Uint8Array();
}

function font(document: PDFKit.PDFDocument, name: string): object {
  const reference = document.ref({
    Type: 'Font',
    BaseFont: name,
    Subtype: 'Type1',
    Encoding: 'WinAnsiEncoding',
  });
  reference.end('');
  return reference;
}

/** The fonts of the page; pdfkit's types leave them out. */
function fontsOf(document: PDFKit.PDFDocument): object {
  const page: object = document.page;
  if (!('fonts' in page) || typeof page.fonts !== 'object' || page.fonts === null) {
    throw new Error('a page has fonts');
  }
  return page.fonts;
}

function places(value: number): string {
  return value.toFixed(2);
}

function append(out: Output, chunk: Uint8Array): void {
  ensure(out, chunk.length);
  putBytes(out, Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length), 0, chunk.length);
}
