/**
 * How large a report will be, before anybody begins with it: the planner's guess, and where that says that counting is
 * cheap, or too many rows would be refused for good, the rows themselves, up to the first that is one too many.
 */
import { exportLimits } from '../config/exports.ts';
import type { Statement, Transaction } from '../contract/context.ts';
import { fail, type Failure } from '../contract/errors.ts';
import type { ReportFormat } from '../contract/report.ts';
import { sql } from '../db/sql.ts';
import { exportProblems } from './exports.contract.ts';

/** A guess of more than this is not counted while somebody waits. */
const countedRows = 100_000;
/** How far a guess has to be beyond the limit before it is believed. */
const surely = 4;

/** The most rows of a format. */
export function mostRows(format: ReportFormat): number {
  return format === 'pdf' ? exportLimits.pdfRows : exportLimits.rows;
}

/**
 * The rows that a query will give, counted or guessed.
 * @throws Failure `exports.too_large` for what cannot become a file
 */
export async function estimateRows(tx: Transaction, query: Statement, format: ReportFormat): Promise<number> {
  const most = mostRows(format);
  const guessed = await guessRows(tx, query);
  if (guessed > countedRows && format !== 'pdf') {
    if (guessed > surely * most) throw tooLarge(most);
    return guessed;
  }
  return countRows(tx, query, most);
}

/**
 * The rows that a query gives.
 * @throws Failure `exports.too_large` when there are more than the most
 */
export async function countRows(tx: Transaction, query: Statement, most: number): Promise<number> {
  const { found } = await tx.one<{ found: string }>(sql`
    select count(*) as found from (select 1 from (${query}) r limit ${most + 1}) counted`);
  if (Number(found) > most) throw tooLarge(most);
  return Number(found);
}

function tooLarge(most: number): Failure {
  return fail(exportProblems.tooLarge, { detail: `More than ${most} rows.` });
}

type Plan = { 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] };

async function guessRows(tx: Transaction, query: Statement): Promise<number> {
  const { 'QUERY PLAN': plan } = await tx.one<Plan>(sql`explain (format json) ${query}`);
  return plan[0].Plan['Plan Rows'];
}
