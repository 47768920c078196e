/**
 * API keys that this instance has looked up. They are remembered under their versions: the gate admits a request only
 * when nothing newer is known there, and has them read again otherwise. What time does to a key is asked each time.
 */
import type { Pool } from 'pg';
import { settledVersion } from '../tenancy/entry.ts';
import { findApiKey, type KeyFacts, settledKeyVersion } from './api-key.ts';

const mostRemembered = 1_000;
/** An item of the gate may lose its version when nobody has used it for long; nothing is remembered that long. */
const rememberedMs = 60_000;

const known = new Map<string, { key: KeyFacts; untilMs: number }>();

/** The key with that hash as this instance read it last; undefined when it has to read. */
export function knownKey(hash: Buffer, now: Date): KeyFacts | undefined {
  const found = known.get(nameOf(hash));
  return found !== undefined && found.untilMs > now.getTime() ? found.key : undefined;
}

/** The key with that hash as it is now, whatever was remembered; undefined when there is none. */
export async function readKey(
  pool: Pool,
  hash: Buffer,
  { now, deadlineMs }: Moment,
): Promise<KeyFacts | undefined> {
  const name = nameOf(hash);
  known.delete(name);
  const key = await findApiKey(pool, hash, deadlineMs);
  // Nobody gets to fill the memory with keys that do not exist.
  if (key === undefined) return undefined;
  known.set(name, { key, untilMs: now.getTime() + rememberedMs });
  const oldest = known.size > mostRemembered ? known.keys().next().value : undefined;
  if (oldest !== undefined) known.delete(oldest);
  return key;
}

/** The same, once no change of the key or of its tenant is under way: after the gate has told of a newer version. */
export async function readSettledKey(
  pool: Pool,
  stale: KeyFacts,
  moment: Moment,
): Promise<KeyFacts | undefined> {
  await settledKeyVersion(pool, stale, moment.deadlineMs);
  await settledVersion(pool, stale.tenant.id, moment.deadlineMs);
  return readKey(pool, stale.hash, moment);
}

/** When a key is asked for, and until when an answer is waited for, in epoch milliseconds. */
type Moment = { now: Date; deadlineMs: number };

/** Forgets everything, as a new instance knows nothing; for tests. */
export function forgetKeys(): void {
  known.clear();
}

function nameOf(hash: Buffer): string {
  return hash.toString('base64');
}
