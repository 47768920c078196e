/** Rows of the kind that is a login's business. */
import type { Client } from 'pg';
import { place } from '#test/isolation/attempts.ts';
import { factoryOf, type Row } from '#test/isolation/rows.ts';
import { type Cast, type Fixture, fixtureOf } from './cast.ts';
import type { Grant, Role } from './grants.ts';

/** What a login's policy asks of a row beyond whose it is; the row factory makes what most rows are. */
const asked: Partial<Record<`${Role} ${string}`, (cast: Cast) => Row>> = {
  // Each writes in its own name.
  'app_platform audit_events': () => ({ plane: 'platform' }),
  'app_backup audit_events': () => ({ plane: 'system' }),
  'app_restore audit_events': () => ({ plane: 'system' }),
  'app_platform drills': ({ mine }) => ({ status: 'queued', requested_by: mine.userId }),
  // A dead letter that is sent again is a job.
  'app_definer outbox': () => ({ kind: 'job' }),
  // What may be kept still is nobody's but the tenant's.
  'app_system ai_transcripts': () => ({ kept_until: new Date(0) }),
};

/** A row of that kind, there already and to be added. */
export async function rowFor(
  admin: Client,
  cast: Cast,
  { role, table: name }: Pick<Grant, 'role' | 'table'>,
): Promise<Fixture> {
  const fixture = fixtureOf(cast, name);
  const more = asked[`${role} ${name}`]?.(cast);
  if (more === undefined) return fixture;
  const { table } = fixture;
  const make = async (): Promise<Row> => ({ ...(await factoryOf(name)(cast.mine, admin)), ...more });
  return { table, placed: await place(admin, table, await make()), fresh: await make() };
}
