/** The pool's sqlite schema, and the sweep that removes what has expired. */
import type { DatabaseSync } from 'node:sqlite';
import { openStore } from '#local/state.ts';

/** Times are milliseconds since 1970, in every table. */
const SCHEMA = `
CREATE TABLE IF NOT EXISTS users (
  sub TEXT PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  email_verified INTEGER NOT NULL,
  attributes TEXT NOT NULL,
  password TEXT,
  password_expires INTEGER,
  status TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  totp_secret TEXT,
  totp_pending TEXT,
  totp_enabled INTEGER NOT NULL DEFAULT 0,
  totp_step INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL,
  modified INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS codes (
  sub TEXT NOT NULL, kind TEXT NOT NULL, hash TEXT NOT NULL, tries INTEGER NOT NULL, expires INTEGER NOT NULL,
  PRIMARY KEY (sub, kind)
) STRICT;
CREATE TABLE IF NOT EXISTS sends (subject TEXT NOT NULL, at INTEGER NOT NULL, expires INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS sends_subject ON sends (subject, at);
CREATE TABLE IF NOT EXISTS attempts (
  subject TEXT PRIMARY KEY, failures INTEGER NOT NULL, locked_until INTEGER NOT NULL, expires INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS challenges (
  id TEXT PRIMARY KEY, sub TEXT NOT NULL, client TEXT NOT NULL, name TEXT NOT NULL, source TEXT NOT NULL,
  tries INTEGER NOT NULL, expires INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS flows (
  uid TEXT PRIMARY KEY, email TEXT, session TEXT, notice TEXT, expires INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS oidc (
  model TEXT NOT NULL, id TEXT NOT NULL, payload TEXT NOT NULL, consumed INTEGER,
  grant_id TEXT, uid TEXT, account TEXT, expires INTEGER,
  PRIMARY KEY (model, id)
) STRICT;
CREATE TABLE IF NOT EXISTS user_groups (
  sub TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (sub, name)
) STRICT;
CREATE INDEX IF NOT EXISTS oidc_grant ON oidc (grant_id);
CREATE INDEX IF NOT EXISTS oidc_uid ON oidc (uid);
CREATE INDEX IF NOT EXISTS oidc_account ON oidc (account);
`;

const SWEPT = ['codes', 'sends', 'attempts', 'challenges', 'flows', 'oidc'];

export function openPoolStore(state: string): DatabaseSync {
  return openStore(state, 'cognito', SCHEMA);
}

/** Removes every expired row. */
export function sweep(store: DatabaseSync, now = Date.now()): void {
  for (const table of SWEPT) store.prepare(`DELETE FROM ${table} WHERE expires <= ?`).run(now);
}
