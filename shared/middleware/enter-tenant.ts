/**
 * Which tenant a request enters (TEN-4): `x-tenant-id`, or else the proven domain that it came in by, or else the
 * caller's default, selects among the caller's own memberships and nothing else.
 */
import { isId, type TenantId } from '../contract/ids.ts';
import { pool } from '../db/pool.ts';
import { type Entry, findEntry } from '../tenancy/entry.ts';
import { knownEntry, readSettledEntry, rememberEntry } from '../tenancy/known-entries.ts';
import type { KeyFacts } from '../identity/api-key.ts';
import { type ApiEvent, deadlineOf, type Exchange, header, personOf } from './exchange.ts';
import { hostOf } from './mapped-domain.ts';

/** What `x-tenant-id` says; `unknown` for what cannot be a tenant's id. */
export function namedTenant(event: ApiEvent): TenantId | 'unknown' | undefined {
  const named = header(event, 'x-tenant-id');
  return named === undefined || isId('tenant', named) ? named : 'unknown';
}

/** The tenant that a call means; support is let into one, which may be named and no other. */
function wantedTenant(event: ApiEvent, { impersonation }: Exchange): TenantId | 'unknown' | undefined {
  const named = namedTenant(event);
  if (impersonation === undefined) return named;
  return named === undefined || named === impersonation.tenant ? impersonation.tenant : 'unknown';
}

/** The caller in the tenant as this instance remembers them; undefined when it has to look. */
export function enteredFromMemory(event: ApiEvent, exchange: Exchange): Entry | undefined {
  const { apiKey, startedAt } = exchange;
  const tenant = wantedTenant(event, exchange);
  if (apiKey !== undefined) return ofKey(apiKey, tenant);
  if (tenant === undefined || tenant === 'unknown') return undefined;
  return knownEntry({ user: personOf(exchange), tenant }, startedAt);
}

/** The caller in the tenant as Postgres has them now; undefined when they belong to no such tenant. */
export async function enteredAnew(event: ApiEvent, exchange: Exchange): Promise<Entry | undefined> {
  const { apiKey, startedAt } = exchange;
  const tenant = wantedTenant(event, exchange);
  if (apiKey !== undefined) return ofKey(apiKey, tenant);
  if (tenant === 'unknown') return undefined;
  const user = personOf(exchange);
  const entry = await findEntry(pool(), { user, deadlineMs: deadlineOf(exchange) }, tenant, hostOf(event));
  if (entry !== undefined) rememberEntry(user, entry, startedAt);
  return entry;
}

/** The same, with no change of the tenant under way. */
export async function enteredAgain(exchange: Exchange, { id }: Entry): Promise<Entry | undefined> {
  const user = personOf(exchange);
  const entry = await readSettledEntry(pool(), { user, tenant: id }, deadlineOf(exchange));
  if (entry !== undefined) rememberEntry(user, entry, exchange.startedAt);
  return entry;
}

/** A key belongs to one tenant: it may be named, and no other. */
export function ofKey(
  { tenant, role }: KeyFacts,
  named: TenantId | 'unknown' | undefined,
): Entry | undefined {
  return named === undefined || named === tenant.id ? { ...tenant, role } : undefined;
}
