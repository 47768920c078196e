/** What the rules let pass, each with its reason. A name that no longer exists fails a test. */

/** Tables whose rows belong to no single tenant. */
export const tablesWithoutTenant = {
  tenants: 'a row is the tenant; its policy compares id instead',
  users: 'a person may belong to several tenants; shown to fellow members only',
  user_idempotency_keys: 'calls made outside any tenant; a row belongs to its user',
  platform_settings: 'one row, which holds for every tenant',
  platform_audit_events: 'what the platform’s staff did to all tenants; no tenant’s login sees it',
  pulses: 'weeks whose figures of all tenants were mailed; no tenant’s login sees it',
  failovers: 'what was done for every tenant of a region; no tenant’s login sees it',
  devices: 'a person’s own, whatever tenants they belong to; a row belongs to its user',
  sessions: 'a person signs in once for all of their tenants; a row belongs to its user',
  verified_addresses: 'a person’s own, whatever tenants they belong to; a row belongs to its user',
} as const;

/** Tables whose tenant_id may be null. */
export const tablesWithOptionalTenant = {
  outbox: 'facts about a user outside any tenant are published as well; logins of tenants only insert',
  security_events: 'what happens outside any tenant is for the platform; tenants see their own rows only',
  dead_letters: 'a message may be of no tenant, or of one that is gone; tenants see their own rows only',
} as const;

/** Unique indexes without tenant_id: a collision tells that a value exists in some tenant. */
export const globallyUnique = {
  tenants_pkey: 'the tenant itself',
  tenants_slug_key: 'a slug is an address that the whole platform shares',
  tenants_domain_key: 'a domain that was proven belongs to one tenant in the world; public knowledge',
  users_pkey: 'a person, not a tenant’s row',
  user_idempotency_keys_pkey: 'led by the user, outside any tenant',
  devices_pkey: 'led by the user, outside any tenant',
  sessions_pkey: 'led by the user, outside any tenant',
  verified_addresses_pkey: 'led by the user, outside any tenant',
  outbox_pkey: 'a random id that the kernel makes; nobody chooses it',
  dead_letters_pkey: 'a random id that the queue makes; nobody chooses it',
  platform_settings_pkey: 'one row, which holds for every tenant',
  platform_audit_events_pkey: 'a random id that the kernel makes; nobody chooses it',
  pulses_pkey: 'a week of the calendar; the platform’s own',
  failovers_pkey: 'a random id that the kernel makes; nobody chooses it',
  api_keys_hash: 'the hash of 214 random bits; nobody meets another one’s',
  security_events_pkey: 'made from who, what and when, tenant included; nobody chooses it',
} as const;

/** Tables that are written and read, never changed: nobody may update or delete their rows. */
export const appendOnly = {
  audit_events: 'the audit trail is append-only (AUD-1)',
  audit_links: 'so is the chain over it (AUD-1)',
  security_events: 'so are security events (AUD-3)',
  platform_audit_events: 'so is the platform’s own trail (AUD-1)',
  ai_calls: 'the ledger of AI: the first row of a call decides what it cost (AI-2)',
} as const;

/** Tables whose rows no backup of a tenant holds. */
export const tablesOutsideBackups = {
  restore_rows: 'rows of a backup themselves, staged while it is restored',
  tenant_metrics: 'how the service did for a week, counted from its logs; nothing that the tenant has',
  dead_letters: 'work that is not done yet; done or given up, it must not come again with a restore',
} as const;

/** Tables of the platform alone: no policy lets a tenant's login see any of their rows. */
export const tablesOfPlatform = {
  platform_settings: 'what holds for every tenant; read through app.platform_state',
  platform_audit_events: 'the platform’s own trail',
  pulses: 'what the operators were told',
  failovers: 'what was done for every tenant; each has a row in its own trail',
} as const;
