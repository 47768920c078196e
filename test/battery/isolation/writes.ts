/**
 * Writing statements, made from the catalogue: rows of the tenant and in another's name, with keys that exist,
 * here or elsewhere, changed and deleted by way of other tables, and COPY both ways.
 */
import pg from 'pg';
import { globallyUnique } from '#shared/db/lints/exceptions.ts';
import {
  type Bench,
  columnsOf,
  condition,
  joinCondition,
  literal,
  query,
  readableTable,
  tableSource,
} from './reads.ts';
import type { TextRow } from './population.ts';
import type { Shape } from './shapes.ts';

/** A statement to be compared. */
export type Generated = {
  kind: string;
  text: string;
  writes: boolean;
  copy?: { input: string[] };
  /** It writes a value of somebody else into a key that the whole platform shares. */
  collides: boolean;
};

/** One statement of any kind. */
export function statement(bench: Bench): Generated {
  const makers: [number, (from: Bench) => Generated][] = [
    [38, reading],
    [20, inserting],
    [14, updating],
    [10, deleting],
    [8, writingCte],
    [4, copyQueryOut],
    [3, copyTableOut],
    [3, copyIn],
  ];
  let roll = bench.dice.upTo(99);
  for (const [share, make] of makers) {
    if (roll < share) return make(bench);
    roll -= share;
  }
  return reading(bench);
}

function reading(bench: Bench): Generated {
  return { kind: 'select', text: query(bench, 1 + bench.dice.upTo(2)), writes: false, collides: false };
}

function inserting(bench: Bench): Generated {
  const { dice, ground } = bench;
  const shape = dice.one(ground.shapes.filter(({ columns }) => columns.some(({ insertable }) => insertable)));
  const columns = shape.columns.filter(({ insertable }) => insertable || dice.chance(2));
  const row = newRow(bench, shape);
  const conflict = dice.chance(55) ? onConflict(bench, shape) : '';
  const values = columns.map(({ name, type }) => typed(row[name] ?? null, type));
  const source = dice.chance(20) ? selected(bench, shape, columns, row) : `values (${values.join(', ')})`;
  const text = `insert into app.${shape.name} (${columns.map(({ name }) => name).join(', ')}) ${source} ${conflict}`;
  const kind = conflict === '' ? 'insert' : 'upsert';
  return {
    kind,
    text: `${text} ${returning(bench, shape, shape.name)}`,
    writes: true,
    collides: collides(bench, shape, row),
  };
}

/** The values of rows that are there, but for the keys: insert … select. */
function selected(bench: Bench, shape: Shape, columns: Shape['columns'], row: TextRow): string {
  const source = tableSource(bench, shape, 'o');
  const keys = new Set(shape.uniques.flatMap((unique) => unique.columns));
  const list = columns.map(({ name, type }) =>
    keys.has(name) || !source.columns.includes(name) ? typed(row[name] ?? null, type) : `o.${name}`,
  );
  const all = source.columns.map((column) => `o.${column}::text`).join(', ');
  const order = all === '' ? '' : `order by ${all}`;
  return `select ${list.join(', ')} from app.${shape.name} o where ${condition(bench, source, 1)} ${order} limit 1`;
}

function updating(bench: Bench): Generated {
  const { dice, ground } = bench;
  const shape = dice.one(ground.shapes.filter(({ columns }) => columns.some(({ updatable }) => updatable)));
  const target = tableSource(bench, shape, 't');
  const columns = shape.columns.filter(({ updatable }) => updatable || dice.chance(1));
  const chosen = dice.one(columns);
  const mine = dice.chance(30) && chosen.readable;
  const value = mine ? `t.${chosen.name}` : literal(bench, shape, chosen.name, 'any');
  const { from, where } = beside(bench, shape);
  const text = `update app.${shape.name} t set ${chosen.name} = ${value} ${from === '' ? '' : `from ${from}`}
    where ${condition(bench, target, 1)} and ${where}`;
  const collides = globalKeys(shape).some((column) => column === chosen.name);
  return { kind: 'update', text: `${text} ${returning(bench, shape, 't')}`, writes: true, collides };
}

function deleting(bench: Bench): Generated {
  const { dice, ground } = bench;
  const deletable = ground.shapes.filter((shape) => shape.deletable);
  const shape = dice.one(dice.chance(90) && deletable.length > 0 ? deletable : ground.shapes);
  const target = tableSource(bench, shape, 't');
  const { from, where } = beside(bench, shape);
  const text = `delete from app.${shape.name} t ${from === '' ? '' : `using ${from}`}
    where ${condition(bench, target, 1)} and ${where}`;
  return { kind: 'delete', text: `${text} ${returning(bench, shape, 't')}`, writes: true, collides: false };
}

/** A write whose rows are read by the rest of the statement. */
function writingCte(bench: Bench): Generated {
  const { dice } = bench;
  const inner = dice.one([inserting, updating, deleting])(bench);
  const isReturning = inner.text.includes('returning');
  const text = `with written as (${inner.text})
    ${query(bench, 1, 1)}${isReturning ? ' union all select c1 from written' : ''}`;
  return { ...inner, kind: `with ${inner.kind}`, text };
}

