/**
 * What the program says: data on standard output, as a table or as JSON, everything else on standard error. Colours
 * are for terminals whose reader has not asked for none (NO_COLOR).
 */
import { type Column, type Style, styled, table } from './table.ts';
import { printable, printableJson } from './text.ts';
import { type Terminal, variable, type World } from './world.ts';

export type Output = {
  /** Whether the reader is a program. */
  isJson: boolean;
  /** Rows: a table, or one JSON document with all of them. `empty` is noted where there are none. */
  rows<Row>(rows: readonly Row[], columns: readonly Column<Row>[], empty: string): void;
  /** One thing: its facts below each other, or one JSON document. */
  facts(thing: unknown, facts: readonly Fact[]): void;
  /** One of many things that arrive one after the other: a line of text, or a line of JSON. */
  line(thing: unknown, text: string): void;
  /** Text as it is, such as a key that is shown once; or one JSON document. */
  plain(thing: unknown, text: string): void;
  /** A remark for the person; nothing that a pipe would carry. */
  note(text: string): void;
  /** A line that the next one replaces, on terminals; elsewhere nothing. */
  progress(text: string): void;
  /** Text in a style, for `line`. */
  style(text: string, style: Style | undefined): string;
};

/** A fact of a thing, by its name; no value leaves it out. */
export type Fact = readonly [name: string, value: string | null | undefined, style?: Style];

export function outputOf(world: World, isJson: boolean): Output {
  const isColoured = hasColours(world, world.stdout);
  const write = (text: string): void => void world.stdout.write(`${text}\n`);
  const json = (thing: unknown): void => write(printableJson(thing, 2));
  let unfinished = false;
  const note = (text: string): void => {
    // A line of progress that stands there makes way.
    world.stderr.write(`${unfinished ? eraseLine : ''}${text}\n`);
    unfinished = false;
  };
  return {
    isJson,
    rows: (rows, columns, empty) => {
      if (isJson) json(rows);
      else if (rows.length > 0) write(table(rows, columns, isColoured));
      else note(empty);
    },
    facts: (thing, facts) => {
      if (isJson) return json(thing);
      const shown = facts.filter(([, value]) => value !== undefined && value !== null);
      const width = Math.max(0, ...shown.map(([name]) => name.length));
      for (const [name, value, style] of shown) {
        const text = styled(printable(value ?? ''), style, isColoured);
        write(`${styled(name.padEnd(width), 'faint', isColoured)}  ${text}`);
      }
    },
    line: (thing, text) => write(isJson ? printableJson(thing) : text),
    plain: (thing, text) => (isJson ? json(thing) : write(text)),
    note,
    progress: (text) => {
      if (world.stderr.isTTY !== true) return;
      world.stderr.write(`${eraseLine}${text}`);
      unfinished = true;
    },
    style: (text, style) => styled(text, style, isColoured),
  };
}

/** Whether to colour what goes to that stream. */
export function hasColours(world: Pick<World, 'env'>, stream: Terminal): boolean {
  return (
    stream.isTTY === true && variable(world, 'NO_COLOR') === undefined && variable(world, 'TERM') !== 'dumb'
  );
}

const eraseLine = '\r\u001b[2K';
