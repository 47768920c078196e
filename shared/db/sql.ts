/** Statements with parameters: sql`select … where id = ${id}`. Values never become text of the statement. */
import { isDate } from 'node:util/types';
import type { Statement } from '../contract/context.ts';

// Only what this tag made is spliced as text, and sent: an input that merely looks like a statement stays a value.
const made = new WeakSet<object>();

/**
 * Builds a parameterised statement; a nested statement is spliced in with its own parameters. An object is
 * sent as JSON.
 * @throws TypeError for a written parameter ($1), for an object that cannot be JSON, and when called as a function
 */
export function sql(parts: TemplateStringsArray, ...values: readonly unknown[]): Statement {
  // A template's parts are fixed where they are written; an array of strings could come from anywhere.
  if (!Object.isFrozen(parts.raw)) throw new TypeError('write sql`…`, and do not call it');
  const written = parts.find((part) => /\$\d/.test(part));
  if (written !== undefined) throw new TypeError(`write values as \${…}, not as $1, in: ${written.trim()}`);
  const parameters: unknown[] = [];
  const append = (statement: Statement): string =>
    statement.text.replace(/\$(\d+)/g, (_match, index: string) => {
      parameters.push(statement.values[Number(index) - 1]);
      return `$${parameters.length}`;
    });
  const text = parts.reduce((before, part, index) => {
    const value = values[index - 1];
    if (isStatement(value)) return before + append(value) + part;
    parameters.push(toParameter(value));
    return `${before}$${parameters.length}${part}`;
  });
  const statement = Object.freeze({ text, values: parameters });
  made.add(statement);
  return statement;
}

/**
 * Lets statements of this tag pass, and no text that was put together in another way.
 * @throws TypeError
 */
export function assertWritten(statements: readonly Statement[]): void {
  if (statements.every(isStatement)) return;
  throw new TypeError('write the statement with the sql tag, which keeps values out of its text');
}

function isStatement(value: unknown): value is Statement {
  return typeof value === 'object' && value !== null && made.has(value);
}

// Here and not in the driver, which would find out after the statements around it were sent.
function toParameter(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toParameter);
  if (typeof value !== 'object' || value === null || isDate(value) || ArrayBuffer.isView(value)) return value;
  return JSON.stringify(value);
}
