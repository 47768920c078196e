/**
 * The archive of one tenant, `plinth-backup/1`, as docs/backups.md describes it: two readable lines that say how it is
 * sealed, and sealed frames of compressed lines of JSON. A row is an array of the texts of its columns, as Postgres
 * writes them and reads them again, so nothing is lost on the way.
 */
import * as z from 'zod';

export const formatName = 'plinth-backup/1';

/** The first line of the file; the second is the JSON of a {@link Prelude}. */
export const magic = 'PLINTH-BACKUP/1\n';

/** What is readable without the key. Every frame is sealed to it: none of it can be changed unnoticed. */
export const preludeSchema = z.object({
  format: z.literal(formatName),
  compression: z.literal('zstd'),
  cipher: z.literal('aes-256-gcm'),
  /** How the key comes from the deployment's secret. */
  derivation: z.literal('hkdf-sha256'),
  salt: z.string(),
  tenant: z.string(),
  backup: z.string(),
});
export type Prelude = z.infer<typeof preludeSchema>;

/** The first line inside. */
export const headerSchema = z.object({
  format: z.literal(formatName),
  tenant: z.string(),
  backup: z.string(),
  region: z.string(),
  /** The number of the last migration. */
  schemaVersion: z.int().min(1),
  /** Everything is as it was at this moment. */
  snapshotAt: z.iso.datetime(),
});
export type Header = z.infer<typeof headerSchema>;

/** The line before the rows of a table. */
export const tableSchema = z.object({
  table: z.string(),
  columns: z.array(z.string()),
  types: z.array(z.string()),
  key: z.array(z.string()),
});
export type ArchivedTable = z.infer<typeof tableSchema>;

/** The line after them: what they must come to. The hash is of their lines, line breaks included. */
export const endSchema = z.object({
  end: z.string(),
  rows: z.int().min(0),
  bytes: z.int().min(0),
  sha256: z.string(),
});
export type TableEnd = z.infer<typeof endSchema>;

/** The last line: all of them again. An archive without it was cut off. */
export const contentsSchema = z.object({ contents: z.array(endSchema) });
export type Contents = TableEnd[];

/** A row: the text of each column, in the order of its table's line. */
export const rowSchema = z.array(z.string().nullable());
export type ArchivedRow = readonly (string | null)[];

/** What a backup came to. */
export type Archive = {
  header: Header;
  /** Base64; with the deployment's secret it gives the key. */
  salt: string;
  /** Of the whole file. */
  bytes: number;
  sha256: string;
  contents: Contents;
};

/** Why an archive was not read to its end. */
export class ArchiveError extends Error {
  /** What is wrong with it, in a word that stays the same. */
  readonly what: 'unreadable' | 'not_authentic' | 'cut_off' | 'other_tenant';

  constructor(what: ArchiveError['what'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ArchiveError';
    this.what = what;
  }
}
