/**
 * The token in an invitation's link. It is derived from the invitation and the deployment's link secret and
 * never stored: whoever reads the database, a queue or a log cannot make one.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** The invitation that a token names; bare UUIDs. */
export type NamedInvitation = { tenant: string; invitation: string };

const idBytes = 16;
const macBytes = 32;
const tokenBytes = 2 * idBytes + macBytes;

/** The token of an invitation: base64url of both ids and an HMAC-SHA256 over them. */
export function invitationToken({ tenant, invitation }: NamedInvitation, secret: string): string {
  const ids = Buffer.concat([toBytes(tenant), toBytes(invitation)]);
  return Buffer.concat([ids, mac(ids, secret)]).toString('base64url');
}

/** The invitation of a token; undefined for anything that {@link invitationToken} did not make. */
export function readInvitationToken(token: string, secret: string): NamedInvitation | undefined {
  const bytes = Buffer.from(token, 'base64url');
  // Decoding forgives stray characters and unused bits; a token has one spelling.
  if (bytes.length !== tokenBytes || bytes.toString('base64url') !== token) return undefined;
  const ids = bytes.subarray(0, 2 * idBytes);
  if (!timingSafeEqual(bytes.subarray(2 * idBytes), mac(ids, secret))) return undefined;
  return { tenant: toUuid(ids.subarray(0, idBytes)), invitation: toUuid(ids.subarray(idBytes)) };
}

/** Its purpose is part of what is signed, so that no other kind of link can be passed off as an invitation. */
function mac(ids: Buffer, secret: string): Buffer {
  return createHmac('sha256', secret).update('plinth/invitation/').update(ids).digest();
}

function toBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

function toUuid(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
