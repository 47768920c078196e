/**
 * Reading statements, made from the catalogue: joins along references, sub-selects, CTEs, aggregates, windows and
 * set operations. Every column is text, so that any two queries fit each other, and whatever could differ from run
 * to run is ordered.
 */
import pg from 'pg';
import type { Dice } from './dice.ts';
import type { Ground, TextRow } from './population.ts';
import type { Shape } from './shapes.ts';

/** What a generator works with. */
export type Bench = { dice: Dice; ground: Ground; functions: readonly { name: string; ids: number }[] };

/** Something in a FROM clause; `shape` when it is a table. */
type Source = { alias: string; columns: readonly string[]; shape?: Shape };

/** A query of so many columns, c1 to cN, all of them text. */
export function query(bench: Bench, arity: number, depth = 2): string {
  const { dice } = bench;
  const deep = [aggregate, setOperation, withQueries, ofSubquery];
  const flat = [plain, plain, aggregate];
  if (depth === 2 && dice.chance(6)) return ofFunction(bench, arity);
  return dice.one(depth > 0 ? [...deep, ...flat] : flat)(bench, arity, depth);
}

/** A table that is there to be read. */
export function readableTable({ dice, ground }: Bench): Shape {
  return dice.one(ground.shapes.filter(({ columns }) => columns.some(({ readable }) => readable)));
}

/** A table as a source; now and then with a column that must not be read. */
export function tableSource(
  bench: Bench,
  shape: Shape,
  alias = bench.dice.name('t'),
): Source & { shape: Shape } {
  const readable = shape.columns.filter((column) => column.readable || bench.dice.chance(1));
  return { alias, shape, columns: readable.map(({ name }) => name) };
}

/** A value of a column as a literal: the tenant's own, another's, or one that nobody has. */
export function literal(
  bench: Bench,
  shape: Shape,
  column: string,
  whose: 'own' | 'foreign' | 'any',
): string {
  const type = shape.columns.find(({ name }) => name === column)?.type ?? 'text';
  const rows = whose === 'any' ? bench.dice.one(['own', 'foreign'] as const) : whose;
  const values = valuesOf(bench.ground[rows].get(shape.name) ?? [], column);
  if (values.length === 0) return `null::${type}`;
  return `${pg.escapeLiteral(bench.dice.one(values))}::${type}`;
}

/** A condition over a source: with values of everybody, sub-selects, and one that fails on foreign values only. */
export function condition(bench: Bench, source: Source, depth: number): string {
  const { dice } = bench;
  const column = source.columns.length === 0 ? undefined : dice.one(source.columns);
  if (column === undefined || dice.chance(20)) return 'true';
  const at = `${source.alias}.${column}`;
  const kinds = [
    () => `${at} is ${dice.chance(50) ? 'not ' : ''}null`,
    ...(depth < 0
      ? []
      : [
          () => `not (${condition(bench, source, -1)} and ${condition(bench, source, -1)})`,
          () => `(${condition(bench, source, -1)} or ${condition(bench, source, -1)})`,
        ]),
    ...(source.shape === undefined ? [] : valueConditions(bench, source.shape, at, column)),
    ...(depth > 0 ? subConditions(bench, source, at) : []),
  ];
  return dice.one(kinds)();
}

/** How a table is joined to another: along a reference or by a column of the same name, else by nothing. */
export function joinCondition({ dice }: Bench, one: Source, other: Source): string {
  const along = [
    ...referencesBetween(one, other),
    ...referencesBetween(other, one),
    ...(one.shape !== undefined && other.shape !== undefined
      ? one.columns
          .filter((column) => other.columns.includes(column) && /(^|_)id$|^email$|^key$/.test(column))
          .map((column) => `${one.alias}.${column}::text = ${other.alias}.${column}::text`)
      : []),
  ];
  return along.length === 0 || dice.chance(10) ? 'true' : dice.one(along);
}

/** Columns of a source as text, so many. */
export function columnsOf(bench: Bench, source: Source, count: number): string[] {
  return Array.from({ length: count }, () => expression(bench, [source]));
}

