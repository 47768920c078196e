/** The token of an invitation's link. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { invitationToken, readInvitationToken } from '#shared/members/invitation-token.ts';

const secret = 'a-secret-for-tests';
const named = { tenant: randomUUID(), invitation: randomUUID() };
const token = invitationToken(named, secret);
const bytes = Buffer.from(token, 'base64url');

describe('the invitation token', () => {
  test('[TEN-8] it names its invitation and tenant', () => {
    expect(readInvitationToken(token, secret)).toEqual(named);
  });

  test('[TEN-8] it fits into a link as it is', () => {
    expect(token).toBe(encodeURIComponent(token));
  });

  test('[TEN-8] a change of any byte voids it', () => {
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(readInvitationToken(changed.toString('base64url'), secret)).toBeUndefined();
    }
  });

  test('[TEN-8] another deployment’s secret makes another token', () => {
    expect(readInvitationToken(invitationToken(named, 'another'), secret)).toBeUndefined();
  });

  test('[TEN-8] the signature of one invitation does not pass for another', () => {
    const other = Buffer.from(invitationToken({ ...named, invitation: randomUUID() }, secret), 'base64url');
    const mixed = Buffer.concat([other.subarray(0, 32), bytes.subarray(32)]);
    expect(readInvitationToken(mixed.toString('base64url'), secret)).toBeUndefined();
  });

  test.each([
    ['empty', ''],
    ['too short', token.slice(0, -2)],
    ['too long', `${token}AA`],
    ['padded', `${token}==`],
    ['with a space', ` ${token}`],
    ['in the other alphabet', bytes.toString('base64').replace(/=+$/, '') + '+'],
    ['unsigned', bytes.subarray(0, 32).toString('base64url')],
  ])('[TEN-8] a token that is %s is refused', (_how, given) => {
    expect(readInvitationToken(given, secret)).toBeUndefined();
  });

  test('[TEN-8] it has one spelling: unused bits cannot vary', () => {
    const last = token.at(-1) ?? '';
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const twin = alphabet[alphabet.indexOf(last) ^ 1] ?? '';
    expect(Buffer.from(token.slice(0, -1) + twin, 'base64url')).toEqual(bytes);
    expect(readInvitationToken(token.slice(0, -1) + twin, secret)).toBeUndefined();
  });
});