function copyQueryOut(bench: Bench): Generated {
  const text = `copy ${query(bench, 2)} to stdout`;
  return { kind: 'copy query', text, writes: false, copy: { input: [] }, collides: false };
}

function copyTableOut(bench: Bench): Generated {
  const { name, columns } = readableTable(bench);
  const readable = columns.filter((column) => column.readable).map((column) => column.name);
  const text = `copy app.${name} (${readable.join(', ')}) to stdout`;
  return { kind: 'copy table', text, writes: false, copy: { input: [] }, collides: false };
}

function copyIn(bench: Bench): Generated {
  const { dice, ground } = bench;
  const shape = dice.one(ground.shapes.filter(({ columns }) => columns.some(({ insertable }) => insertable)));
  const columns = shape.columns.filter(({ insertable }) => insertable).map(({ name }) => name);
  const row = newRow(bench, shape);
  const input = [columns.map((column) => row[column]?.replaceAll('\\', '\\\\') ?? '\\N').join('\t')];
  const text = `copy app.${shape.name} (${columns.join(', ')}) from stdin`;
  return { kind: 'copy in', text, writes: true, copy: { input }, collides: collides(bench, shape, row) };
}

/** Another table beside the one that is written: joined, or one row of it for certain. */
function beside(bench: Bench, shape: Shape): { from: string; where: string } {
  const { dice } = bench;
  if (dice.chance(35)) return { from: '', where: 'true' };
  const other = tableSource(bench, readableTable(bench), 'f');
  const target = tableSource(bench, shape, 't');
  const where = joinCondition(bench, target, other);
  if (dice.chance(50)) return { from: `app.${other.shape.name} f`, where };
  const all = other.columns.map((column) => `g.${column}::text`).join(', ');
  const limited = `(select g.* from app.${other.shape.name} g order by ${all} limit 1) f`;
  return {
    from: other.columns.length === 0 || !isWhole(other) ? `app.${other.shape.name} f` : limited,
    where,
  };
}

function isWhole({ shape, columns }: { shape: Shape; columns: readonly string[] }): boolean {
  return columns.length === shape.columns.length;
}

function onConflict(bench: Bench, shape: Shape): string {
  const { dice } = bench;
  const { columns, where } = dice.one(shape.uniques);
  const arbiter = `(${columns.join(', ')})${where === null ? '' : ` where ${where}`}`;
  if (dice.chance(30)) return 'on conflict do nothing';
  if (dice.chance(30)) return `on conflict ${arbiter} do nothing`;
  const updatable = shape.columns.filter((column) => column.updatable);
  const { name } = dice.one(updatable.length === 0 ? shape.columns : updatable);
  const value = dice.chance(60) ? `excluded.${name}` : literal(bench, shape, name, 'any');
  return `on conflict ${arbiter} do update set ${name} = ${value}`;
}

/** Like a row that is there, with keys that are new, taken here or taken elsewhere. */
function newRow({ dice, ground }: Bench, shape: Shape): TextRow {
  const own = ground.own.get(shape.name) ?? [];
  const foreign = ground.foreign.get(shape.name) ?? [];
  const base = dice.one(dice.chance(88) && own.length > 0 ? own : [...own, ...foreign]);
  const elsewhere = dice.one(foreign);
  const lastOfKeys = new Set(shape.uniques.map(({ columns }) => columns.at(-1)));
  const entries = shape.columns.map(({ name, type }): [string, string | null] => {
    const kept = base[name] ?? null;
    if (name === 'tenant_id')
      return [name, dice.chance(75) ? ground.tenant.tenantId : (elsewhere[name] ?? null)];
    if (lastOfKeys.has(name) && name !== 'user_id') {
      const roll = dice.upTo(99);
      return [name, roll < 55 ? fresh(dice, type) : roll < 75 ? (elsewhere[name] ?? null) : kept];
    }
    return [name, dice.chance(92) ? kept : (elsewhere[name] ?? null)];
  });
  return Object.fromEntries(entries);
}

function fresh(dice: Bench['dice'], type: string): string {
  if (type === 'boolean') return 'true';
  return type === 'text' ? `new-${dice.uuid()}` : dice.uuid();
}

function returning(bench: Bench, shape: Shape, alias: string): string {
  if (bench.dice.chance(35)) return '';
  const source = tableSource(bench, shape, alias);
  if (source.columns.length === 0) return '';
  const [first, second] = columnsOf(bench, source, 2);
  return `returning ${first} as c1, ${second} as c2`;
}

function typed(value: string | null, type: string): string {
  return value === null ? `null::${type}` : `${pg.escapeLiteral(value)}::${type}`;
}

/** Columns that lead a key which the whole platform shares. */
function globalKeys({ uniques }: Shape): string[] {
  return uniques.filter(({ name }) => name in globallyUnique).flatMap(({ columns }) => columns);
}

function collides({ ground }: Bench, shape: Shape, row: TextRow): boolean {
  const foreign = ground.foreign.get(shape.name) ?? [];
  return globalKeys(shape).some((column) => foreign.some((other) => other[column] === row[column]));
}
