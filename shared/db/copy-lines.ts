/** `COPY` of rows as lines of JSON: an array of the texts of their columns, in the order of their key. */
import { escapeIdentifier, escapeLiteral } from 'pg';

/** A table of schema app, as it stands in the catalogue. */
export type CopiedTable = { name: string; columns: readonly string[]; key: readonly string[] };

/**
 * The statement for all rows of the tenant that was entered. The policies say the same; on a copy of the database, or as
 * another login, it must hold as well. COPY takes no parameters: names and the one value are quoted.
 * @param as whose rows they shall seem to be, where it is not the tenant that was entered; a bare UUID
 */
export function copyTenantRows({ name, columns, key }: CopiedTable, as?: string): string {
  const whose = name === 'tenants' ? 'id' : 'tenant_id';
  const texts = columns
    .map((column) => (column === whose && as !== undefined ? escapeLiteral(as) : escapeIdentifier(column)))
    .map((value) => `${value}::text`)
    .join(', ');
  const order = key.map((column) => escapeIdentifier(column)).join(', ');
  return `copy (select to_json(array[${texts}]) from app.${escapeIdentifier(name)}
                where ${whose} = app.tenant_id() order by ${order}) ${asLines}`;
}

/** JSON holds no control characters, so with these as quote and delimiter a line is the value and nothing else. */
export const asLines = `to stdout with (format csv, quote e'\\x01', delimiter e'\\x02')`;
