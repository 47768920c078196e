/**
 * The archive of the chains (AUD-4): objects that nobody can change or remove for seven years, whoever administers the
 * database. For each tenant there are segments of links, `audit/<tenant>/<first>-<last>.jsonl.gz`, and `head.json`,
 * which says how far they go. They tell that something was done and when, and its digests; never by whom or to whom.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Pool } from 'pg';
import { settings } from '../../config/environment.ts';
import type { Statement } from '../../contract/context.ts';
import { sql } from '../../db/sql.ts';
import { transact } from '../../db/transaction.ts';
import { readObject, writeObject } from './objects.ts';

/** The end of what is archived of a tenant's chain. */
export type ArchivedHead = { version: 1; tenant: string; sequence: number; hash: string; segment: string };

/** Where the end of what is archived of a tenant stands; a bare UUID. */
export function headKeyOf(tenantId: string): string {
  return `audit/${tenantId}/head.json`;
}

/** Where these links of a tenant stand: with twelve digits, so that keys sort as links do. */
export function segmentKeyOf(tenantId: string, first: number, last: number): string {
  const place = (sequence: number) => String(sequence).padStart(12, '0');
  return `audit/${tenantId}/${place(first)}-${place(last)}.jsonl.gz`;
}

/** A segment is written once a day, or as soon as it is as large as it becomes. */
const segmentLinks = 10_000;
const everyHours = 24;
const tenantsAtOnce = 100;

/** How many links were archived, tenants whose chain does not go on from what was archived, and what went wrong. */
export type Archived = { links: number; segments: number; refused: string[]; failures: unknown[] };

/**
 * Archives what is due, longest unarchived first, until the time is over.
 * @param systemPool connects as `app_system`
 */
export async function archiveTrails(systemPool: Pool, untilMs: number): Promise<Archived> {
  const archived: Archived = { links: 0, segments: 0, refused: [], failures: [] };
  for (const due of await dueTenants(systemPool)) {
    for (let full = true; full && Date.now() < untilMs;) {
      full = (await archiveOne(systemPool, due, archived)) === segmentLinks;
    }
  }
  return archived;
}

/** One tenant's trouble is nobody else's. */
async function archiveOne(systemPool: Pool, due: DueTenant, archived: Archived): Promise<number> {
  try {
    const links = await archiveSegment(systemPool, due);
    if (links === undefined) archived.refused.push(due.tenant_id);
    archived.links += links ?? 0;
    archived.segments += links === undefined || links === 0 ? 0 : 1;
    return links ?? 0;
  } catch (error) {
    archived.failures.push(error);
    return 0;
  }
}

/**
 * Whether a tenant's chain is the one that was archived: the hash of a link commits to all before it.
 * @param archivedSequence what the database says of the archive
 * @returns the sequence of the archived head where the chain differs; null where it is the same or nothing is archived
 */
export async function rewrittenAt(
  systemPool: Pool,
  tenantId: string,
  archivedSequence: number,
): Promise<number | null> {
  const head = await archivedHead(tenantId, archivedSequence);
  if (head === undefined || (await hashAt(systemPool, tenantId, head.sequence)) === head.hash) return null;
  return head.sequence;
}

/** How far the database says that a chain is archived: in this bucket, and not in one of another region. */
export function archivedSequence(): Statement {
  return sql`case when archived_in = ${settings.auditArchiveBucket()} then archived_sequence else 0 end`;
}

/** What the archive says of itself; of the database it is only asked whether there must be one. */
async function archivedHead(tenantId: string, archivedSequence: number): Promise<ArchivedHead | undefined> {
  const body = await readObject(headKeyOf(tenantId), archivedSequence > 0 ? 'kept' : 'perhaps');
  return body === undefined ? undefined : (JSON.parse(body.toString('utf8')) as ArchivedHead);
}

const zip = promisify(gzip);

type DueTenant = { tenant_id: string; archived_sequence: string };

function dueTenants(systemPool: Pool): Promise<DueTenant[]> {
  return transact(systemPool, outside, (tx) =>
    tx.query<DueTenant>(sql`
      select tenant_id, ${archivedSequence()} as archived_sequence from app.audit_heads
      where sequence > ${archivedSequence()}
        and (archived_at is null or archived_in is distinct from ${settings.auditArchiveBucket()} or archived_at < now() - make_interval(hours => ${everyHours}::integer)
          or sequence - ${archivedSequence()} >= ${segmentLinks}::bigint)
      order by archived_at nulls first, tenant_id limit ${tenantsAtOnce}`),
  );
}

const outside = { tenantId: null, userId: null, requestId: 'audit' };

/**
 * The next segment, then the head, then the note in the database: whoever is stopped in between is followed by somebody
 * who writes the same again. A chain that was rewritten is not archived on top of the one that was.
 */
async function archiveSegment(systemPool: Pool, due: DueTenant): Promise<number | undefined> {
  const { tenant_id: tenantId } = due;
  const head = await archivedHead(tenantId, Number(due.archived_sequence));
  const [sequence, hash] = [head?.sequence ?? 0, head?.hash];
  if (hash !== undefined && (await hashAt(systemPool, tenantId, sequence)) !== hash) return undefined;
  const links = await linksAfter(systemPool, tenantId, sequence);
  const [first, last] = [links[0], links.at(-1)];
  if (first === undefined || last === undefined) {
    await note(systemPool, tenantId, sequence);
    return 0;
  }
  const segment = segmentKeyOf(tenantId, Number(first.sequence), Number(last.sequence));
  const opening = { version: 1, tenant: tenantId, after: sequence, hashBefore: hash ?? null };
  const lines = [opening, ...links].map((line) => `${JSON.stringify(line)}\n`);
  await writeObject(segment, await zip(lines.join('')), 'application/gzip');
  const next: ArchivedHead = {
    ...{ version: 1, tenant: tenantId, sequence: Number(last.sequence), hash: last.hash, segment },
  };
  await writeObject(headKeyOf(tenantId), Buffer.from(JSON.stringify(next)), 'application/json');
  await note(systemPool, tenantId, next.sequence);
  return links.length;
}

type Link = { sequence: string; hash: string } & Record<string, unknown>;

function linksAfter(systemPool: Pool, tenantId: string, sequence: number): Promise<Link[]> {
  return transact(systemPool, { ...outside, tenantId }, (tx) =>
    tx.query<Link>(sql`select * from app.audit_links_after(${sequence}::bigint, ${segmentLinks}::integer)`),
  );
}

async function hashAt(systemPool: Pool, tenantId: string, sequence: number): Promise<string | null> {
  const { hash } = await transact(systemPool, { ...outside, tenantId }, (tx) =>
    tx.one<{ hash: string | null }>(sql`select app.audit_hash_at(${sequence}::bigint) as hash`),
  );
  return hash;
}

async function note(systemPool: Pool, tenantId: string, sequence: number): Promise<void> {
  await transact(systemPool, { ...outside, tenantId }, (tx) =>
    tx.query(sql`
      update app.audit_heads
      set archived_in = ${settings.auditArchiveBucket()}, archived_sequence = ${sequence}::bigint, archived_at = now()
      where tenant_id = app.tenant_id()`),
  );
}
