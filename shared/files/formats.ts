/** The formats that a report can be had in. What a format takes is loaded when a file of it is written. */
import type { Columns, ReportFormat } from '../contract/report.ts';
import { csvEncoder } from './csv.ts';
import type { Encoder } from './encoder.ts';
import type { FileHead } from './head.ts';
import { jsonEncoder } from './json.ts';

/** What a file of a format is called and sent as. */
export const fileTypes: Readonly<Record<ReportFormat, { extension: string; contentType: string }>> = {
  csv: { extension: 'csv', contentType: 'text/csv; charset=utf-8; header=present' },
  json: { extension: 'json', contentType: 'application/json' },
  pdf: { extension: 'pdf', contentType: 'application/pdf' },
  parquet: { extension: 'parquet', contentType: 'application/vnd.apache.parquet' },
};

/** Writes a file of a format; with a state, it goes on where another encoder stood. */
export async function encoderOf(
  format: ReportFormat,
  columns: Columns,
  head: FileHead,
  state?: unknown,
): Promise<Encoder> {
  switch (format) {
    case 'csv':
      return csvEncoder(columns);
    case 'json':
      return jsonEncoder(columns, head);
    case 'parquet': {
      const { parquetEncoder } = await import('./parquet.ts');
      return parquetEncoder(columns, head, state);
    }
    case 'pdf': {
      const { pdfEncoder } = await import('./pdf.ts');
      return pdfEncoder(columns, head);
    }
  }
}
