/**
 * Names and ids for resources to which CloudFormation would give a generated one. They depend on nothing but the
 * stack and the logical id, so what was stored under a name is found again after a restart.
 */
import { createHash } from 'node:crypto';

/** `<stack>-<logical id>`, shortened to `maximum` characters without losing its uniqueness. */
export function generatedName(stack: string, logicalId: string, maximum: number): string {
  const name = `${stack}-${logicalId}`;
  if (name.length <= maximum) return name;
  return `${name.slice(0, maximum - 9)}-${hex(name, 8)}`;
}

/** The first `length` hexadecimal digits that stand for a text; at most 64. */
export function hex(seed: string, length: number): string {
  return createHash('sha256').update(seed).digest('hex').slice(0, length);
}

/** `length` lower-case letters and digits that stand for a text, as AWS ids have them. */
export function alphanumeric(seed: string, length: number): string {
  let digits = '';
  for (let round = 0; digits.length < length; round += 1) {
    digits += BigInt(`0x${hex(`${seed}#${round}`, 64)}`).toString(36);
  }
  return digits.slice(0, length);
}

/** A UUID that stands for a text. */
export function uuidOf(seed: string): string {
  const digits = hex(seed, 32);
  return [8, 12, 16, 20, 32].map((end, i, ends) => digits.slice(ends[i - 1] ?? 0, end)).join('-');
}
