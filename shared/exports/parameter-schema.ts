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
  const fields = Object.entries(shape as Record<string, z.ZodType>);
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
  switch (def.type) {
    case 'optional':
    case 'default':
      return described(def.innerType as z.ZodType);
    case 'enum':
      return { type: 'string', enum: Object.values(def.entries) };
    case 'string': {
      const format = formats[(def as { format?: string }).format ?? ''];
      return { type: 'string', ...(format === undefined ? {} : { format }) };
    }
    case 'boolean':
    case 'number':
      return { type: def.type };
    default:
      return {};
  }
}
