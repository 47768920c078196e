/**
 * API keys that this instance has looked up. They are remembered under their versions: the gate admits a request only
 * when nothing newer is known there, and has them read again otherwise. What time does to a key is asked each time.
 */
import type { Pool } from 'pg';
import { settledVersion } from '../tenancy/entry.ts';
import { findApiKey, type KeyFacts, settledKeyVersion } from './api-key.ts';

const mostRemembered = 1_000;

const known = new Map<string, KeyFacts>();

/** The key with that hash, as it was when this instance last read it; undefined when there is none. */
export async function knownKey(pool: Pool, hash: Buffer, deadlineMs: number): Promise<KeyFacts | undefined> {
  return known.get(nameOf(hash)) ?? (await readKey(pool, hash, deadlineMs));
}

/** The key with that hash as it is now, whatever was remembered. */
export async function readKey(pool: Pool, hash: Buffer, deadlineMs: number): Promise<KeyFacts | undefined> {
  const name = nameOf(hash);
  known.delete(name);
  const key = await findApiKey(pool, hash, deadlineMs);
  // Nobody gets to fill the memory with keys that do not exist.
  if (key === undefined) return undefined;
  known.set(name, key);
  const oldest = known.size > mostRemembered ? known.keys().next().value : undefined;
  if (oldest !== undefined) known.delete(oldest);
  return key;
}

/** The same, once no change of the key or of its tenant is under way: after the gate has told of a newer version. */
export async function readSettledKey(
  pool: Pool,
  stale: KeyFacts,
  deadlineMs: number,
): Promise<KeyFacts | undefined> {
  await settledKeyVersion(pool, stale, deadlineMs);
  await settledVersion(pool, stale.tenant.id, deadlineMs);
  return readKey(pool, stale.hash, deadlineMs);
}

/** Forgets everything, as a new instance knows nothing; for tests. */
export function forgetKeys(): void {
  known.clear();
}

function nameOf(hash: Buffer): string {
  return hash.toString('base64');
}
