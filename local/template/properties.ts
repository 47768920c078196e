/**
 * Typed access to a resource's resolved properties. CloudFormation accepts numbers and booleans written as text,
 * so these do too; anything else of the wrong kind is an error that names the property.
 */
import type { ResolvedResource } from './cell.ts';

/** An object of a template, with the path that leads to it for error messages. */
export type Properties = {
  text(name: string): string | undefined;
  needText(name: string): string;
  number(name: string): number | undefined;
  flag(name: string): boolean;
  list(name: string): unknown[];
  texts(name: string): string[];
  object(name: string): Properties | undefined;
  objects(name: string): Properties[];
  raw: Record<string, unknown>;
};

/** The properties of a resource. */
export function propertiesOf(resource: ResolvedResource): Properties {
  return reader(resource.properties, `${resource.stack}/${resource.logicalId} (${resource.type})`);
}

function reader(raw: Record<string, unknown>, path: string): Properties {
  const wrong = (name: string, kind: string) => new Error(`${path}.${name} should be ${kind}`);
  const text = (name: string): string | undefined => {
    const value = raw[name];
    if (value === undefined) return undefined;
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw wrong(name, 'text');
  };
  const list = (name: string): unknown[] => {
    const value = raw[name] ?? [];
    if (!Array.isArray(value)) throw wrong(name, 'a list');
    return value as unknown[];
  };
  const asObject = (value: unknown, name: string): Properties => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(name, 'an object');
    return reader(value as Record<string, unknown>, `${path}.${name}`);
  };
  return {
    raw,
    text,
    list,
    needText: (name) => {
      const value = text(name);
      if (value === undefined) throw wrong(name, 'present');
      return value;
    },
    number: (name) => {
      const value = text(name);
      if (value === undefined) return undefined;
      if (value === '' || Number.isNaN(Number(value))) throw wrong(name, 'a number');
      return Number(value);
    },
    flag: (name) => text(name) === 'true',
    texts: (name) => list(name).map(String),
    object: (name) => (raw[name] === undefined ? undefined : asObject(raw[name], name)),
    objects: (name) => list(name).map((item, i) => asObject(item, `${name}[${i}]`)),
  };
}
