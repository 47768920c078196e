/** A statement with its values written into its text, for COPY, which takes no parameters. */
import { escapeLiteral } from 'pg';
import pgValues from 'pg/lib/utils.js';
import type { Statement } from '../contract/context.ts';
import { assertWritten } from './sql.ts';

/**
 * The text of a statement that was written with the sql tag, with each value as a quoted literal.
 * @throws TypeError for any other statement, and for a value that only a parameter can carry
 */
export function literalText(statement: Statement): string {
  assertWritten([statement]);
  const { text, values } = statement;
  // One pass: a value that looks like a parameter is never replaced again.
  return text.replace(/\$(\d+)/g, (_match, index: string) => literal(values[Number(index) - 1]));
}

function literal(value: unknown): string {
  const wire = pgValues.prepareValue(value);
  if (wire === null) return 'null';
  if (typeof wire !== 'string') throw new TypeError('bytes cannot be written into a statement');
  if (wire.includes('\0')) throw new TypeError('a text with a null character cannot be sent');
  return escapeLiteral(wire);
}
