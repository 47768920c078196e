/**
 * Keys of objects in the tenants' bucket, each below its tenant's own prefix and made nowhere else (TEN-5). What is
 * given is checked, because a key is made of names: one with a way up or a tenant that is no id would lead elsewhere.
 */

declare const made: unique symbol;

/** A key that `tenantObject` made. */
export type ObjectKey = string & { readonly [made]: true };

/**
 * What kinds of objects tenants have, by the prefix that a module's functions may reach. Each has an end, on which
 * backups and the bucket's own rule rely (docs/decisions/restore.md).
 */
export type ObjectKind = 'exports' | 'backups';

/**
 * The key of a tenant's object: `tenants/<tenant>/<kind>/<name>/…`.
 * @param tenant a bare UUID
 * @param path letters, digits, dots, hyphens and underscores, beginning with a letter, a digit or an underscore
 * @throws TypeError for what would not be an object of this tenant and kind
 */
export function tenantObject(tenant: string, kind: ObjectKind, ...path: [string, ...string[]]): ObjectKey {
  if (!uuid.test(tenant)) throw new TypeError('an object belongs to a tenant');
  if (!path.every((name) => plainName.test(name))) throw new TypeError('an object has a plain name');
  return ['tenants', tenant, kind, ...path].join('/') as ObjectKey;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const plainName = /^\w[\w.-]*$/;
