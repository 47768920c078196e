/**
 * Filter patterns of CloudWatch Logs for lines of JSON, as far as templates here use them: conditions on fields, joined
 * by `&&`, as in `{ $.message = "request" && $.durationMs >= 0 }`. Anything else is refused.
 */

/** Whether a line is wanted. */
export type LinePattern = (line: string) => boolean;

/** @throws Error for what is not understood */
export function linePattern(text: string): LinePattern {
  const [, inside] = /^\s*\{(.*)\}\s*$/s.exec(text) ?? [];
  if (inside === undefined) throw new Error(`The filter pattern ${text} is not understood.`);
  const conditions = inside.split('&&').map((part) => condition(part.trim(), text));
  return (line) => {
    // Most lines are others', and parsing them would be most of the work.
    if (!conditions.every(({ field }) => line.includes(`"${field}"`))) return false;
    const value = asObject(line);
    return value !== undefined && conditions.every(({ field, fits }) => fits(value[field]));
  };
}

type Condition = { field: string; fits: (value: unknown) => boolean };

function condition(part: string, text: string): Condition {
  const [, field, operator, wanted] = /^\$\.(\w+)\s*(=|>=)\s*("[^"]*"|\d+)$/.exec(part) ?? [];
  if (field === undefined || wanted === undefined) {
    throw new Error(`The filter pattern ${text} is not understood at ${part}.`);
  }
  if (!wanted.startsWith('"')) {
    const number = Number(wanted);
    const fits = (value: unknown) =>
      typeof value === 'number' && (operator === '=' ? value === number : value >= number);
    return { field, fits };
  }
  if (operator !== '=') throw new Error(`The filter pattern ${text} is not understood at ${part}.`);
  const word = wanted.slice(1, -1);
  const fits = (value: unknown) =>
    word.endsWith('*') ? String(value).startsWith(word.slice(0, -1)) : String(value) === word;
  return { field, fits: (value) => value !== undefined && fits(value) };
}

function asObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    // A line that a function printed in other words.
    return undefined;
  }
}
