/** The first value of a secret, from its template: given, generated, or none. */
import { randomInt } from 'node:crypto';

type Generate = {
  PasswordLength?: unknown;
  ExcludeCharacters?: string;
  ExcludeLowercase?: unknown;
  ExcludeUppercase?: unknown;
  ExcludeNumbers?: unknown;
  ExcludePunctuation?: unknown;
  IncludeSpace?: unknown;
  RequireEachIncludedType?: unknown;
  SecretStringTemplate?: string;
  GenerateStringKey?: string;
};

const TYPES = {
  ExcludeLowercase: 'abcdefghijklmnopqrstuvwxyz',
  ExcludeUppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  ExcludeNumbers: '0123456789',
  ExcludePunctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
} as const;

/** The value for resolved `AWS::SecretsManager::Secret` properties; `undefined` for a secret without a value. */
export function initialValue(properties: Record<string, unknown>): string | undefined {
  if (typeof properties.SecretString === 'string') return properties.SecretString;
  if (properties.GenerateSecretString === undefined) return undefined;
  const generate = properties.GenerateSecretString as Generate;
  const password = generatePassword(generate);
  if (generate.GenerateStringKey === undefined) return password;
  const template = JSON.parse(generate.SecretStringTemplate ?? '{}') as Record<string, unknown>;
  return JSON.stringify({ ...template, [generate.GenerateStringKey]: password });
}

/** A password as GetRandomPassword makes it: 32 characters of every type that is not excluded, one of each at least. */
export function generatePassword(generate: Generate): string {
  const length = Number(generate.PasswordLength ?? 32);
  const excluded = new Set(generate.ExcludeCharacters ?? '');
  const types: string[] = Object.entries(TYPES)
    .filter(([option]) => !isTrue(generate[option as keyof typeof TYPES]))
    .map(([, characters]) => characters);
  if (isTrue(generate.IncludeSpace)) types.push(' ');
  const alphabets = types
    .map((characters) => [...characters].filter((one) => !excluded.has(one)))
    .filter((one) => one.length > 0);
  const everything = alphabets.flat();
  if (everything.length === 0) throw new Error('GenerateSecretString excludes every character');

  const eachType = generate.RequireEachIncludedType === undefined || isTrue(generate.RequireEachIncludedType);
  const characters = (eachType ? alphabets : []).map(pick);
  while (characters.length < length) characters.push(pick(everything));
  // Shuffled, so that the required ones do not always stand first.
  for (let last = characters.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other] ?? '', characters[last] ?? ''];
  }
  return characters.slice(0, length).join('');
}

function pick(characters: readonly string[]): string {
  return characters[randomInt(characters.length)] ?? '';
}

/** Booleans of a template arrive as booleans or as strings. */
function isTrue(value: unknown): boolean {
  return String(value) === 'true';
}
