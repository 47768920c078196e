/**
 * EventBridge event patterns, compiled when the rules are read: a matcher that is not known is an error at start,
 * because a rule that silently never matches looks like one that had nothing to do.
 */

export type Matches = (event: unknown) => boolean;

/** Compiles a pattern; throws with the path of what it does not understand. */
export function compilePattern(pattern: unknown, path = ''): Matches {
  if (!isObject(pattern)) throw new Error(`An event pattern must be an object${at(path)}`);
  const fields = Object.entries(pattern).map(([key, value]): Matches => {
    const here = path === '' ? key : `${path}.${key}`;
    if (key.startsWith('$')) throw new Error(`Unknown event matcher ${key}${at(path)}`);
    const matches = Array.isArray(value) ? anyOf(value, here) : compilePattern(value, here);
    return (event) => matches(isObject(event) ? event[key] : undefined);
  });
  return (event) => fields.every((field) => field(event));
}

function anyOf(matchers: readonly unknown[], path: string): Matches {
  const compiled = matchers.map((matcher) => compileMatcher(matcher, path));
  return (value) => compiled.some((matches) => matches(value));
}

/** A matcher sees the field as it is; most compare with the field or, when it is a list, with each of its elements. */
function compileMatcher(matcher: unknown, path: string): Matches {
  if (!isObject(matcher)) return each((value) => value === matcher);
  const [[kind, operand] = ['', undefined], ...more] = Object.entries(matcher);
  if (more.length > 0) throw new Error(`An event matcher has one key${at(path)}`);
  switch (kind) {
    case 'exists':
      return (value) => (value !== undefined) === (operand === true);
    case 'prefix':
      return each(affix(operand, (value, wanted) => value.startsWith(wanted), path));
    case 'suffix':
      return each(affix(operand, (value, wanted) => value.endsWith(wanted), path));
    case 'equals-ignore-case':
      return each(
        (value) => typeof value === 'string' && value.toLowerCase() === String(operand).toLowerCase(),
      );
    case 'numeric':
      return each(numeric(operand, path));
    case 'anything-but':
      return anythingBut(operand, path);
    default:
      throw new Error(`Unknown event matcher ${kind}${at(path)}`);
  }
}

function affix(operand: unknown, test: (value: string, wanted: string) => boolean, path: string): Matches {
  if (typeof operand === 'string') return (value) => typeof value === 'string' && test(value, operand);
  const caseless = isObject(operand) ? operand['equals-ignore-case'] : undefined;
  if (typeof caseless !== 'string')
    throw new Error(`Unknown event matcher operand ${JSON.stringify(operand)}${at(path)}`);
  return (value) => typeof value === 'string' && test(value.toLowerCase(), caseless.toLowerCase());
}

const COMPARE: Record<string, (value: number, bound: number) => boolean> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** `["=", 1]` or a range such as `[">", 0, "<=", 5]`. */
function numeric(operand: unknown, path: string): Matches {
  const parts = Array.isArray(operand) ? (operand as unknown[]) : [];
  const bounds: ((value: number) => boolean)[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    const compare = COMPARE[String(parts[index])];
    const bound = parts[index + 1];
    if (compare === undefined || typeof bound !== 'number') {
      throw new Error(`Unknown numeric matcher ${JSON.stringify(operand)}${at(path)}`);
    }
    bounds.push((value) => compare(value, bound));
  }
  if (bounds.length === 0) throw new Error(`Unknown numeric matcher ${JSON.stringify(operand)}${at(path)}`);
  return (value) => typeof value === 'number' && bounds.every((holds) => holds(value));
}

/** The field must be there, and no element of it may be what is excluded. */
function anythingBut(operand: unknown, path: string): Matches {
  const excluded = isObject(operand)
    ? compileMatcher(operand, path)
    : anyOf(Array.isArray(operand) ? operand : [operand], path);
  return (value) => value !== undefined && !excluded(value);
}

function each(test: Matches): Matches {
  return (value) => (Array.isArray(value) ? value.some(test) : value !== undefined && test(value));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function at(path: string): string {
  return path === '' ? '' : ` at ${path}`;
}
