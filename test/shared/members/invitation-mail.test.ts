/** Withdrawing invitations, and the mail that carries one. */
import { randomUUID } from 'node:crypto';
import { SendEmailCommand } from '@aws-sdk/client-sesv2';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { uuidOf } from '#shared/contract/ids.ts';
import { untilWaiting } from '../../support/at-once.ts';
import { callAs, refusal, someone } from '../../support/call-as.ts';
import { accept, answerAws, invite, members, ses, startInviting, tokenOf, withdraw } from './inviting.ts';

const kernel = await startInviting();

beforeEach(answerAws);
afterAll(() => kernel.stop());

describe('the messaging switch', () => {
  test.each([
    ['the tenant', "insert into app.tenant_settings (tenant_id, switched_off) values ($1, '{messaging}')"],
    [
      'the platform, for it',
      "insert into app.tenant_overrides (tenant_id, switched_off) values ($1, '{messaging}')",
    ],
    [
      'the platform, for all',
      "update app.platform_settings set switched_off = '{messaging}' where $1::uuid is not null",
    ],
  ])('[CAP-3] holds back what was queued before %s switched it off', async (_who, off) => {
    const { admin } = kernel.database;
    const [owner, other] = [await kernel.found(), await kernel.found()];
    for (const each of [owner, other]) await invite(each, someone().email);
    await admin.query(off, [uuidOf(owner.tenant)]);
    expect(await kernel.deliver(owner)).toEqual({ failures: 1, mails: [] });
    await admin.query("update app.platform_settings set switched_off = '{}'");
    expect(await kernel.deliver(other)).toMatchObject({ failures: 0, mails: [{}] });
  });
});

describe('withdrawing', () => {
  test('[TEN-8] what is withdrawn is never mailed', async () => {
    const owner = await kernel.found();
    const { id } = await invite(owner, someone().email);
    await withdraw(owner, { id });
    expect(await kernel.deliver(owner)).toEqual({ failures: 0, mails: [] });
  });

  test('[TEN-8] a withdrawal waits for a mail that is just being sent', async () => {
    const owner = await kernel.found();
    const invitation = await invite(owner, someone().email);
    let waited: boolean | undefined;
    let withdrawal: Promise<unknown> | undefined;
    ses.on(SendEmailCommand).callsFake(async () => {
      withdrawal = withdraw(owner, invitation);
      waited = await untilWaiting(kernel.database.admin, withdrawal);
      return {};
    });
    expect(await kernel.deliver(owner)).toMatchObject({ failures: 0, mails: [{}] });
    await withdrawal;
    expect(waited).toBe(true);
  });

  test('[TEN-8] an invitation is withdrawn once, and only a pending one', async () => {
    const owner = await kernel.found();
    const invited = someone();
    const accepted = await invite(owner, invited.email);
    await accept(invited, tokenOf(owner, accepted));
    await expect(withdraw(owner, accepted)).rejects.toMatchObject(refusal('resource.not_found'));
    const { id } = await invite(owner, someone().email);
    await withdraw(owner, { id });
    await expect(withdraw(owner, { id })).rejects.toMatchObject(refusal('resource.not_found'));
  });

  test('[TEN-5] an invitation of another tenant is not found, and stays', async () => {
    const [mine, other] = [await kernel.found(), await kernel.found()];
    const { id } = await invite(other, someone().email);
    const call = withdraw(mine, { id });
    await expect(call).rejects.toMatchObject(refusal('resource.not_found'));
    expect(await callAs(other, members, 'invitations', {})).toMatchObject({ items: [{ status: 'pending' }] });
  });
});

describe('the mail', () => {
  test('[TEN-8] a mail that could not be sent is tried again', async () => {
    const owner = await kernel.found();
    await invite(owner, someone().email);
    ses.on(SendEmailCommand).rejects(new Error('throttled'));
    expect(await kernel.deliver(owner)).toMatchObject({ failures: 1 });
  });

  test('[TEN-8] names of people are text, never markup or headers', async () => {
    const owner = await kernel.found('<b>Acme</b>\r\nBcc: all@example.com');
    await invite(owner, someone().email);
    const { mails } = await kernel.deliver(owner);
    expect(mails[0]?.subject).toBe('Invitation to join <b>Acme</b> Bcc: all@example.com');
    expect(mails[0]?.html).toContain('&lt;b&gt;Acme&lt;/b&gt;');
    expect(mails[0]?.html).not.toContain('<b>');
  });

  test('[TEN-8] an inviter who has left the tenant is not named', async () => {
    const owner = await kernel.found();
    const admin = await kernel.join(owner.tenant, 'admin', 'Mallory');
    await invite(admin, someone().email);
    await callAs(owner, members, 'remove', { userId: admin.user.id });
    const { mails } = await kernel.deliver(owner);
    expect(mails[0]?.text).toMatch(/^A member invites you/);
  });

  test('[TEN-5] a job that names another tenant’s invitation mails nobody', async () => {
    const [mine, other] = [await kernel.found(), await kernel.found()];
    const { id } = await invite(other, someone().email);
    await kernel.database.admin.query(
      "insert into app.outbox (id, tenant_id, kind, type, payload) values ($1, $2, 'job', 'members.sendInvitation', $3)",
      [randomUUID(), uuidOf(mine.tenant), JSON.stringify({ invitationId: id })],
    );
    expect(await kernel.deliver(mine)).toEqual({ failures: 0, mails: [] });
  });
});
