/**
 * The records of a backup as if another tenant had been backed up: every row is given to it, and counted and hashed
 * anew. On the way each row is asked whose it was.
 */
import { createHash } from 'node:crypto';
import type { Contents } from '../archive/format.ts';
import { type ArchiveRecord, valuesOf } from '../archive/read.ts';

/** What was seen on the way. */
export type Seen = {
  /** What a backup must never hold, in words that stay the same. */
  findings: Set<string>;
  /** Whom it names as members. */
  people: Set<string>;
};

/** @param tenant whose backup it is, and `scratch` who is given its rows; bare UUIDs */
export async function* intoTenant(
  records: AsyncIterable<ArchiveRecord>,
  { tenant, scratch }: { tenant: string; scratch: string },
  seen: Seen,
): AsyncGenerator<ArchiveRecord> {
  let hash = createHash('sha256');
  let bytes = 0;
  const contents: Contents = [];
  for await (const record of records) {
    if (record.kind === 'header') {
      if (record.header.tenant !== tenant) seen.findings.add('other_tenant: header');
      yield { ...record, header: { ...record.header, tenant: scratch } };
    } else if (record.kind === 'table') {
      [hash, bytes] = [createHash('sha256'), 0];
      yield record;
    } else if (record.kind === 'rows') {
      const { table, columns } = record.table;
      const [owner, person] = [columns.indexOf(ownerColumn(table)), columns.indexOf('user_id')];
      const rows = record.rows.map((line) => {
        const values = [...valuesOf(line)];
        // A restored tenant that holds a row of another one is the worst that can happen.
        if (values[owner] !== tenant) seen.findings.add(`other_tenant: ${table}`);
        values[owner] = scratch;
        const member = values[person];
        if (table === 'memberships' && typeof member === 'string') seen.people.add(member);
        return JSON.stringify(values);
      });
      for (const row of rows) {
        hash.update(row).update('\n');
        bytes += Buffer.byteLength(row) + 1;
      }
      yield { ...record, rows };
    } else if (record.kind === 'end') {
      const end = { ...record.end, bytes, sha256: hash.digest('hex') };
      contents.push(end);
      yield { ...record, end };
    } else {
      yield { ...record, contents };
    }
  }
}

/** The column that says whose a row is. */
export function ownerColumn(table: string): string {
  return table === 'tenants' ? 'id' : 'tenant_id';
}
