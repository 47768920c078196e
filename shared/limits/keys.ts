/**
 * The keys of the gate's table, all of them: whoever is counted there has one item, and nobody shares it. Keys
 * are made here and nowhere else, so that one place shows that no tenant's key can be another's (TEN-5).
 */
import { createHash } from 'node:crypto';
import { type ApiKeyId, type SessionId, type TenantId, type UserId, uuidOf } from '../contract/ids.ts';

declare const gateKey: unique symbol;

/** The partition key of one item of the gate's table. */
export type GateKey = string & { readonly [gateKey]: true };

/** A tag of its own for each kind of party; the id behind it has always the same length. */
export const gateKeys = {
  /** A person: rates and sessions. */
  user: (id: UserId) => `U#${uuidOf(id)}` as GateKey,
  /** An API key: rates and the version of its configuration. */
  apiKey: (id: ApiKeyId) => `K#${uuidOf(id)}` as GateKey,
  /** A tenant: rates, API calls and the version of its configuration. */
  tenant: (id: TenantId) => `T#${uuidOf(id)}` as GateKey,
  /** A tenant's usage of everything but API calls. */
  usage: (id: TenantId) => `Q#${uuidOf(id)}` as GateKey,
  /** A tenant's money for AI: what each budget has spent and reserved, and the holds of calls under way. */
  budget: (id: TenantId) => `B#${uuidOf(id)}` as GateKey,
  /** Somebody whom a tenant sends messages to, as a digest that nobody can make of an address without the secret. */
  recipient: (id: TenantId, recipient: string) => `R#${uuidOf(id)}#${digest(recipient)}` as GateKey,
  /** Somebody whom one-time codes are sent to, likewise; those are no tenant's. */
  codeRecipient: (recipient: string) => `C#${digest(recipient)}` as GateKey,
  /** A person's one-time codes. */
  codes: (id: UserId) => `O#${uuidOf(id)}` as GateKey,
  /** A session's current refresh token. */
  family: (id: SessionId) => `F#${uuidOf(id)}` as GateKey,
  /** Attempts to sign in under a name, which is never stored. */
  signIn: (username: string) => `L#${digest(username.toLowerCase())}` as GateKey,
  /** An address on the internet, which is never stored either. */
  address: (ip: string) => `I#${digest(ip)}` as GateKey,
  /** What holds for every tenant. */
  platform: () => 'P#platform' as GateKey,
  /** The latest failover to this region, as a document. */
  failover: () => 'X#failover' as GateKey,
  /** An item that is never there: whether the table answers is all that is asked. */
  health: () => 'H#health' as GateKey,
} as const;

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
