/**
 * Values that a schema accepts, as a client would send them: a small generator for the kinds of schema that the
 * contracts use. Any other kind is an error that names it, because leaving it out would test nothing.
 */
import fc, { type Arbitrary } from 'fast-check';
import type * as z from 'zod';

type Check = {
  _zod: {
    def: {
      check: string;
      format?: string;
      pattern?: RegExp;
      minimum?: number;
      maximum?: number;
      value?: number;
      inclusive?: boolean;
    };
  };
};
type Definition = {
  type: string;
  checks?: Check[];
  format?: string;
  pattern?: RegExp;
  coerce?: boolean;
  entries?: Record<string, string>;
  values?: unknown[];
  innerType?: z.ZodType;
  in?: z.ZodType;
  element?: z.ZodType;
  options?: z.ZodType[];
  shape?: Record<string, z.ZodType>;
  keyType?: z.ZodType;
  valueType?: z.ZodType;
};

/**
 * Values that fit a schema.
 * @param where named in the error about an unknown kind
 */
export function arbitraryOf(schema: z.ZodType, where = 'input'): Arbitrary<unknown> {
  // The schema has the last word: refinements and trimming are not generated for but filtered.
  let refused = 0;
  return draft(schema, where).filter((value) => {
    const fits = schema.safeParse(value).success && isStorable(value);
    refused = fits ? 0 : refused + 1;
    // Otherwise the search would never end.
    if (refused > 20_000) {
      throw new TypeError(
        `${where}: of ${refused} generated values none fits its schema; teach test/battery/support/arbitrary.ts its rule`,
      );
    }
    return fits;
  });
}

/** Objects whose required fields are there and whose optional ones are sometimes. */
export function objectOf(
  shape: Record<string, z.ZodType>,
  where: string,
): Arbitrary<Record<string, unknown>> {
  const fields = Object.entries(shape);
  const model = Object.fromEntries(
    fields.map(([name, field]) => [name, arbitraryOf(field, `${where}.${name}`)]),
  );
  const requiredKeys = fields
    .filter(([, field]) => !field.safeParse(undefined).success)
    .map(([name]) => name);
  return fc.record(model, { requiredKeys, noNullPrototype: true });
}

function draft(schema: z.ZodType, where: string): Arbitrary<unknown> {
  const definition = schema._zod.def as unknown as Definition;
  const inner = () => draft(needed(definition.innerType ?? definition.in, where), where);
  switch (definition.type) {
    case 'string':
      return stringOf(definition, where);
    case 'number':
      return numberOf(definition);
    case 'boolean':
      return fc.boolean();
    case 'enum':
      return fc.constantFrom(...Object.values(definition.entries ?? {}));
    case 'literal':
      return fc.constantFrom(...(definition.values ?? []));
    case 'null':
      return fc.constant(null);
    case 'optional':
    case 'default':
    case 'prefault':
    case 'readonly':
    case 'pipe':
      return inner();
    case 'nullable':
      return fc.option(inner(), { nil: null });
    case 'array':
      return fc.array(draft(needed(definition.element, where), where), { maxLength: 5 });
    case 'union':
      return fc.oneof(...(definition.options ?? []).map((option) => draft(option, where)));
    case 'object':
      return objectOf(definition.shape ?? {}, where);
    case 'record':
      return fc.dictionary(
        draft(needed(definition.keyType, where), where).map(String),
        draft(needed(definition.valueType, where), where),
        { maxKeys: 5, noNullPrototype: true },
      );
    case 'unknown':
    case 'any':
    case 'lazy': // Names itself, as JSON does; like all schemas it has the last word.
      return fc.jsonValue();
    default:
      throw new TypeError(
        `${where}: no values are generated for a zod schema of kind ${definition.type}; add it to test/battery/support/arbitrary.ts`,
      );
  }
}

