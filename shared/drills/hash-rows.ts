/** The rows of a scratch tenant as the backup holds them: under their tenant's id, in the same order and the same form. */
import { createHash } from 'node:crypto';
import type { ArchivedTable } from '../archive/format.ts';
import type { BulkTransaction } from '../contract/workflow.ts';
import { copyTenantRows } from '../db/copy-lines.ts';

/** @param tenant whose id they carry in the backup */
export async function hashOf(
  bulk: BulkTransaction,
  { table: name, columns, key }: ArchivedTable,
  tenant: string,
): Promise<{ rows: number; sha256: string }> {
  const hash = createHash('sha256');
  let rows = 0;
  for await (const chunk of bulk.copyOut(copyTenantRows({ name, columns, key }, tenant))) {
    hash.update(chunk);
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) rows += 1;
  }
  return { rows, sha256: hash.digest('hex') };
}
