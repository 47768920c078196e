/**
 * What a lint of the live catalogue is: one small statement that returns the objects which break a rule. A
 * schema is judged as it stands in the database, not as its migrations read.
 */

/** A rule; its statement returns a column `object` for whatever breaks it. */
export type Rule = {
  /** Lower-case words with hyphens. */
  name: string;
  /** What goes wrong when the rule is broken. */
  why: string;
  /** What to write instead. */
  fix: string;
  sql: string;
};

/** The roles that functions sign in as; see roles.sql. */
export const loginRoles = ['app_tenant', 'app_platform', 'app_system', 'app_backup', 'app_restore'] as const;

/** Names as a list of SQL literals, for `in (…)`. */
export function inList(names: readonly string[] | Readonly<Record<string, string>>): string {
  const all: readonly string[] = names instanceof Array ? names : Object.keys(names);
  return all.map((name) => `'${name.replaceAll("'", "''")}'`).join(', ');
}
