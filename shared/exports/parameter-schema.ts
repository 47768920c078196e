/**
 * What a report can be asked, as JSON Schema, for forms. Functions are bundled without zod's own generator, which
 * every cold start would read; parameters of reports are flat and take few kinds of value.
 */
import type * as z from 'zod';

export type ParameterSchema = {
  type: 'object';
  properties: Record<string, ValueSchema>;
  required: string[];
  additionalProperties: false;
};

type ValueSchema = { type?: string; format?: string; enum?: unknown[]; description?: string };

/** The schema of an object of parameters; what it does not know may be anything. */
export function parameterSchema({ shape }: z.ZodObject): ParameterSchema {
  const fields = Object.entries<z.ZodType>(shape);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(([name, field]) => [name, described(field)])),
    required: fields.filter(([, field]) => !field.safeParse(undefined).success).map(([name]) => name),
    additionalProperties: false,
  };
}

function described(field: z.ZodType): ValueSchema {
  const { description } = field;
  return { ...valueOf(field), ...(description === undefined ? {} : { description }) };
}

const formats: Readonly<Record<string, string>> = { date: 'date', datetime: 'date-time' };

function valueOf(field: z.ZodType): ValueSchema {
  const { def } = (field as unknown as z.core.$ZodTypes)._zod;
  if (def.type === 'optional' || def.type === 'default') return described(def.innerType as z.ZodType);
  if (def.type === 'enum') return { type: 'string', enum: Object.values(def.entries) };
  if (def.type === 'boolean' || def.type === 'number') return { type: def.type };
  if (def.type !== 'string') return {};
  const format = formats[(def as { format?: string }).format ?? ''];
  return { type: 'string', ...(format === undefined ? {} : { format }) };
}
