/** What the rules let pass, each with its reason. A name that no longer exists fails a test. */

/** Tables whose rows belong to no single tenant. */
export const tablesWithoutTenant = {
  tenants: 'a row is the tenant; its policy compares id instead',
  users: 'a person may belong to several tenants; shown to fellow members only',
  user_idempotency_keys: 'calls made outside any tenant; a row belongs to its user',
} as const;

/** Tables whose tenant_id may be null. */
export const tablesWithOptionalTenant = {
  outbox: 'facts about a user outside any tenant are published as well; logins of tenants only insert',
} as const;

/** Unique indexes without tenant_id: a collision tells that a value exists in some tenant. */
export const globallyUnique = {
  tenants_pkey: 'the tenant itself',
  tenants_slug_key: 'a slug is an address that the whole platform shares',
  tenants_domain_key: 'a domain belongs to one tenant in the world',
  users_pkey: 'a person, not a tenant’s row',
  user_idempotency_keys_pkey: 'led by the user, outside any tenant',
  outbox_pkey: 'a random id that the kernel makes; nobody chooses it',
} as const;

/** Tables that are written and read, never changed: nobody may update or delete their rows. */
export const appendOnly = {
  audit_events: 'the audit trail is append-only (AUD-1)',
} as const;
