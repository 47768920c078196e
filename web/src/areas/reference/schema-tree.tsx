/** A schema as a list of its fields, those of fields below them; what is long is opened by whoever wants it. */
import { Code, Text } from '@mantine/core';
import { type ApiDocument, resolve, sayType, type Schema } from './document.ts';

type TreeProps = {
  document: ApiDocument;
  schema: Schema;
  /** Names that stand around this one: a schema may hold itself. */
  within?: readonly string[];
};

export function SchemaTree({ document, schema: given, within = [] }: TreeProps) {
  const { schema, name } = resolve(document, given);
  const around = name === undefined ? within : [...within, name];
  const held = schema.type === 'array' ? schema.items : undefined;
  if (held !== undefined) return <SchemaTree document={document} schema={held} within={around} />;
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0) {
    return (
      <Text size="sm">
        <code>{sayType(given)}</code>
      </Text>
    );
  }
  return (
    <ul className="schema">
      {fields.map(([field, one]) => (
        <li key={field}>
          <Code>{field}</Code>{' '}
          <Text span size="xs" c="dimmed">
            {sayType(one)}
            {schema.required?.includes(field) === true ? ', required' : ''}
          </Text>
          {one.description !== undefined && <Text size="xs">{one.description}</Text>}
          <Below document={document} schema={one} within={around} />
        </li>
      ))}
    </ul>
  );
}

/** The fields of a field, where it has any and is not one of those around it. */
function Below({ document, schema, within = [] }: TreeProps) {
  const inner = innerOf(schema);
  if (inner === undefined) return null;
  const found = resolve(document, inner);
  if (found.schema.properties === undefined || within.includes(found.name ?? '')) return null;
  return (
    <details>
      <summary>{found.name ?? 'Fields'}</summary>
      <SchemaTree document={document} schema={inner} within={within} />
    </details>
  );
}

/** What may have fields: the thing itself, one of a list, the choice that is not null. */
function innerOf(schema: Schema): Schema | undefined {
  if (schema.items !== undefined) return innerOf(schema.items);
  if (schema.$ref !== undefined || schema.properties !== undefined) return schema;
  if (typeof schema.additionalProperties === 'object') return innerOf(schema.additionalProperties);
  return [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].map(innerOf).find((one) => one !== undefined);
}
