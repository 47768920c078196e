/** The users of the pool. The e-mail address is the sign-in name; the username proper is the `sub`, a UUID. */
import { randomUUID } from 'node:crypto';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { AwsError } from '../contract.ts';

export type UserStatus = 'UNCONFIRMED' | 'CONFIRMED' | 'FORCE_CHANGE_PASSWORD' | 'RESET_REQUIRED';

export type User = {
  sub: string;
  email: string;
  emailVerified: boolean;
  /** Without `sub`, `email` and `email_verified`, which stand beside. */
  attributes: Record<string, string>;
  password: string | undefined;
  /** When a temporary password ends. */
  passwordExpires: number | undefined;
  status: UserStatus;
  enabled: boolean;
  totp: { secret: string | undefined; pending: string | undefined; enabled: boolean; step: number };
  created: number;
  modified: number;
};

export type Users = {
  /** By e-mail address or by sub. */
  find(username: string): User | undefined;
  add(
    user: Pick<User, 'email' | 'emailVerified' | 'attributes' | 'password' | 'passwordExpires' | 'status'> & {
      sub: string;
    },
  ): User;
  /** Changes some fields of the row as it stands now, whatever the caller read before an await. */
  change(sub: string, patch: Partial<User>): User;
  remove(sub: string): void;
  /** By creation, after the given sub. */
  list(limit: number, after: string | undefined, where: (user: User) => boolean): User[];
  count(): number;
};

export function normalizeEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** All attributes as Cognito shows them to triggers and callers. */
export function attributesOf(user: User): Record<string, string> {
  return {
    sub: user.sub,
    email: user.email,
    email_verified: String(user.emailVerified),
    ...user.attributes,
  };
}

export function users(store: DatabaseSync): Users {
  const find = store.prepare('SELECT * FROM users WHERE email = ? OR sub = ?');
  const insert = store.prepare(
    `INSERT INTO users (sub, email, email_verified, attributes, password, password_expires, status, enabled, created, modified)
     VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const update = store.prepare(
    `UPDATE users SET email = ?, email_verified = ?, attributes = ?, password = ?, password_expires = ?, status = ?,
       enabled = ?, totp_secret = ?, totp_pending = ?, totp_enabled = ?, totp_step = ?, modified = ? WHERE sub = ?`,
  );
  const all = store.prepare('SELECT * FROM users ORDER BY created, sub');

  return {
    find(username) {
      const row = find.get(normalizeEmail(username), username);
      return row === undefined ? undefined : fromRow(row);
    },
    add(user) {
      const now = Date.now();
      const { changes } = insert.run(
        user.sub,
        user.email,
        Number(user.emailVerified),
        JSON.stringify(user.attributes),
        user.password ?? null,
        user.passwordExpires ?? null,
        user.status,
        now,
        now,
      );
      if (changes === 0) throw userExists();
      return fromRow(find.get(user.email, user.sub) as Row);
    },
    change(sub, patch) {
      const row = find.get(sub, sub);
      if (row === undefined) throw userMissing();
      const user = { ...fromRow(row), ...patch };
      update.run(
        user.email,
        Number(user.emailVerified),
        JSON.stringify(user.attributes),
        user.password ?? null,
        user.passwordExpires ?? null,
        user.status,
        Number(user.enabled),
        user.totp.secret ?? null,
        user.totp.pending ?? null,
        Number(user.totp.enabled),
        user.totp.step,
        Date.now(),
        user.sub,
      );
      return user;
    },
    remove(sub) {
      for (const table of ['users', 'codes', 'challenges', 'user_groups'])
        store.prepare(`DELETE FROM ${table} WHERE sub = ?`).run(sub);
    },
    list(limit, after, where) {
      const matching = all.all().map(fromRow).filter(where);
      const start = after === undefined ? 0 : matching.findIndex((user) => user.sub === after) + 1;
      return matching.slice(start, start + limit);
    },
    count: () => Number(store.prepare('SELECT count(*) AS n FROM users').get()?.n),
  };
}

export function newSub(): string {
  return randomUUID();
}

export function userExists(): AwsError {
  return new AwsError('UsernameExistsException', 'User already exists');
}

export function userMissing(): AwsError {
  return new AwsError('UserNotFoundException', 'User does not exist.');
}

type Row = Record<string, SQLOutputValue>;

function fromRow(row: Row): User {
  const text = (column: string): string | undefined =>
    row[column] === null ? undefined : String(row[column]);
  return {
    sub: String(row.sub),
    email: String(row.email),
    emailVerified: row.email_verified === 1,
    attributes: JSON.parse(String(row.attributes)) as Record<string, string>,
    password: text('password'),
    passwordExpires: row.password_expires === null ? undefined : Number(row.password_expires),
    status: String(row.status) as UserStatus,
    enabled: row.enabled === 1,
    totp: {
      secret: text('totp_secret'),
      pending: text('totp_pending'),
      enabled: row.totp_enabled === 1,
      step: Number(row.totp_step),
    },
    created: Number(row.created),
    modified: Number(row.modified),
  };
}
