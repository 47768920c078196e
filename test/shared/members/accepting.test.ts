/** Accepting an invitation: by whom, how often and how long. */
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { uuidOf } from '#shared/contract/ids.ts';
import { callAs, refusal, someone } from '../../support/call-as.ts';
import { accept, answerAws, invite, members, startInviting, tokenOf, withdraw } from './inviting.ts';

const kernel = await startInviting();

beforeEach(answerAws);
afterAll(() => kernel.stop());

describe('accepting', () => {
  const invalid = refusal('members.invitation_invalid');

  test('[TEN-8] an invitation to another address is refused, and stays open for its own', async () => {
    const owner = await kernel.found();
    const [invited, stranger] = [someone(), someone()];
    const token = tokenOf(owner, await invite(owner, invited.email));
    await expect(accept(stranger, token)).rejects.toMatchObject(invalid);
    expect(await kernel.isMember(stranger)).toBe(false);
    expect(await accept(invited, token)).toMatchObject({ tenantId: owner.tenant });
  });

  test('[TEN-8] an address that is not verified does not count', async () => {
    const owner = await kernel.found();
    const invited = someone();
    const token = tokenOf(owner, await invite(owner, invited.email));
    const call = accept({ ...invited, emailVerified: false }, token);
    await expect(call).rejects.toMatchObject(refusal('auth.email_unverified'));
    expect(await kernel.isMember(invited)).toBe(false);
  });

  test('[TEN-8] an invitation is used once', async () => {
    const owner = await kernel.found();
    const invited = someone();
    const token = tokenOf(owner, await invite(owner, invited.email));
    await accept(invited, token);
    await expect(accept(invited, token)).rejects.toMatchObject(invalid);
  });

  test('[TEN-8] somebody who was removed does not come back with the old link', async () => {
    const owner = await kernel.found();
    const invited = someone();
    const token = tokenOf(owner, await invite(owner, invited.email));
    await accept(invited, token);
    await callAs(owner, members, 'remove', { userId: invited.id });
    await expect(accept(invited, token)).rejects.toMatchObject(invalid);
    expect(await kernel.isMember(invited)).toBe(false);
  });

  test('[TEN-8] an expired and a withdrawn invitation are refused', async () => {
    const owner = await kernel.found();
    const [late, unwanted] = [someone(), someone()];
    const expired = await invite(owner, late.email);
    await kernel.runOut(expired);
    await expect(accept(late, tokenOf(owner, expired))).rejects.toMatchObject(invalid);
    const withdrawn = await invite(owner, unwanted.email);
    await withdraw(owner, withdrawn);
    await expect(accept(unwanted, tokenOf(owner, withdrawn))).rejects.toMatchObject(invalid);
  });

  test('[TEN-8] a token that was tampered with is refused, and so is one of another secret', async () => {
    const owner = await kernel.found();
    const invited = someone();
    const invitation = await invite(owner, invited.email);
    const token = tokenOf(owner, invitation);
    const tampered = `${token.slice(0, 50)}${token[50] === 'A' ? 'B' : 'A'}${token.slice(51)}`;
    await expect(accept(invited, tampered)).rejects.toMatchObject(invalid);
    const forged = tokenOf(owner, invitation, 'guessed');
    await expect(accept(invited, forged)).rejects.toMatchObject(invalid);
    expect(await kernel.isMember(invited)).toBe(false);
  });

  test('[TEN-8] who belongs to the tenant already keeps their role, and the invitation stays unused', async () => {
    const owner = await kernel.found();
    const invitation = await invite(owner, `alias-${owner.user.email}`, 'viewer');
    const alias = { ...owner.user, email: `alias-${owner.user.email}` };
    const call = accept(alias, tokenOf(owner, invitation));
    await expect(call).rejects.toMatchObject(refusal('members.already_member'));
    const { items } = await callAs(owner, members, 'list', {});
    expect(items).toMatchObject([{ userId: owner.user.id, role: 'owner' }]);
    expect(await callAs(owner, members, 'invitations', {})).toMatchObject({ items: [{ status: 'pending' }] });
  });

  test('[TEN-4] a suspended tenant takes nobody in', async () => {
    const owner = await kernel.found();
    const invited = someone();
    const token = tokenOf(owner, await invite(owner, invited.email));
    await kernel.database.admin.query("update app.tenants set status = 'suspended' where id = $1", [
      uuidOf(owner.tenant),
    ]);
    await expect(accept(invited, token)).rejects.toMatchObject(invalid);
  });

  test('[TEN-8] of two clicks at the same time, one joins', async () => {
    const owner = await kernel.found();
    const invited = someone();
    const token = tokenOf(owner, await invite(owner, invited.email));
    const outcomes = await Promise.allSettled([accept(invited, token), accept(invited, token)]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await kernel.isMember(invited)).toBe(true);
  });
});
