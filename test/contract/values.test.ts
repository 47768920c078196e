import { describe, expect, test } from '@jest/globals';
import { Failure, fail, problem, problemBody, problems, problemSchema } from '#shared/contract/errors.ts';
import { formatId, type IdKind, idPrefixes, idSchema, isId, newId, uuidOf } from '#shared/contract/ids.ts';
import { encodeCursor, pageQuery, timeCursor, toPage } from '#shared/contract/page.ts';

const kinds = Object.keys(idPrefixes) as IdKind[];

describe('[API-1] ids', () => {
  test.each(kinds)('of kind %s are UUIDv7 with a prefix, and survive a round trip', (kind) => {
    const id = newId(kind);
    expect(id).toMatch(new RegExp(`^${idPrefixes[kind]}_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]`));
    expect(formatId(kind, uuidOf(id))).toBe(id);
    expect(idSchema(kind).parse(id)).toBe(id);
  });

  test('made one after the other sort in that order', () => {
    const made = Array.from({ length: 2_000 }, () => newId('message'));
    expect([...made].sort()).toEqual(made);
    expect(new Set(made).size).toBe(made.length);
  });

  test('of one kind are not ids of another', () => {
    const user = newId('user');
    expect(isId('tenant', user)).toBe(false);
    expect(idSchema('tenant').safeParse(user).success).toBe(false);
    expect(isId('user', user)).toBe(true);
  });

  test('have prefixes that tell them apart', () => {
    expect(new Set(Object.values(idPrefixes)).size).toBe(kinds.length);
  });

  test.each([
    ['nothing', ''],
    ['a bare UUID', '0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11'],
    ['upper case', 'ten_0192F1C8-7D2E-7C3A-9B1F-3F0C5A4E2D11'],
    ['something behind it', 'ten_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11x'],
    ['a line behind it', 'ten_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11\n'],
    ['something before it', 'xten_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11'],
    ['SQL', "ten_' or true --"],
  ])('are refused with %s', (_what, text) => {
    expect(idSchema('tenant').safeParse(text).success).toBe(false);
    expect(isId('tenant', text)).toBe(false);
  });
});

describe('[API-1] pages', () => {
  const rows = ['a', 'b', 'c'];
  const keyOf = (row: string) => [row];

  test('have a cursor only when there is more', () => {
    const id = newId('user');
    const key = ['2026-11-21T10:00:00.123456Z', uuidOf(id)];
    const page = toPage(
      rows,
      2,
      () => key,
      (row) => row.toUpperCase(),
    );
    expect(page.items).toEqual(['A', 'B']);
    expect(timeCursor(page.nextCursor ?? '')).toEqual({ at: key[0], id: key[1] });
    expect(toPage(rows, 3, keyOf, (row) => row)).toEqual({ items: rows, nextCursor: null });
    expect(toPage([], 3, keyOf, (row) => row)).toEqual({ items: [], nextCursor: null });
  });

  test('start without a cursor', () => {
    expect(timeCursor(undefined)).toEqual({ at: null, id: null });
  });

  const uuid = uuidOf(newId('user'));
  test.each([
    ['nothing', ''],
    ['no base64', '%%%'],
    ['no JSON', Buffer.from('hello').toString('base64url')],
    ['an object', Buffer.from('{"at":"now"}').toString('base64url')],
    ['one part', encodeCursor(['2026-11-21T10:00:00Z'])],
    ['three parts', encodeCursor(['2026-11-21T10:00:00Z', uuid, 'x'])],
    ['another type', Buffer.from(`[1, "${uuid}"]`).toString('base64url')],
    ['a time that is none', encodeCursor(['2026-02-30T10:00:00Z', uuid])],
    ['a year that the database does not know', encodeCursor(['0000-01-01T00:00:00Z', uuid])],
    ['a zone that the database does not know', encodeCursor(['2026-11-21T10:00:00+23:00', uuid])],
    ['a word that the database would take', encodeCursor(['infinity', uuid])],
    ['an id that is none', encodeCursor(['2026-11-21T10:00:00Z', "' or true --"])],
  ])('are refused with a forged cursor: %s', (_what, cursor) => {
    const reading = () => timeCursor(cursor);
    expect(reading).toThrow(Failure);
    try {
      reading();
    } catch (error) {
      expect(error).toMatchObject({
        problem: { status: 400, code: 'request.invalid' },
        detail: { errors: [{ path: 'query.cursor', message: 'is not a cursor' }] },
      });
    }
  });

  test('have 20 rows unless told, and at most 100', () => {
    expect(pageQuery.parse({})).toEqual({ limit: 20 });
    expect(pageQuery.parse({ limit: '100' }).limit).toBe(100);
    for (const limit of ['0', '101', '-1', '1.5', 'many', '']) {
      expect(pageQuery.safeParse({ limit }).success).toBe(false);
    }
    expect(pageQuery.safeParse({ cursor: 'x'.repeat(501) }).success).toBe(false);
  });
});

describe('[API-1] problems', () => {
  const all = Object.values(problems);

  test('have stable codes of their own and a sentence for the caller', () => {
    expect(new Set(all.map(({ code }) => code)).size).toBe(all.length);
    for (const { code, status, title } of all) {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*(\.[a-z_]+)?$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(title).toMatch(/^[A-Z].*[.!]$/);
    }
  });

  test('become problem+json with the id of the request', () => {
    const failure = fail(problems.invalidInput, { errors: [{ path: 'body.name', message: 'is missing' }] });
    const body = problemBody(failure, 'req-1');
    expect(body).toEqual({
      type: 'urn:plinth:problem:request.invalid',
      code: 'request.invalid',
      title: 'The request is not valid.',
      status: 400,
      instance: 'req-1',
      errors: [{ path: 'body.name', message: 'is missing' }],
    });
    expect(problemSchema.parse(body)).toEqual(body);
  });

  test('keep causes and headers to themselves', () => {
    const cause = new Error('password=secret');
    const failure = fail(problem('x.y', 409, 'X.'), {
      cause,
      headers: { 'retry-after': '1' },
      detail: 'more',
    });
    expect(JSON.stringify(problemBody(failure, 'r'))).not.toMatch(/secret|retry-after/);
    expect(problemBody(failure, 'r').detail).toBe('more');
    expect(failure.cause).toBe(cause);
    expect(failure.message).toBe('x.y');
  });
});
