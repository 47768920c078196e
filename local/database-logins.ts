/**
 * On AWS functions sign in to the database with IAM tokens. Here every login gets a random password at each
 * start instead, known to the functions that connect as that login and to nobody else.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { FunctionDefinition } from './template/readers.ts';

/** Password by login. */
export type Passwords = ReadonlyMap<string, string>;

/** A password for every login that a function names. */
export function newPasswords(definitions: readonly FunctionDefinition[]): Passwords {
  const logins = definitions.flatMap((definition) => definition.environment.DATABASE_USER ?? []);
  return new Map([...new Set(logins)].map((login) => [login, randomBytes(24).toString('base64url')]));
}

/** Sets the passwords; the logins must exist, so the migration comes first. */
export async function giveLoginsPasswords(adminUrl: string, passwords: Passwords): Promise<void> {
  const administrator = new pg.Client({ connectionString: adminUrl });
  await administrator.connect();
  try {
    for (const [login, password] of passwords) {
      const name = administrator.escapeIdentifier(login);
      await administrator.query(`alter role ${name} password ${administrator.escapeLiteral(password)}`);
    }
  } finally {
    await administrator.end();
  }
}
