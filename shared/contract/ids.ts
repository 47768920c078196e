/**
 * Branded ids: a readable prefix and a UUIDv7, e.g. `ten_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11`. The database
 * stores the bare UUID; the prefix tells people and logs what an id stands for.
 */
import { v7 } from 'uuid';
import * as z from 'zod';

/** The kinds of id and their prefixes. */
export const idPrefixes = {
  tenant: 'ten',
  user: 'usr',
  invitation: 'inv',
  auditEvent: 'aud',
  message: 'msg',
  session: 'ses',
  device: 'dev',
  apiKey: 'key',
  securityEvent: 'sec',
  deadLetter: 'dlt',
  impersonation: 'imp',
  drill: 'drl',
  failover: 'fov',
  backup: 'bkp',
  restore: 'rst',
  export: 'exp',
  download: 'dwn',
} as const;

export type IdKind = keyof typeof idPrefixes;

declare const kind: unique symbol;

/** An id of one kind; ids of different kinds do not mix. */
export type Id<K extends IdKind> = string & { readonly [kind]: K };

export type TenantId = Id<'tenant'>;
export type UserId = Id<'user'>;
export type InvitationId = Id<'invitation'>;
export type AuditEventId = Id<'auditEvent'>;
export type SessionId = Id<'session'>;
export type ApiKeyId = Id<'apiKey'>;
export type ImpersonationId = Id<'impersonation'>;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A new id, ordered by time. */
export function newId<K extends IdKind>(of: K): Id<K> {
  return formatId(of, v7());
}

/** The id of a row's bare UUID. */
export function formatId<K extends IdKind>(of: K, bareUuid: string): Id<K> {
  return `${idPrefixes[of]}_${bareUuid}` as Id<K>;
}

/** The bare UUID of an id, as the database stores it. */
export function uuidOf(id: Id<IdKind>): string {
  return id.slice(id.indexOf('_') + 1);
}

/** Whether a text is an id of that kind. */
export function isId<K extends IdKind>(of: K, text: string): text is Id<K> {
  const prefix = `${idPrefixes[of]}_`;
  return text.startsWith(prefix) && uuid.test(text.slice(prefix.length));
}

/** Schema of an id of one kind; its JSON form is a string with a pattern. */
export function idSchema<K extends IdKind>(of: K): z.ZodType<Id<K>, string> {
  const pattern = new RegExp(`^${idPrefixes[of]}_${uuid.source.slice(1)}`);
  return z
    .string()
    .regex(pattern, `must be an id like ${idPrefixes[of]}_…`)
    .meta({ example: `${idPrefixes[of]}_0192f1c8-7d2e-7c3a-9b1f-3f0c5a4e2d11` }) as unknown as z.ZodType<
    Id<K>,
    string
  >;
}
