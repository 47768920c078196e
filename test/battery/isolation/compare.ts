/**
 * One statement, twice: in the database that a tenant shares with others, and in the one that holds its rows and
 * nothing else. Both as the real login, inside the entered tenant, and rolled back.
 */
import type { Client } from 'pg';
import { globallyUnique } from '#shared/db/lints/exceptions.ts';
import type { Founded } from '#test/shared/db/tenants.ts';
import { copy } from '#test/support/copy.ts';
import type { Shape } from './shapes.ts';
import type { Generated } from './writes.ts';

/** A tenant's two connections. */
export type Pair = { tenant: Founded; shared: Client; alone: Client };

/** What came of it: the same, something else for a reason that is known, or a leak. */
export type Verdict =
  | { outcome: 'same'; refused: string | undefined; rows: number }
  | { outcome: 'explained'; why: string }
  | { outcome: 'leak'; what: string };

/** Why a tenant that shares a database may be told something else than one that is alone. Each is less, never more. */
export const explanations = {
  globalKey: 'a key that the whole platform shares is taken elsewhere',
  person: 'a person who is not in the tenant exists',
} as const;

type Answer = {
  rows: string[];
  count: number;
  error: { code: string; constraint: string; said: string } | undefined;
  parts: ReadonlyMap<string, string>;
};

/** Fingerprints of all rows by table and owner, before anything is tried. */
export type Before = { shared: ReadonlyMap<string, string>; alone: ReadonlyMap<string, string> };

/** What both databases hold now. */
export async function lookBefore({ shared, alone }: Pair): Promise<Before> {
  return { shared: await fingerprint(shared), alone: await fingerprint(alone) };
}

/** Runs a statement in both and holds the answers and all rows against each other. */
export async function compare(
  pair: Pair,
  before: Before,
  shapes: readonly Shape[],
  generated: Generated,
): Promise<Verdict> {
  const [shared, alone] = await Promise.all([
    answerOf(pair.shared, pair.tenant, generated),
    answerOf(pair.alone, pair.tenant, generated),
  ]);
  const touched = generated.writes ? strangersTouched(before, shared, alone) : [];
  if (touched.length > 0) return { outcome: 'leak', what: `changed ${touched.join(', ')}` };
  const told = strangersTold(pair.tenant, shared, generated);
  if (told !== undefined) return { outcome: 'leak', what: told };
  const difference = differenceOf(shared, alone, before);
  if (difference === undefined) return { outcome: 'same', refused: shared.error?.code, rows: shared.count };
  const why = explanationOf(before, shared, alone, shapes, generated);
  return why === undefined ? { outcome: 'leak', what: difference } : { outcome: 'explained', why };
}

async function answerOf(
  client: Client,
  { tenantId, userId }: Founded,
  generated: Generated,
): Promise<Answer> {
  await client.query(`begin; select app.enter('${tenantId}', '${userId}', 'generated')`);
  try {
    const { rows, count } = await execute(client, generated);
    const parts = generated.writes ? await fingerprint(client) : new Map<string, string>();
    return { rows, count, error: undefined, parts };
  } catch (error) {
    return { rows: [], count: 0, error: errorOf(error), parts: new Map() };
  } finally {
    await client.query('rollback');
  }
}

async function execute(client: Client, generated: Generated): Promise<{ rows: string[]; count: number }> {
  if (generated.copy !== undefined) {
    const { lines, count } = await copy(client, generated.text, generated.copy.input);
    return { rows: lines.sort(), count };
  }
  const { rows, rowCount } = await client.query({ text: generated.text, rowMode: 'array' });
  return { rows: rows.map((row) => JSON.stringify(row)).sort(), count: rowCount ?? 0 };
}

async function fingerprint(client: Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ part: string; hash: string }>('select * from battery.fingerprint()');
  return new Map(rows.map(({ part, hash }) => [part, hash]));
}

function errorOf(error: unknown): NonNullable<Answer['error']> {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') throw error;
  const { detail, hint, where, constraint } = error as {
    detail?: string;
    hint?: string;
    where?: string;
    constraint?: string;
  };
  const said = [error.message, detail, hint, where].filter((part) => part !== undefined).join('\n');
  return { code: error.code, constraint: constraint ?? '', said };
}

/** What the tenant alone does not have, or has differently, must be as it was. */
function strangersTouched(before: Before, shared: Answer, alone: Answer): string[] {
  if (shared.error !== undefined) return [];
  const parts = new Set([...before.shared.keys(), ...shared.parts.keys()]);
  return [...parts].filter((part) => {
    const after = shared.parts.get(part);
    const isOurs = before.shared.get(part) === before.alone.get(part);
    // Our own rows are compared with what we would have alone; where that failed, no row may be anybody else's.
    if (isOurs && alone.error === undefined)
      return after !== alone.parts.get(part) && !before.alone.has(part);
    return after !== before.shared.get(part) && !isOurs;
  });
}

/** An error that names somebody else, whom the statement itself does not name. */
function strangersTold({ tenantId, userId }: Founded, { error }: Answer, { text, copy: copied }: Generated) {
  const known = `${text}\n${copied?.input.join('\n') ?? ''}`;
  const ids = error?.said.match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? [];
  const told = ids.filter((id) => id !== tenantId && id !== userId && !known.includes(id));
  return told.length === 0 ? undefined : `told of ${told.join(', ')}`;
}

function differenceOf(shared: Answer, alone: Answer, before: Before): string | undefined {
  if (shared.error?.code !== alone.error?.code || shared.error?.constraint !== alone.error?.constraint) {
    return `${said(shared)} instead of ${said(alone)}`;
  }
  if (shared.count !== alone.count) return `${shared.count} rows instead of ${alone.count}`;
  const more = shared.rows.find((row, index) => row !== alone.rows[index]);
  if (more !== undefined) return `answered ${more.slice(0, 200)}`;
  const other = [...alone.parts].find(
    ([part, hash]) => before.shared.get(part) === before.alone.get(part) && shared.parts.get(part) !== hash,
  );
  return other === undefined ? undefined : `${other[0]} became something else`;
}

function explanationOf(
  before: Before,
  shared: Answer,
  alone: Answer,
  shapes: readonly Shape[],
  { collides }: Generated,
): string | undefined {
  const refusal = shared.error;
  if (refusal?.code === '23505' && refusal.constraint in globallyUnique) return explanations.globalKey;
  // ON CONFLICT: nothing is done, or the row that may not be seen may not be changed either.
  const wroteNothing =
    refusal === undefined && [...shared.parts].every(([part, hash]) => before.shared.get(part) === hash);
  const isLess = alone.error !== undefined || shared.rows.length <= alone.rows.length;
  if (collides && (refusal?.code === '42501' || (wroteNothing && isLess))) return explanations.globalKey;
  const reference = shapes
    .flatMap(({ references }) => references)
    .find(({ name }) => alone.error?.code === '23503' && name === alone.error.constraint);
  return reference?.table === 'users' ? explanations.person : undefined;
}

function said({ error, count }: Answer): string {
  return error === undefined ? `${count} rows` : `${error.code} ${error.said.split('\n')[0]}`;
}
