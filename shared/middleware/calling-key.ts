/**
 * The API key that calls (IDN-8). Whatever is wrong with a key, the caller reads the same refusal; the tenant whose
 * key it is finds out what was wrong among its security events, once an hour.
 */
import { fail, type Failure, problems } from '../contract/errors.ts';
import { pool } from '../db/pool.ts';
import { judgeKey, type KeyFacts, type KeyVerdict } from '../identity/api-key.ts';
import { knownKey, readKey, readSettledKey } from '../identity/known-keys.ts';
import { readKeySecret } from '../tenancy/key-secret.ts';
import { type Exchange, momentOf } from './exchange.ts';
import { recordSecurityEvent } from './security-event.ts';

/**
 * The key of a credential that claims to be one, as this instance knows it; the gate says later whether it still is
 * so.
 * @throws Failure `auth.unauthenticated` off the tenant plane, where no key is a credential
 * @throws Failure `auth.key_refused` when it does not hold
 */
export async function callingKey(exchange: Exchange, credential: string): Promise<KeyFacts> {
  if (exchange.called.endpoint.plane !== 'tenant') {
    throw fail(problems.unauthenticated, { headers: { 'www-authenticate': 'Bearer' } });
  }
  const hash = readKeySecret(credential);
  if (hash === undefined) throw refused();
  const known = knownKey(hash, exchange.startedAt);
  // One that does not hold is read again: its addresses may have changed.
  if (known !== undefined && verdictOf(known, exchange) === 'VALID') return known;
  return holding(await readKey(pool(), hash, momentOf(exchange)), exchange);
}

/**
 * The key as it is now, whatever this instance remembered.
 * @throws Failure `auth.key_refused` when it does not hold any more
 */
export async function rereadKey(exchange: Exchange, { hash }: KeyFacts): Promise<KeyFacts> {
  return holding(await readKey(pool(), hash, momentOf(exchange)), exchange);
}

/**
 * The key read anew, with no change of it or of its tenant under way.
 * @throws Failure `auth.key_refused` when it does not hold any more
 */
export async function renewedKey(exchange: Exchange, stale: KeyFacts): Promise<KeyFacts> {
  return holding(await readSettledKey(pool(), stale, momentOf(exchange)), exchange);
}

async function holding(key: KeyFacts | undefined, exchange: Exchange): Promise<KeyFacts> {
  if (key === undefined) throw refused();
  const verdict = verdictOf(key, exchange);
  if (verdict === 'VALID') return key;
  await tellTenant(key, verdict, exchange);
  throw refused();
}

function verdictOf(key: KeyFacts, { startedAt, source }: Exchange): KeyVerdict {
  return judgeKey(key, { now: startedAt, address: source.ip });
}

function refused(): Failure {
  return fail(problems.keyRefused, { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } });
}

const hourMs = 3_600_000;
const mostRemembered = 1_000;

/** What this instance has told of already: insisting on a dead key costs no transaction each time. */
const told = new Set<string>();

async function tellTenant(key: KeyFacts, verdict: KeyVerdict, exchange: Exchange): Promise<void> {
  const occurrence = `${verdict} ${Math.floor(exchange.startedAt.getTime() / hourMs)}`;
  const name = `${key.id} ${occurrence}`;
  if (told.has(name)) return;
  if (told.size >= mostRemembered) told.clear();
  told.add(name);
  const event = { type: 'api_key_refused', subject: key.id, detail: { verdict }, occurrence } as const;
  await recordSecurityEvent(exchange, event, key.tenant.id);
}