function valueConditions({ dice, ground }: Bench, shape: Shape, at: string, column: string) {
  const own = valuesOf(ground.own.get(shape.name) ?? [], column);
  const all = valuesOf(ground.foreign.get(shape.name) ?? [], column);
  const foreign = all.filter((value) => !own.includes(value));
  const any = [...own, ...foreign];
  if (any.length === 0) return [];
  const type = shape.columns.find(({ name }) => name === column)?.type ?? 'text';
  const typed = (value: string) => `${pg.escapeLiteral(value)}::${type}`;
  const compared = type === 'json' ? `${at}::text` : at;
  const conditions = [
    () => `${compared} = ${type === 'json' ? pg.escapeLiteral(dice.one(any)) : typed(dice.one(any))}`,
    () => `${at}::text like ${pg.escapeLiteral(`%${dice.one(any).slice(0, 6)}%`)}`,
    () => `${at}::text >= ${pg.escapeLiteral(dice.one(any))}`,
  ];
  if (foreign.length > 0) {
    // A row that is filtered too late fails here, which tells that it exists.
    const value = pg.escapeLiteral(dice.one(foreign));
    conditions.push(() => `1 / (case when ${at}::text = ${value} then 0 else 1 end) = 1`);
    conditions.push(() => `${compared} = ${type === 'json' ? value : `${value}::${type}`}`);
  }
  return conditions;
}

function subConditions(bench: Bench, source: Source, at: string) {
  const { dice } = bench;
  const inner = () => tableSource(bench, readableTable(bench));
  const from = (other: Source) => `app.${other.shape?.name} ${other.alias}`;
  return [
    () => `${at}::text ${dice.chance(30) ? 'not ' : ''}in (${query(bench, 1, 0)})`,
    () => {
      const other = inner();
      const where = `${joinCondition(bench, source, other)} and ${condition(bench, other, 0)}`;
      return `${dice.chance(30) ? 'not ' : ''}exists (select from ${from(other)} where ${where})`;
    },
    () => {
      const other = inner();
      const where = condition(bench, other, 0);
      return `(select count(*) from ${from(other)} where ${where}) > ${dice.upTo(4)}`;
    },
  ];
}

function plain(bench: Bench, arity: number, depth: number): string {
  const { dice } = bench;
  const { from, sources, where } = tables(bench, depth);
  const list = Array.from(
    { length: arity },
    (_none, index) => `${expression(bench, sources)} as c${index + 1}`,
  );
  const distinct = dice.chance(20) ? 'distinct ' : '';
  const ordered = `order by ${list.map((_item, index) => index + 1).join(', ')} limit ${1 + dice.upTo(20)}`;
  const end = dice.chance(40) ? ordered : '';
  return `(select ${distinct}${list.join(', ')} from ${from} where ${where} ${end})`;
}

function aggregate(bench: Bench, arity: number, depth: number): string {
  const { dice } = bench;
  const { from, sources, where } = tables(bench, depth);
  const value = () => expression(bench, sources, 'simple');
  const aggregates = [
    () => 'count(*)::text',
    () => `count(distinct ${value()})::text`,
    () => `${dice.one(['min', 'max'])}(${value()})`,
    () => orderedTogether(value()),
    () => `bool_or(${condition(bench, dice.one(sources), 0)})::text`,
  ];
  const group = value();
  const list = Array.from({ length: arity }, (_none, index) =>
    index === 0 && arity > 1 ? group : dice.one(aggregates)(),
  ).map((item, index) => `${item} as c${index + 1}`);
  const grouped = arity > 1 ? `group by ${group}` : '';
  const having = dice.chance(25) ? `having count(*) > ${dice.upTo(3)}` : '';
  return `(select ${list.join(', ')} from ${from} where ${where} ${grouped} ${having})`;
}

function orderedTogether(value: string): string {
  return `md5(string_agg(${value}, ',' order by ${value}))`;
}

function setOperation(bench: Bench, arity: number, depth: number): string {
  const operation = bench.dice.one(['union', 'union all', 'intersect', 'except', 'except all']);
  return `(${query(bench, arity, depth - 1)} ${operation} ${query(bench, arity, depth - 1)})`;
}

