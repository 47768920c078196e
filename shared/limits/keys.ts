/**
 * The keys of the gate's table, all of them: whoever is counted there has one item, and nobody shares it. Keys
 * are made here and nowhere else, so that one place shows that no tenant's key can be another's (TEN-5).
 */
import { type TenantId, type UserId, uuidOf } from '../contract/ids.ts';

declare const gateKey: unique symbol;

/** The partition key of one item of the gate's table. */
export type GateKey = string & { readonly [gateKey]: true };

/** A tag of its own for each kind of party; the id behind it has always the same length. */
export const gateKeys = {
  user: (id: UserId) => `U#${uuidOf(id)}` as GateKey,
  tenant: (id: TenantId) => `T#${uuidOf(id)}` as GateKey,
} as const;
