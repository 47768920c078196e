/**
 * A report is declared once, as an endpoint is: what it asks for, which columns it has, and who may have it. Modules
 * publish their own; the catalogue, the files and the checks are derived from the declaration. The query stands in
 * `x.queries.ts`, beside the operations.
 */
import type { z } from 'zod';
import type { CapabilityName } from '../config/capabilities.ts';
import type { Statement } from './context.ts';
import type { IdKind } from './ids.ts';
import type { TenantPermission } from './permissions.ts';

/** How well a value is to be kept: anybody's, the tenant's own, about a person, or of use to an attacker. */
export const classifications = ['public', 'internal', 'personal', 'sensitive'] as const;

export type Classification = (typeof classifications)[number];

/** What a column holds. `decimal` keeps every digit, so it is text wherever numbers are not exact. */
export const columnTypes = [
  'text',
  'integer',
  'decimal',
  'boolean',
  'timestamp',
  'date',
  'id',
  'json',
] as const;

export type ColumnType = (typeof columnTypes)[number];

/**
 * A column of a report. Its query gives the plain value: for an `id` the bare uuid, which files write with the prefix
 * of its kind, where it has one, for a `timestamp` a timestamptz.
 */
export type Column = {
  /** As people read it, in the head of a printed table. */
  label: string;
  classification: Classification;
  /** Left out where a page is too narrow for all columns; other formats have it. */
  printed?: false;
} & ({ type: Exclude<ColumnType, 'id'> } | { type: 'id'; of: IdKind | null });

export type Columns = Readonly<Record<string, Column>>;

/** The formats that a report can be had in. */
export const reportFormats = ['csv', 'json', 'pdf', 'parquet'] as const;

export type ReportFormat = (typeof reportFormats)[number];

/** A declared report. */
export type ReportType<P extends z.ZodObject = z.ZodObject> = {
  kind: 'report';
  /** `<module>.<name>`. */
  id: `${string}.${string}`;
  summary: string;
  /** What can be asked of it; unknown fields are refused. */
  parameters: P;
  /** By the names that the query gives them, in the order that files have them. */
  columns: Columns;
  /** What its module's endpoint for the same data demands. */
  permission: TenantPermission;
  capability: CapabilityName;
  /** Needs a permission of its own, and is kept for a short time only. */
  sensitive: boolean;
  /** The columns that its rows are sorted by, ascending; together they are different in every row. */
  order: readonly [string, ...string[]];
  /**
   * Its rows are written once and never changed or removed, so a file that was broken off can go on after its last
   * row. Its query gives `written_by` as well, the `xmin` of the row, and its order is of exact types.
   */
  appendOnly: boolean;
  requirements: readonly [string, ...string[]];
};

export type Reports = Readonly<Record<string, ReportType>>;

/** What sensitive reports need beside the permission of their own data. */
export const sensitiveReports = {
  permission: 'exports:sensitive',
  requirements: ['EXP-2'],
} as const satisfies { permission: TenantPermission; requirements: readonly string[] };

/** What a query may know of the tenant whose rows it gives. */
export type ReportTenant = { timeZone: string };

/**
 * The queries of a module's reports: what was asked becomes a statement that gives the columns by name, in any order,
 * without `order by` and `limit`. There is no `where tenant_id =`: the transaction sees one tenant.
 */
export type ReportQueries<R extends Reports> = {
  [Name in keyof R]: (parameters: z.output<R[Name]['parameters']>, tenant: ReportTenant) => Statement;
};

/** A report with its query, for whoever makes a file of it. */
export type QueriedReport = {
  report: ReportType;
  /** @param parameters as the report's schema has parsed them */
  query: (parameters: Record<string, unknown>, tenant: ReportTenant) => Statement;
};

/** The name under which the query of an append-only report gives the transaction that wrote the row. */
export const writtenBy = 'written_by';

/** Types whose values can be read back from a file without a loss, so that it can go on after them. */
const exactTypes: readonly ColumnType[] = ['timestamp', 'date', 'id', 'integer'];

/**
 * Declares a report.
 * @throws TypeError for a declaration that the types could not reject
 */
export function report<P extends z.ZodObject, const C extends Columns>(
  definition: Omit<ReportType, 'kind' | 'parameters' | 'sensitive' | 'columns' | 'order'> & {
    parameters: P;
    columns: C;
    sensitive?: true;
    order: readonly [keyof C & string, ...(keyof C & string)[]];
  },
): ReportType<P> {
  const declared: ReportType<P> = {
    ...definition,
    kind: 'report',
    parameters: definition.parameters.strict() as unknown as P,
    sensitive: definition.sensitive ?? false,
  };
  assertSound(declared);
  return Object.freeze(declared);
}

/** The reports of a module with their queries. */
export function queried<R extends Reports>(reports: R, queries: ReportQueries<R>): QueriedReport[] {
  // What a query takes is what its own report's schema gives; whoever asks has parsed it.
  return Object.entries(reports).map(([name, declared]) => ({
    report: declared,
    query: queries[name as keyof R] as unknown as QueriedReport['query'],
  }));
}

function assertSound(declared: ReportType): void {
  const { id, columns, order, appendOnly, sensitive, requirements } = declared;
  const where = `report ${id}`;
  if (!/^[a-z]+\.[a-z]+(_[a-z]+)*$/.test(id)) throw new TypeError(`${where}: an id is <module>.<name>`);
  const odd = Object.keys(columns).find((name) => !/^[a-z][a-z0-9_]*$/.test(name) || name === writtenBy);
  if (odd !== undefined) throw new TypeError(`${where}: ${odd} is no name of a column: lower_case`);
  const unknown = order.find((name) => columns[name] === undefined);
  if (unknown !== undefined) throw new TypeError(`${where}: it is sorted by ${unknown}, which is no column`);
  const vague = order.find((name) => !exactTypes.includes(columns[name]?.type ?? 'text'));
  if (appendOnly && vague !== undefined) {
    throw new TypeError(`${where}: ${vague} cannot be read back exactly; sort an append-only report without`);
  }
  const secret = Object.values(columns).some(({ classification }) => classification === 'sensitive');
  if (secret && !sensitive) throw new TypeError(`${where}: has a sensitive column: write sensitive: true`);
  const cited: readonly string[] | undefined = requirements;
  if (cited === undefined || cited.length === 0) throw new TypeError(`${where}: serves no requirement`);
}
