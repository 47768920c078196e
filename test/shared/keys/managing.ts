/** Managing API keys in tests: the calls, and what is left behind. */
import { expect } from '@jest/globals';
import { uuidOf } from '#shared/contract/ids.ts';
import type { WireOf } from '#shared/contract/endpoint.ts';
import { keysOps } from '#shared/keys/keys.ops.ts';
import { keys as module } from '#shared/keys/module.ts';
import { type Actor, callAs, type Kernel, refusal } from '../../support/call-as.ts';

export const keys = { module, ops: keysOps };

type Wire<Name extends keyof typeof module.contract> = WireOf<(typeof module.contract)[Name]>;

export const create = (actor: Actor, wanted: Partial<Wire<'create'>> = {}) =>
  callAs(actor, keys, 'create', { name: 'Nightly import', role: 'viewer', ...wanted });

export const rotate = (
  actor: Actor,
  keyId: string,
  more: Partial<Wire<'rotate'>> = {},
  hold?: () => Promise<void>,
) => callAs(actor, keys, 'rotate', { keyId, ...more }, hold);

export const revoke = (actor: Actor, keyId: string) => callAs(actor, keys, 'revoke', { keyId });

export const get = (actor: Actor, keyId: string) => callAs(actor, keys, 'get', { keyId });

export const verify = (actor: Actor, key: string, more: Partial<Wire<'verify'>> = {}) =>
  callAs(actor, keys, 'verify', { key, ...more });

/** The text of a key that was just made. */
export function textOf({ key }: { key: string | null }): string {
  if (key === null) throw new Error('the key was not shown');
  return key;
}

/** What verification says of a text that is no key of the tenant. */
export const nothing = {
  ...{ valid: false, code: 'NOT_FOUND', keyId: null, environment: null, role: null },
  ...{ permissions: [], expiresAt: null },
};

/** The tenant's security events. */
export async function securityEvents({ database }: Kernel, { tenant }: Actor): Promise<unknown[]> {
  if (tenant === undefined) throw new Error('nobody’s events');
  const { rows } = await database.admin.query<{ type: string; subject: string }>(
    'select type, subject from app.security_events where tenant_id = $1',
    [uuidOf(tenant)],
  );
  return rows;
}

/** What a call rejects with whose input is wrong in that place. */
export function mistake(path: string, message = ''): object {
  const text: unknown = expect.stringContaining(message);
  return { ...refusal('request.invalid'), detail: { errors: [{ path, message: text }] } };
}
