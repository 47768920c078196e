/**
 * Takes over a run log of another system (AI-2): `date, startup, iterations, cost_claude, cost_chatgpt, total_cost`.
 * A file is taken whole or not at all, and every mistake is told with its line. A line that was imported before is
 * not imported again, so a longer log of the same runs can be imported over a shorter one.
 */
import { createHash } from 'node:crypto';
import type { Transaction } from '../../contract/context.ts';
import { toPico } from '../pricing/pico.ts';
import { sql } from '../../db/sql.ts';
import { type CsvRecord, parseCsv } from './csv.ts';
import { enter, type LedgerEntry } from './entry.ts';

const columns = ['date', 'startup', 'iterations', 'cost_claude', 'cost_chatgpt', 'total_cost'] as const;

/** What a log's costs are booked under. */
export const importedFeature = 'run_log';

const mostLines = 10_000;

export type ImportProblem = { line: number; column: string | null; message: string };

export type ImportOutcome = {
  /** Runs of the log. */
  runs: number;
  /** Rows of the ledger that were written, or would be. */
  entries: number;
  /** Of those the file has, the ones that the ledger had already. */
  known: number;
  totalPico: bigint;
  problems: ImportProblem[];
};

/**
 * Imports a log into the ledger of the tenant that the transaction is in. With mistakes in the file nothing is written.
 * @param dryRun writes nothing and tells what would be
 */
export async function importRunLog(
  tx: Transaction,
  text: string,
  { dryRun }: { dryRun: boolean },
): Promise<ImportOutcome> {
  const { runs, problems } = readRunLog(text);
  const entries = runs.flatMap(entriesOf);
  const ids = entries.map(({ id }) => id);
  const existing = await tx.query<{ id: string }>(
    sql`select id from app.ai_calls where id = any(${ids}::uuid[])`,
  );
  const known = new Set(existing.map(({ id }) => id));
  const fresh = entries.filter(({ id }) => !known.has(id));
  if (!dryRun && problems.length === 0) for (const entry of fresh) await enter(tx, entry);
  return {
    ...{ runs: runs.length, entries: problems.length === 0 ? fresh.length : 0, known: known.size, problems },
    totalPico: fresh.reduce((sum, { costPico }) => sum + costPico, 0n),
  };
}

type Run = {
  at: Date;
  startup: string;
  iterations: number;
  costs: { anthropic: bigint; openai: bigint };
  /** Tells apart runs that are the same in everything else. */
  occurrence: number;
};

function readRunLog(text: string): { runs: Run[]; problems: ImportProblem[] } {
  const { records, openQuoteAt } = parseCsv(text);
  const problems: ImportProblem[] = [];
  if (openQuoteAt !== undefined) {
    problems.push({ line: openQuoteAt, column: null, message: 'has a quote that never ends' });
  }
  const [head, ...lines] = records;
  const names = head?.cells.map((name) => name.trim().toLowerCase()) ?? [];
  if (names.join() !== columns.join()) {
    const message = `must be the header ${columns.join(',')}`;
    return { runs: [], problems: [{ line: head?.line ?? 1, column: null, message }] };
  }
  if (lines.length > mostLines) {
    const message = `is beyond the ${mostLines} runs that a file may have`;
    return { runs: [], problems: [{ line: lines[mostLines]?.line ?? 0, column: null, message }] };
  }
  const seen = new Map<string, number>();
  const runs = lines.flatMap((record) => {
    const run = readRun(record, problems);
    if (run === undefined) return [];
    const same = JSON.stringify([run.at, run.startup, run.iterations]);
    const occurrence = (seen.get(same) ?? 0) + 1;
    seen.set(same, occurrence);
    return [{ ...run, occurrence }];
  });
  return { runs, problems };
}

function readRun({ line, cells }: CsvRecord, problems: ImportProblem[]): Omit<Run, 'occurrence'> | undefined {
  const before = problems.length;
  const say = (column: string | null, message: string) => void problems.push({ line, column, message });
  if (cells.length !== columns.length) {
    say(null, `has ${cells.length} values instead of ${columns.length}`);
    return undefined;
  }
  const [date = '', startup = '', iterations = '', ...amounts] = cells.map((value) => value.trim());
  const at = dateOf(date);
  if (at === undefined) say('date', 'must be a date like 2026-11-21 or 2026-11-21T09:30:00Z');
  if (startup === '' || startup.length > 200) say('startup', 'must have 1 to 200 characters');
  if (!/^\d{1,6}$/.test(iterations)) say('iterations', 'must be a whole number');
  const [claude, chatgpt, total] = (['cost_claude', 'cost_chatgpt', 'total_cost'] as const).map(
    (column, index) => {
      const amount = amountOf(amounts[index] ?? '');
      if (amount === undefined) say(column, 'must be dollars like 0.0421');
      return amount;
    },
  );
  if (at === undefined || problems.length > before) return undefined;
  if (claude === undefined || chatgpt === undefined || total === undefined) return undefined;
  // Logs of floating point numbers are off in their last digits.
  const difference = claude + chatgpt - total;
  if (difference > tolerancePico || difference < -tolerancePico) {
    say('total_cost', 'is not the sum of cost_claude and cost_chatgpt');
    return undefined;
  }
  return { at, startup, iterations: Number(iterations), costs: { anthropic: claude, openai: chatgpt } };
}

/** Half of a hundredth of a cent on each of the three amounts. */
const tolerancePico = 150_000_000n;

/** A day of the calendar, with or without a time; without a zone it is UTC. */
function dateOf(text: string): Date | undefined {
  const [, day = '', time = '00:00', zone = 'Z'] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)(Z|[+-]\d{2}:\d{2})?)?$/.exec(text) ??
    [];
  const at = new Date(`${day}T${time}${zone}`);
  // A 31st of February would become a day in March.
  const midnight = new Date(`${day}T00:00:00Z`);
  const exists = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
  return exists && !Number.isNaN(at.getTime()) ? at : undefined;
}

function amountOf(text: string): bigint | undefined {
  return /^\d{1,9}(\.\d{1,12})?$/.test(text) ? toPico(text) : undefined;
}

function entriesOf({ at, startup, iterations, costs, occurrence }: Run): LedgerEntry[] {
  return (['anthropic', 'openai'] as const)
    .filter((provider) => costs[provider] > 0n)
    .map((provider) => ({
      id: idOf([at.toISOString(), startup, String(iterations), String(occurrence), provider]),
      status: 'imported',
      note: {
        ...{ feature: importedFeature, provider, model: 'unknown', rule: 'imported' },
        ...{ requestId: 'import', startedMs: at.getTime() },
      },
      usage: { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 },
      ...{ costPico: costs[provider], reservedPico: 0n, latencyMs: null, attempts: 0, overBudget: false },
      run: { name: startup, iterations },
    }));
}

/** The same line of a log has the same id, in every file that it comes in (a version 8 UUID: made from a hash). */
function idOf(parts: readonly string[]): string {
  const hex = createHash('sha256')
    .update(JSON.stringify(['run log', ...parts]))
    .digest('hex');
  const variant = ((parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    ...[hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `${variant}${hex.slice(17, 20)}`],
    hex.slice(20, 32),
  ].join('-');
}
