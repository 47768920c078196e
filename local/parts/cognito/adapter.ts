/**
 * Keeps what oidc-provider must remember (sessions, interactions, grants, codes, refresh tokens) in the pool's
 * store, so that it survives a restart. Codes and refresh tokens are looked up by hash: the file holds none.
 */
import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { errors } from 'oidc-provider';
import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

const BEARER = new Set(['RefreshToken', 'AuthorizationCode']);
/** The provider's opaque access tokens leave nobody's hands: the client gets a signed one in their place. */
const UNKEPT = new Set(['AccessToken']);

export function adapterFor(store: DatabaseSync): AdapterFactory {
  const put = store.prepare(
    `INSERT OR REPLACE INTO oidc (model, id, payload, consumed, grant_id, uid, account, expires)
     VALUES (?, ?, ?, NULL, ?, ?, ?, ?)`,
  );
  const byId = store.prepare('SELECT payload, consumed FROM oidc WHERE model = ? AND id = ? AND expires > ?');
  const byUid = store.prepare(
    'SELECT payload, consumed FROM oidc WHERE model = ? AND uid = ? AND expires > ?',
  );
  const consume = store.prepare(
    'UPDATE oidc SET consumed = ? WHERE model = ? AND id = ? AND consumed IS NULL',
  );
  const destroy = store.prepare('DELETE FROM oidc WHERE model = ? AND id = ?');

  return (model: string): Adapter => {
    const keyOf = (id: string): string =>
      BEARER.has(model) ? createHash('sha256').update(id).digest('base64url') : id;
    const read = (row: Record<string, unknown> | undefined, id?: string): AdapterPayload | undefined => {
      if (row === undefined) return undefined;
      const payload = JSON.parse(String(row.payload)) as AdapterPayload;
      if (id !== undefined) payload.jti = id;
      if (row.consumed !== null) payload.consumed = row.consumed;
      return payload;
    };

    return {
      async upsert(id, payload, expiresIn) {
        if (UNKEPT.has(model)) return;
        const { jti, ...rest } = payload;
        const kept = BEARER.has(model) ? rest : { jti, ...rest };
        const expires = Date.now() + (expiresIn ?? 3600) * 1000;
        const grantId = model === 'Grant' ? id : (payload.grantId ?? null);
        put.run(
          model,
          keyOf(id),
          JSON.stringify(kept),
          grantId,
          payload.uid ?? null,
          payload.accountId ?? null,
          expires,
        );
      },
      async find(id) {
        return read(byId.get(model, keyOf(id), Date.now()), id);
      },
      async findByUid(uid) {
        return read(byUid.get(model, uid, Date.now()));
      },
      async findByUserCode() {
        return undefined;
      },
      async consume(id) {
        // Two requests may both have read the token unused; only one of them may go on.
        const { changes } = consume.run(Math.floor(Date.now() / 1000), model, keyOf(id));
        if (changes === 0) throw new errors.InvalidGrant('already used');
      },
      async destroy(id) {
        destroy.run(model, keyOf(id));
      },
      async revokeByGrantId(grantId) {
        revokeGrant(store, grantId);
      },
    };
  };
}

/** Ends one sign-in with everything issued from it; its access tokens fail from then on. */
export function revokeGrant(store: DatabaseSync, grantId: string): void {
  store.prepare('DELETE FROM oidc WHERE grant_id = ?').run(grantId);
}

/** Ends every sign-in of a user. As on AWS, the browser's session at the login domain is another matter. */
export function revokeUser(store: DatabaseSync, sub: string, withSessions = false): void {
  const models = ['RefreshToken', 'AuthorizationCode', 'Grant', ...(withSessions ? ['Session'] : [])];
  for (const model of models)
    store.prepare('DELETE FROM oidc WHERE account = ? AND model = ?').run(sub, model);
}

export function grantStands(store: DatabaseSync, grantId: string): boolean {
  const row = store.prepare(`SELECT 1 FROM oidc WHERE model = 'Grant' AND id = ? AND expires > ?`);
  return row.get(grantId, Date.now()) !== undefined;
}
