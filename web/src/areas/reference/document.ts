/** The API document as the reference reads it: operations by group, schemas in words, calls to copy. */

export type Schema = {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  example?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: Schema | boolean;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  maxLength?: number;
  minimum?: number;
  maximum?: number;
};

export type Parameter = {
  in: string;
  name: string;
  required?: boolean;
  description?: string;
  schema: Schema;
};

type Content = Record<string, { schema?: Schema }>;

export type Operation = {
  operationId: string;
  method: string;
  path: string;
  summary: string;
  tags: string[];
  security?: Record<string, unknown>[];
  parameters?: Parameter[];
  requestBody?: { content: Content };
  responses: Record<string, { description: string; content?: Content }>;
  'x-plinth-plane': string;
  'x-plinth-permission'?: string;
  'x-plinth-capability'?: string;
};

export type ApiDocument = {
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Omit<Operation, 'method' | 'path'>>>;
  components: { schemas: Record<string, Schema> };
};

export type Group = { name: string; title: string; operations: Operation[] };

/** What is looked for is in the path, the summary, the id or the permission. */
export function groupsOf({ tags, paths }: ApiDocument, search: string): Group[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]): Operation => ({
      ...one,
      path,
      method: method.toUpperCase(),
    })),
  );
  const found = all.filter((one) => {
    const text = [one.method, one.path, one.summary, one.operationId, one['x-plinth-permission'] ?? ''];
    return words.every((word) => text.join(' ').toLowerCase().includes(word));
  });
  return tags
    .map(({ name, description }) => ({
      ...{ name, title: description },
      operations: found.filter((one) => one.tags.includes(name)),
    }))
    .filter(({ operations }) => operations.length > 0);
}

/** The schema of what is sent or answered as JSON. */
export function jsonOf(content: Content | undefined): Schema | undefined {
  return content?.['application/json']?.schema;
}

/** The first answer that is none of a refusal. */
export function successOf({ responses }: Operation): { status: string; schema: Schema | undefined } {
  const status = Object.keys(responses).find((one) => one.startsWith('2')) ?? '200';
  return { status, schema: jsonOf(responses[status]?.content) };
}

export type Refused = { status: string; code: string; title: string };

/** Codes and titles stand in the descriptions, one paragraph each. */
export function refusalsOf({ responses }: Operation): Refused[] {
  return Object.entries(responses)
    .filter(([status]) => Number(status) >= 400)
    .flatMap(([status, { description }]) =>
      [...description.matchAll(/`([^`]+)` ([^\n]+)/g)].map(([, code = '', title = '']) => ({
        ...{ status, code, title },
      })),
    );
}

const named = '#/components/schemas/';

/** What a reference stands for, and its name. */
export function resolve({ components }: ApiDocument, schema: Schema): { schema: Schema; name?: string } {
  const name = schema.$ref?.startsWith(named) === true ? schema.$ref.slice(named.length) : undefined;
  const found = name === undefined ? undefined : components.schemas[name];
  return name === undefined || found === undefined ? { schema } : { schema: found, name };
}

/** A schema in few words: `string, date-time`, `list of Member`, `"csv" or "json"`. */
export function sayType(schema: Schema): string {
  if (schema.$ref !== undefined) return schema.$ref.slice(named.length);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((one) => JSON.stringify(one)).join(' or ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return [...new Set(choices.map(sayType))].join(' or ');
  if (schema.allOf !== undefined) return schema.allOf.map(sayType).join(' and ');
  if (schema.type === 'array') return `list of ${sayType(schema.items ?? {})}`;
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object') {
    return `${sayType(schema.additionalProperties)} by name`;
  }
  const type = Array.isArray(schema.type) ? schema.type.join(' or ') : (schema.type ?? 'anything');
  return schema.format === undefined ? type : `${type}, ${schema.format}`;
}

/** A call for a terminal; what has to be filled in is in capitals. */
export function curlOf(document: ApiDocument, operation: Operation, apiUrl: string): string {
  const { method, path, security, parameters = [], requestBody } = operation;
  const filled = path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => placeholder(name));
  const asked = parameters.filter((one) => one.in === 'query' && one.required === true);
  const query = asked.map(({ name }) => `${name}=${placeholder(name)}`).join('&');
  const lines = [`curl '${apiUrl.replace(/\/$/, '')}${filled}${query === '' ? '' : `?${query}`}'`];
  if (method !== 'GET') lines.push(`--request ${method}`);
  if (security !== undefined && security.length > 0) lines.push(`--header "authorization: Bearer $TOKEN"`);
  const keyed = parameters.find(({ name }) => name === 'idempotency-key');
  if (keyed !== undefined) lines.push(`--header "idempotency-key: $(uuidgen)"`);
  const body = jsonOf(requestBody?.content);
  if (body !== undefined) {
    lines.push(`--header 'content-type: application/json'`);
    const text = JSON.stringify(exampleOf(document, body, { all: method === 'PATCH' })).replaceAll(
      "'",
      "'\\''",
    );
    lines.push(`--data '${text}'`);
  }
  return lines.join(' \\\n  ');
}

function placeholder(name: string): string {
  return name.replaceAll(/([A-Z])/g, '_$1').toUpperCase();
}

/** Something that could be sent: what is required, or one of everything where nothing is. */
export function exampleOf(
  document: ApiDocument,
  given: Schema,
  { all = false, depth = 0 }: { all?: boolean; depth?: number } = {},
): unknown {
  const { schema } = resolve(document, given);
  const known = schema.example ?? schema.default ?? schema.const ?? schema.enum?.[0];
  if (known !== undefined) return known;
  const choice = schema.anyOf?.[0] ?? schema.oneOf?.[0];
  if (choice !== undefined) return exampleOf(document, choice, { depth });
  if (schema.type === 'array')
    return depth > 3 ? [] : [exampleOf(document, schema.items ?? {}, { depth: depth + 1 })];
  if (schema.type === 'object' || schema.properties !== undefined) {
    if (depth > 3) return {};
    const { properties = {}, required = [] } = schema;
    const wanted = Object.entries(properties).filter(([name]) => all || required.includes(name));
    return Object.fromEntries(
      wanted.map(([name, one]) => [name, exampleOf(document, one, { depth: depth + 1 })]),
    );
  }
  if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 1;
  if (schema.type === 'boolean') return true;
  if (schema.format === 'date-time') return '2026-11-21T12:00:00Z';
  return schema.format === 'email' ? 'somebody@example.com' : '…';
}
