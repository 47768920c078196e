/** Statements with parameters: sql`select … where id = ${id}`. Values never become text of the statement. */
import type { Statement } from '../contract/context.ts';

/** Builds a parameterised statement; a nested statement is spliced in with its own parameters. */
export function sql(parts: TemplateStringsArray, ...values: readonly unknown[]): Statement {
  const parameters: unknown[] = [];
  const append = (statement: Statement): string =>
    statement.text.replace(/\$(\d+)/g, (_match, index: string) => {
      parameters.push(statement.values[Number(index) - 1]);
      return `$${parameters.length}`;
    });
  const text = parts.reduce((before, part, index) => {
    const value = values[index - 1];
    if (isStatement(value)) return before + append(value) + part;
    parameters.push(value);
    return `${before}$${parameters.length}${part}`;
  });
  return { text, values: parameters };
}

function isStatement(value: unknown): value is Statement {
  return typeof value === 'object' && value !== null && 'text' in value && 'values' in value;
}
