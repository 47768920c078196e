/** What a format is: how a file begins, how a row is written, how a file ends. Pure of rows and head, byte for byte. */
import type { Output } from './output.ts';
import type { Row } from './rows.ts';

export type Encoder = {
  /** Whether another encoder can go on behind a cut; else the file begins anew. */
  resumes: boolean;
  head(out: Output): void;
  /**
   * @param index of the row in the whole file
   * @returns false where the file cannot be cut behind this row
   */
  row(out: Output, row: Row, index: number): boolean | void;
  /** @param rows in the whole file */
  tail(out: Output, rows: number): void;
  /** What another encoder of the same file needs to go on behind the last cut; JSON. */
  state?(): unknown;
};