function withQueries(bench: Bench, arity: number, depth: number): string {
  const { dice } = bench;
  const alias = dice.name('w');
  const names = ['c1', 'c2'];
  const made = `with ${alias} as ${dice.one(['', 'materialized ', 'not materialized '])}${query(bench, 2, depth - 1)}`;
  const cte: Source = { alias, columns: names };
  const table = tableSource(bench, readableTable(bench));
  const on = dice.chance(50) ? `${alias}.c1 = ${expression(bench, [table], 'simple')}` : 'true';
  const joined = `${alias} ${dice.one(['join', 'left join'])} app.${table.shape.name} ${table.alias} on ${on}`;
  const list = Array.from(
    { length: arity },
    (_none, at) => `${expression(bench, [cte, table])} as c${at + 1}`,
  );
  return `(${made} select ${list.join(', ')} from ${joined} where ${condition(bench, table, 0)})`;
}

function ofSubquery(bench: Bench, arity: number, depth: number): string {
  const source: Source = { alias: bench.dice.name('s'), columns: ['c1', 'c2'] };
  const inner = query(bench, 2, depth - 1);
  const list = Array.from({ length: arity }, (_none, at) => `${expression(bench, [source])} as c${at + 1}`);
  return `(select ${list.join(', ')} from ${inner} ${source.alias} where ${condition(bench, source, 0)})`;
}

/** What the functions that look across tenants tell this caller, asked about anybody. */
function ofFunction({ dice, ground, functions }: Bench, arity: number): string {
  const { name, ids } = dice.one(functions);
  const known = [...ground.own, ...ground.foreign].flatMap(([, rows]) => valuesOf(rows, 'tenant_id'));
  const given = Array.from({ length: ids }, () => `${pg.escapeLiteral(dice.one(known))}::uuid`);
  const list = Array.from({ length: arity }, (_none, index) => `f::text as c${index + 1}`);
  return `(select ${list.join(', ')} from app.${name}(${given.join(', ')}) f)`;
}

/** One to three tables, joined. */
function tables(bench: Bench, depth: number): { from: string; sources: Source[]; where: string } {
  const { dice } = bench;
  const first = tableSource(bench, readableTable(bench));
  const sources: Source[] = [first];
  let from = `app.${first.shape.name} ${first.alias}`;
  for (let more = dice.one([0, 0, 1, 1, 2]); more > 0; more -= 1) {
    const next = tableSource(bench, readableTable(bench));
    const on = joinCondition(bench, dice.one(sources), next);
    from += ` ${dice.one(['join', 'left join', 'right join'])} app.${next.shape.name} ${next.alias} on ${on}`;
    sources.push(next);
    if (on === 'true') break;
  }
  const where = `${condition(bench, dice.one(sources), depth)} and ${condition(bench, dice.one(sources), 0)}`;
  return { from, sources, where };
}

/** One value of some source, as text. */
function expression(bench: Bench, sources: readonly Source[], kind: 'any' | 'simple' = 'any'): string {
  const { dice } = bench;
  const source = dice.one(sources.filter(({ columns }) => columns.length > 0));
  const column = `${source.alias}.${dice.one(source.columns)}::text`;
  if (kind === 'simple' || dice.chance(75)) return column;
  const other = tableSource(bench, readableTable(bench));
  const table = `app.${other.shape.name} ${other.alias}`;
  return dice.one([
    () => `coalesce(${column}, 'nothing')`,
    () => `length(${column})::text`,
    () => `(select max(${other.alias}.${dice.one(other.columns)}::text) from ${table})`,
    () => `(select count(*)::text from ${table} where ${joinCondition(bench, source, other)})`,
  ])();
}

function referencesBetween(one: Source, other: Source): string[] {
  return (one.shape?.references ?? [])
    .filter(
      ({ table, columns }) => table === other.shape?.name && columns.every((c) => one.columns.includes(c)),
    )
    .map(({ columns, targets }) =>
      columns.map((column, at) => `${one.alias}.${column} = ${other.alias}.${targets[at]}`).join(' and '),
    );
}

function valuesOf(rows: readonly TextRow[], column: string): string[] {
  return rows.map((row) => row[column]).filter((value) => typeof value === 'string');
}
