/** Turns a prompt into the text that a model gets. */
import { lengths, tones } from '../../config/prompts.ts';
import { fail } from '../../contract/errors.ts';
import { type Preferences, unknownVariable } from '../prompts.contract.ts';

/** The variables that a template names. */
export function variablesIn(template: string): string[] {
  return [...new Set([...template.matchAll(variable)].map(([, name]) => name ?? ''))];
}

/**
 * A template with its variables filled in, and behind it what the reader prefers. What is filled in is not looked at
 * again, so a value cannot name another variable.
 * @throws Failure `ai.unknown_variable` when a variable is missing
 */
export function rendered(
  template: string,
  values: Readonly<Record<string, string>>,
  { tone, length }: Preferences,
): string {
  const missing = variablesIn(template).filter((name) => !Object.hasOwn(values, name));
  if (missing.length > 0) {
    const errors = missing.map((name) => ({ path: `body.variables.${name}`, message: 'is missing' }));
    throw fail(unknownVariable, { errors });
  }
  const text = template.replaceAll(variable, (_all, name: string) => values[name] ?? '');
  const wishes = [tone === null ? [] : [tones[tone]], length === null ? [] : [lengths[length]]].flat();
  return [text, ...wishes].join('\n');
}

const variable = /\{\{\s*([a-z][a-zA-Z0-9_]*)\s*\}\}/g;
