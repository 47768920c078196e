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
      const kind = idKindOf(field);
      return kind === undefined ? [] : [{ name, kind, part: part as IdField['part'] }];
    }),
  );
}

/** The kind of id that a schema asks for: its pattern begins with the kind's prefix. */
export function idKindOf(schema: z.ZodType): IdKind | undefined {
  const patterns = patternsOf(schema);
  const kinds = Object.entries(idPrefixes) as [IdKind, string][];
  return kinds.find(([, prefix]) => patterns.some((pattern) => pattern.startsWith(`^${prefix}_`)))?.[0];
}

type Definition = {
  type: string;
  innerType?: z.ZodType;
  checks?: { _zod: { def: { format?: string; pattern?: RegExp } } }[];
};

function patternsOf(schema: z.ZodType): string[] {
  const { innerType, checks = [] } = schema._zod.def as Definition;
  if (innerType !== undefined) return patternsOf(innerType);
  return checks.flatMap(({ _zod }) => _zod.def.pattern?.source ?? []);
}
