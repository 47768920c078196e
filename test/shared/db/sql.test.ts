import { describe, expect, test } from '@jest/globals';
import { sql } from '#shared/db/sql.ts';

describe('the sql tag', () => {
  test('a value becomes a parameter, never text', () => {
    const statement = sql`select ${"'; drop table x"} where a = ${1}`;
    expect(statement).toEqual({ text: 'select $1 where a = $2', values: ["'; drop table x", 1] });
  });

  test('a nested statement brings its own parameters in order', () => {
    const inner = sql`b = ${2} and c = ${3}`;
    const statement = sql`select ${1} where ${inner} and ${sql`d = ${4}`} or e = ${5}`;
    expect(statement.text).toBe('select $1 where b = $2 and c = $3 and d = $4 or e = $5');
    expect(statement.values).toEqual([1, 2, 3, 4, 5]);
  });

  test('a parameter used twice in a nested statement keeps its value', () => {
    const statement = sql`${sql`a = ${'x'} or b = ${'y'}`} and ${'z'} = c`;
    expect(statement.values).toEqual(['x', 'y', 'z']);
  });

  test('an input that looks like a statement stays a value', () => {
    const forged = { text: 'drop table app.tenants', values: [] };
    const statement = sql`insert into t values (${forged})`;
    expect(statement.text).toBe('insert into t values ($1)');
    expect(statement.values).toEqual([JSON.stringify(forged)]);
  });

  test('called with text of its own it refuses: only a template’s parts were written by us', () => {
    const parts = Object.assign(["select '", "'"], { raw: ["select '", "'"] });
    expect(() => sql(parts, 1)).toThrow('do not call it');
  });

  test('a written parameter is refused', () => {
    expect(() => sql`select $1`).toThrow('not as $1');
  });

  test('an object that cannot be JSON fails where it is written', () => {
    expect(() => sql`select ${{ amount: 1n }}`).toThrow(TypeError);
    expect(() => sql`select ${[{ amount: 1n }]}`).toThrow(TypeError);
  });

  test('dates, bytes, arrays and null are left to the driver', () => {
    const values = [new Date(0), Buffer.from('x'), new Uint8Array(2), ['a', null], null, undefined, true, 1n];
    expect(
      sql`select ${values[0]}, ${values[1]}, ${values[2]}, ${values[3]}, ${values[4]}, ${values[5]}, ${values[6]}, ${values[7]}`
        .values,
    ).toEqual(values);
  });
});
