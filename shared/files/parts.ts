/**
 * A report as a file, part by part: each at least as large as asked for, but for the last, and cut behind a row. What
 * the parts are made of depends on the rows and the head alone, so a file that goes on after one of its parts becomes,
 * byte for byte, what it would have been. Two parts are in memory at most: one is taken while the next is made.
 */
import type { ReportFormat } from '../contract/report.ts';
import type { BulkTransaction, RowSink } from '../contract/workflow.ts';
import type { Encoder } from './encoder.ts';
import { encoderOf } from './formats.ts';
import type { FileHead } from './head.ts';
import { newOutput, type Output, written } from './output.ts';
import { copyText, keyOf, newRow, readRow, type RowKey, type RowSource } from './rows.ts';

export type FilePart = {
  /** Valid until the next part is asked for. */
  bytes: Buffer;
  /** Rows that end in this part. */
  rows: number;
  isLast: boolean;
  /** Where the file goes on behind this part; without it, a file that is broken off begins anew. JSON. */
  resume?: FileResume;
};

/** How far a file has come. */
export type FileResume = {
  rows: number;
  bytes: number;
  key: RowKey;
  /** What the format remembers of what it has written. */
  state?: unknown;
};

export type FileOrder = {
  format: ReportFormat;
  source: RowSource;
  head: FileHead;
  /** A part's least size; what S3 takes is 5 MiB or more. */
  partBytes?: number;
  /** Goes on behind the part that this came with. The source then says which rows are visible. */
  from?: FileResume;
};

/** Little above what S3 takes at least: two are in memory. */
const usualPartBytes = 5.5 * 1024 * 1024;

/**
 * The parts of a file, in order. Whoever leaves early breaks the transaction off.
 * @param bulk in the transaction whose snapshot the file shows
 */
export async function* fileParts(
  bulk: Pick<BulkTransaction, 'copyRows'>,
  order: FileOrder,
): AsyncGenerator<FilePart, void, undefined> {
  const { format, source, head, from } = order;
  const encoder = await encoderOf(format, source.report.columns, head, from?.state);
  const line = assemblyLine(order, encoder);
  const reading = bulk.copyRows(copyText(source, from?.key), line.sink).then(line.end);
  reading.catch(line.fail);
  try {
    for (let part = await line.next(); part !== undefined; part = await line.next()) {
      const { output, ...facts } = part;
      yield { bytes: written(output), ...facts };
      line.giveBack(output);
    }
    await reading;
  } finally {
    line.stop();
  }
}

type Made = Omit<FilePart, 'bytes'> & { output: Output };

function assemblyLine({ source, partBytes = usualPartBytes, from }: FileOrder, encoder: Encoder) {
  const { report } = source;
  const row = newRow(report.columns);
  const resumes = report.appendOnly && encoder.resumes;
  const ready: Made[] = [];
  const spare: Output[] = [];
  const fresh = () => spare.pop() ?? newOutput(partBytes + partBytes / 8);
  let [output, rows, bytes, rowsBefore] = [fresh(), from?.rows ?? 0, from?.bytes ?? 0, from?.rows ?? 0];
  /** Set where the part is large enough: it is cut when another row follows, so no last part is empty. */
  let due: { resume?: FileResume } | undefined;
  let outcome: { failure?: unknown } | undefined;
  let stopped = false;
  let reader = Promise.withResolvers<void>();
  let taker = Promise.withResolvers<void>();
  if (from === undefined) encoder.head(output);

  const cut = (isLast: boolean): void => {
    ready.push({ output, rows: rows - rowsBefore, isLast, ...(isLast ? {} : due) });
    [bytes, rowsBefore, due] = [bytes + output.length, rows, undefined];
    taker.resolve();
  };

  const sink: RowSink = {
    row: (message, begin, end) => {
      if (stopped) throw new Error('nobody takes the file any more');
      if (!readRow(row, message, begin, end)) return;
      if (due !== undefined) {
        cut(false);
        output = fresh();
      }
      const mayCut = encoder.row(output, row, rows) !== false;
      rows += 1;
      if (!mayCut || output.length < partBytes) return;
      due = resumes ? { resume: stand() } : {};
    },
    pause: () => {
      if (ready.length === 0) return undefined;
      reader = Promise.withResolvers();
      return reader.promise;
    },
  };
  const stand = (): FileResume => {
    const state = encoder.state?.();
    return {
      ...{ rows, bytes: bytes + output.length, key: keyOf(report, row) },
      ...(state === undefined ? {} : { state }),
    };
  };

  return {
    sink,
    end: () => {
      encoder.tail(output, rows);
      outcome = {};
      cut(true);
    },
    fail: (failure: unknown) => {
      outcome = { failure };
      taker.resolve();
    },
    /** The next part, when it is made. */
    next: async (): Promise<Made | undefined> => {
      while (ready.length === 0 && outcome === undefined) {
        await taker.promise;
        taker = Promise.withResolvers();
      }
      if (outcome !== undefined && 'failure' in outcome) throw outcome.failure;
      const part = ready.shift();
      // While it is taken, the next one is made.
      reader.resolve();
      return part;
    },
    giveBack: (used: Output) => {
      used.length = 0;
      if (spare.length === 0) spare.push(used);
    },
    stop: () => {
      stopped = true;
      reader.resolve();
    },
  };
}
