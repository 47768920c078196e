/** The rows of the local Secrets Manager. */
import type { DatabaseSync } from 'node:sqlite';

export type SecretRow = { name: string; arn: string; description: string; createdMs: number };
export type VersionRow = {
  id: string;
  stages: string[];
  text: string | null;
  binary: string | null;
  createdMs: number;
};

export const SECRET_SCHEMA = `
  create table if not exists secrets (
    arn text primary key, name text not null unique, description text not null, created_ms integer not null
  ) strict;
  create table if not exists versions (
    arn text not null references secrets (arn) on update cascade,
    id text not null, stage text, text text, binary text, created_ms integer not null,
    primary key (arn, id)
  ) strict;
`;

export function secretRows(store: DatabaseSync) {
  const byName = store.prepare('select * from secrets where name = ? or arn = ? or arn glob ?');
  return {
    /** By name, by ARN, or by the ARN without the six characters that AWS appends. */
    find: (idOrName: string): SecretRow | undefined => {
      const partial = idOrName.startsWith('arn:') ? `${idOrName.replace(/[*?[\]]/g, '')}-??????` : '';
      const row = byName.get(idOrName, idOrName, partial);
      return row === undefined ? undefined : toSecret(row);
    },
    all: (): SecretRow[] => store.prepare('select * from secrets order by name').all().map(toSecret),
    create: (secret: SecretRow): void => {
      store
        .prepare('insert into secrets (arn, name, description, created_ms) values (?, ?, ?, ?)')
        .run(secret.arn, secret.name, secret.description, secret.createdMs);
    },
    rename: (from: string, to: string): void => {
      store.prepare('update secrets set arn = ? where arn = ?').run(to, from);
    },
    /** Newest first. */
    versions: (arn: string): VersionRow[] =>
      store
        .prepare('select * from versions where arn = ? order by created_ms desc, rowid desc')
        .all(arn)
        .map((row) => ({
          id: String(row.id),
          stages: row.stage === null ? [] : [String(row.stage)],
          text: row.text === null ? null : String(row.text),
          binary: row.binary === null ? null : String(row.binary),
          createdMs: Number(row.created_ms),
        })),
    /** Makes this version the current one; the current one becomes the previous one, the previous one loses its stage. */
    putCurrent: (arn: string, version: Omit<VersionRow, 'stages'>): void => {
      store.exec('begin immediate');
      try {
        store.prepare("update versions set stage = null where arn = ? and stage = 'AWSPREVIOUS'").run(arn);
        store
          .prepare("update versions set stage = 'AWSPREVIOUS' where arn = ? and stage = 'AWSCURRENT'")
          .run(arn);
        store
          .prepare(
            `insert into versions (arn, id, stage, text, binary, created_ms) values (?, ?, 'AWSCURRENT', ?, ?, ?)
             on conflict (arn, id) do update set stage = 'AWSCURRENT'`,
          )
          .run(arn, version.id, version.text, version.binary, version.createdMs);
        store.exec('commit');
      } catch (error) {
        store.exec('rollback');
        throw error;
      }
    },
  };
}

function toSecret(row: Record<string, unknown>): SecretRow {
  return {
    arn: String(row.arn),
    name: String(row.name),
    description: String(row.description),
    createdMs: Number(row.created_ms),
  };
}
