/** Which fields of an endpoint's input are ids, and of what: where somebody else's could be put. */
import type * as z from 'zod';
import type { EndpointFacts } from '#shared/contract/endpoint.ts';
import { type IdKind, idPrefixes } from '#shared/contract/ids.ts';

export type IdField = { name: string; part: 'path' | 'query' | 'body'; kind: IdKind };

/** The id fields of an endpoint. */
export function idFieldsOf(endpoint: EndpointFacts): IdField[] {
  const parts = { path: endpoint.params, query: endpoint.query, body: endpoint.body };
  return Object.entries(parts).flatMap(([part, schema]) =>
    Object.entries((schema?.shape ?? {}) as Record<string, z.ZodType>).flatMap(([name, field]) => {
      return idKindsOf(field).map((kind) => ({ name, kind, part: part as IdField['part'] }));
    }),
  );
}

/** The kinds of id that a schema takes: a pattern of it begins with the kind's prefix. */
function idKindsOf(schema: z.ZodType): IdKind[] {
  const patterns = patternsOf(schema);
  const kinds = Object.entries(idPrefixes) as [IdKind, string][];
  return kinds
    .filter(([, prefix]) => patterns.some((pattern) => pattern.startsWith(`^${prefix}_`)))
    .map(([kind]) => kind);
}

type Definition = {
  type: string;
  innerType?: z.ZodType;
  options?: z.ZodType[];
  checks?: { _zod: { def: { format?: string; pattern?: RegExp } } }[];
};

function patternsOf(schema: z.ZodType): string[] {
  const { innerType, options, checks = [] } = schema._zod.def as Definition;
  if (options !== undefined) return options.flatMap(patternsOf);
  if (innerType !== undefined) return patternsOf(innerType);
  return checks.flatMap(({ _zod }) => _zod.def.pattern?.source ?? []);
}