function stringOf({ checks = [], format, pattern }: Definition, where: string): Arbitrary<string> {
  const rules = checks.map(({ _zod }) => _zod.def);
  const known = [format, ...rules.map((rule) => rule.format)].find(
    (name) => name !== undefined && name in formats,
  );
  if (known !== undefined) return cased(formats[known]?.() ?? fc.string(), rules);
  const regex = pattern ?? rules.find((rule) => rule.pattern !== undefined)?.pattern;
  if (regex !== undefined) return matching(regex);
  const unknown = [format, ...rules.map((rule) => rule.format)].find(
    (name) => name !== undefined && !plainFormats.has(name),
  );
  if (unknown !== undefined) {
    throw new TypeError(
      `${where}: no values are generated for strings of format ${unknown}; add it to test/battery/support/arbitrary.ts`,
    );
  }
  const minLength = rules.find((rule) => rule.check === 'min_length')?.minimum ?? 0;
  const maxLength = rules.find((rule) => rule.check === 'max_length')?.maximum ?? 300;
  const sized = { minLength, maxLength };
  const fitting = awkward.filter((text) => text.length >= minLength && text.length <= maxLength);
  return fc.oneof(
    fc.string({ ...sized, unit: 'grapheme-ascii' }),
    fc.string({ ...sized, unit: 'grapheme' }),
    fc.string({ ...sized, unit: 'binary' }),
    // The longest that is allowed, in characters of four bytes as well.
    fc.constantFrom('x', '\u{10348}').map((unit) => unit.repeat(Math.floor(maxLength / unit.length))),
    ...(fitting.length === 0 ? [] : [fc.constantFrom(...fitting)]),
  );
}

/** Words that have broken somebody's software. */
const awkward: readonly string[] = [
  "Robert'); drop table app.tenants; --",
  '<script>alert(1)</script>',
  '../../../etc/passwd',
  '${jndi:ldap://127.0.0.1/a}',
  '{{7*7}} %s %n $1 $$',
  'null',
  'undefined',
  '__proto__',
  '\u202etxt.exe',
  'I\u0307i\u0131 \ufb01 \u1e9e',
  'e\u0301\u0302\u0303\u0304\u0305',
  '\ufeffBOM',
  '\u2028\u2029',
  'a\r\nb\tc',
  '\\u0000 \\x00 %00',
  '👩‍👩‍👧‍👦',
];

const plainFormats = new Set(['lowercase', 'uppercase', 'trim', 'starts_with', 'ends_with', 'includes']);

const formats: Readonly<Record<string, () => Arbitrary<string>>> = {
  email: () => fc.emailAddress(),
  datetime: () =>
    fc
      .tuple(
        fc.date({
          min: new Date('0001-01-01T00:00:00Z'),
          max: new Date('9999-12-31T23:59:59Z'),
          noInvalidDate: true,
        }),
        fc.constantFrom('Z', '+00:00', '-11:30', '+14:00', '.123456Z'),
      )
      .map(([date, zone]) => date.toISOString().replace(/\.\d+Z$/, zone)),
  url: () => fc.webUrl(),
  uuid: () => fc.uuid(),
  guid: () => fc.uuid(),
};

function cased(text: Arbitrary<string>, rules: { check: string }[]): Arbitrary<string> {
  // What the schema turns into lower case may be sent in any.
  return rules.some(({ check }) => check === 'overwrite')
    ? fc.tuple(text, fc.boolean()).map(([plain, loud]) => (loud ? plain.toUpperCase() : plain))
    : text;
}

function matching(regex: RegExp): Arbitrary<string> {
  // Lookaheads only narrow what the rest of the pattern says; the schema itself filters.
  const plain = new RegExp(regex.source.replaceAll(/\(\?[=!][^()]*\)/g, ''), regex.flags);
  return fc.stringMatching(plain).filter((text) => regex.test(text));
}

function numberOf({ checks = [], format }: Definition): Arbitrary<number> {
  const rules = checks.map(({ _zod }) => _zod.def);
  const bound = (check: string) => rules.find((rule) => rule.check === check)?.value;
  const isWhole = [format, ...rules.map((rule) => rule.format)].some((name) => name?.includes('int'));
  const [min, max] = [bound('greater_than'), bound('less_than')];
  const range = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  return isWhole ? fc.integer(range) : fc.double({ ...range, noNaN: true });
}

/** JSON can say it, but the contract's parse refuses it everywhere: no database can keep it. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(isStorable);
}

function needed(schema: z.ZodType | undefined, where: string): z.ZodType {
  if (schema === undefined) throw new TypeError(`${where}: the schema has nothing inside`);
  return schema;
}
