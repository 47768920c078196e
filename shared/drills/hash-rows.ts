/** The rows of a live table as a backup would hold them: counted and hashed in the same order and the same form. */
import { createHash } from 'node:crypto';
import { escapeIdentifier, escapeLiteral } from 'pg';
import type { ArchivedTable } from '../archive/format.ts';
import type { BulkTransaction } from '../contract/workflow.ts';
import { ownerColumn } from './into-tenant.ts';

/**
 * @param scratch whose rows are read
 * @param tenant whose id they carry in the backup
 */
export async function hashOf(
  bulk: BulkTransaction,
  { table, columns, key }: ArchivedTable,
  { scratch, tenant }: { scratch: string; tenant: string },
): Promise<{ rows: number; sha256: string }> {
  const owner = ownerColumn(table);
  const texts = columns.map((column) =>
    column === owner ? `${escapeLiteral(tenant)}::text` : `${escapeIdentifier(column)}::text`,
  );
  const hash = createHash('sha256');
  let rows = 0;
  const lines = bulk.copyOut(
    `copy (select to_json(array[${texts.join(', ')}]) from app.${escapeIdentifier(table)}
           where ${owner} = ${escapeLiteral(scratch)} order by ${key.map((part) => escapeIdentifier(part)).join(', ')})
     to stdout with (format csv, quote e'\\x01', delimiter e'\\x02')`,
  );
  for await (const chunk of lines) {
    hash.update(chunk);
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) rows += 1;
  }
  return { rows, sha256: hash.digest('hex') };
}
