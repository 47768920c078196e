/**
 * What this instance has read of callers in tenants. It is remembered under the tenant's version: the gate admits a
 * request only when nothing newer was published, and has it read again otherwise. Whoever did not name a tenant is
 * looked up each time, because what they mean by that may change without any tenant's version.
 */
import type { Pool } from 'pg';
import type { TenantId, UserId } from '../contract/ids.ts';
import { type Entry, findEntry, settledVersion } from './entry.ts';

/** A person and the tenant that they name. */
export type Entering = { user: UserId; tenant: TenantId };

const mostRemembered = 5_000;
/** An item of the gate may lose its version when nobody has used it for long; nothing is remembered that long. */
const rememberedMs = 60_000;

const known = new Map<string, { entry: Entry; untilMs: number }>();

/** The caller in the tenant as this instance read them last; undefined when it has to read. */
export function knownEntry(entering: Entering, now: Date): Entry | undefined {
  const found = known.get(nameOf(entering));
  return found !== undefined && found.untilMs > now.getTime() ? found.entry : undefined;
}

/** Remembers what was just read. Only what lets somebody in: a refusal is read anew each time. */
export function rememberEntry(user: UserId, entry: Entry, now: Date): void {
  const name = nameOf({ user, tenant: entry.id });
  known.delete(name);
  if (entry.status !== 'active') return;
  known.set(name, { entry, untilMs: now.getTime() + rememberedMs });
  const oldest = known.size > mostRemembered ? known.keys().next().value : undefined;
  if (oldest !== undefined) known.delete(oldest);
}

/** The caller in the tenant once no change of the tenant is under way: after the gate told of a newer version. */
export async function readSettledEntry(
  pool: Pool,
  entering: Entering,
  deadlineMs: number,
): Promise<Entry | undefined> {
  known.delete(nameOf(entering));
  await settledVersion(pool, entering.tenant, deadlineMs);
  return findEntry(pool, { user: entering.user, deadlineMs }, entering.tenant);
}

/** Forgets everything, as a new instance knows nothing; for tests. */
export function forgetEntries(): void {
  known.clear();
}

function nameOf({ user, tenant }: Entering): string {
  return `${user} ${tenant}`;
}
