/** IAM's pattern language, and the error for whatever this evaluator does not understand. */

/** Compiles an IAM pattern (`*` any run, `?` one character) into a predicate. */
export function wildcard(pattern: string, caseless = false): (value: string) => boolean {
  if (pattern === '*') return () => true;
  if (!/[*?]/.test(pattern)) {
    const wanted = caseless ? pattern.toLowerCase() : pattern;
    return (value) => (caseless ? value.toLowerCase() : value) === wanted;
  }
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  const expression = new RegExp(`^${source}$`, caseless ? 'is' : 's');
  return (value) => expression.test(value);
}

/** A policy says something this evaluator does not understand; the message names it. */
export class UnknownPolicyElement extends Error {
  override readonly name = 'UnknownPolicyElement';
}
