/** Inviting people: who may invite whom, and what is left behind. */
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { uuidOf } from '#shared/contract/ids.ts';
import { callAs, refusal, someone } from '../../support/call-as.ts';
import { accept, answerAws, invite, members, startInviting, tokenOf } from './inviting.ts';

const kernel = await startInviting();

beforeEach(answerAws);
afterAll(() => kernel.stop());

describe('inviting', () => {
  test('[TEN-8] the invited person gets a mail whose link makes them a member', async () => {
    const owner = await kernel.found('Acme Ltd');
    const invited = someone('Grace');
    await invite(owner, invited.email);
    const { mails, failures } = await kernel.deliver(owner);
    expect(failures).toBe(0);
    expect(mails).toMatchObject([{ to: invited.email, subject: 'Invitation to join Acme Ltd' }]);
    const [, token] =
      /https:\/\/console\.example\.com\/invitations\/accept#token=(\S+)/.exec(mails[0]?.text ?? '') ?? [];
    expect(mails[0]?.html).toContain(`#token=${token}"`);
    expect(mails[0]?.text).toContain(
      `${owner.user.name} invites you to join Acme Ltd with the role operator`,
    );
    const joined = await accept(invited, token ?? '');
    expect(joined).toMatchObject({ tenantId: owner.tenant, role: 'operator', name: 'Acme Ltd' });
    expect(await callAs({ user: invited }, members, 'list', {})).toMatchObject({
      items: [{ userId: owner.user.id }, { userId: invited.id, role: 'operator' }],
    });
  });

  test('[TEN-8] an invitation is valid for seven days', async () => {
    const { createdAt, expiresAt, status } = await invite(await kernel.found(), someone().email);
    expect(status).toBe('pending');
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(7 * 24 * 60 * 60 * 1000);
  });

  test('[AUD-1] the trail has the invitation and the joining, without the address', async () => {
    const owner = await kernel.found();
    const invited = someone();
    const invitation = await invite(owner, invited.email);
    await accept(invited, tokenOf(owner, invitation));
    const { rows } = await kernel.database.admin.query<object>(
      'select plane, actor_id, action, target_id, after from app.audit_events where tenant_id = $1 order by id',
      [uuidOf(owner.tenant)],
    );
    expect(rows).toEqual([
      {
        plane: 'tenant',
        actor_id: uuidOf(owner.user.id),
        action: 'member.invited',
        target_id: invitation.id,
        after: { role: 'operator' },
      },
      {
        plane: 'user',
        actor_id: uuidOf(invited.id),
        action: 'member.joined',
        target_id: invited.id,
        after: { role: 'operator', invitationId: invitation.id },
      },
    ]);
    expect(JSON.stringify(rows)).not.toContain(invited.email);
  });

  test('[TEN-8] neither the database nor the queue holds the token', async () => {
    const owner = await kernel.found();
    const token = tokenOf(owner, await invite(owner, someone().email));
    const { rows } = await kernel.database.admin.query<{ everything: string }>(`
      select concat((select json_agg(i) from app.invitations i), (select json_agg(o) from app.outbox o),
                    (select json_agg(a) from app.audit_events a),
                    (select json_agg(k) from app.idempotency_keys k)) as everything`);
    expect(rows[0]?.everything).toContain(uuidOf(owner.tenant));
    expect(rows[0]?.everything).not.toContain(token);
  });

  test('[TEN-8] a member, and a person invited already, are not invited again', async () => {
    const owner = await kernel.found();
    const { user } = await kernel.join(owner.tenant, 'viewer');
    await expect(invite(owner, user.email.toUpperCase())).rejects.toMatchObject(
      refusal('members.already_member'),
    );
    const { email } = someone();
    await invite(owner, email);
    await expect(invite(owner, email.toUpperCase())).rejects.toMatchObject(
      refusal('members.already_invited'),
    );
  });

  test('[TEN-5] what another tenant’s members and invitations are shows in no answer', async () => {
    const [mine, other] = [await kernel.found(), await kernel.found()];
    const { email } = someone();
    await invite(other, email);
    expect(await invite(mine, email)).toMatchObject({ status: 'pending' });
    expect(await invite(mine, other.user.email)).toMatchObject({ status: 'pending' });
  });

  test('[TEN-8] an invitation that ran out does not stand in the way of another', async () => {
    const owner = await kernel.found();
    const { email } = someone();
    await kernel.runOut(await invite(owner, email));
    await invite(owner, email);
    const { items } = await callAs(owner, members, 'invitations', {});
    expect(items.map((item) => item.status)).toEqual(['pending', 'expired']);
  });

  test('[TEN-8] an admin invites, but no owners; an owner invites owners', async () => {
    const owner = await kernel.found();
    const admin = await kernel.join(owner.tenant, 'admin');
    expect(await invite(admin, someone().email, 'admin')).toMatchObject({ role: 'admin' });
    await expect(invite(admin, someone().email, 'owner')).rejects.toMatchObject(
      refusal('members.owner_only'),
    );
    expect(await invite(owner, someone().email, 'owner')).toMatchObject({ role: 'owner' });
  });

  test.each(['operator', 'auditor', 'viewer'] as const)('[ACC-4] %s may not invite', async (role) => {
    const { tenant } = await kernel.found();
    const call = invite(await kernel.join(tenant, role), someone().email, 'viewer');
    await expect(call).rejects.toMatchObject(refusal('auth.forbidden'));
  });

  test('[API-1] pages of invitations neither repeat nor skip those of the same microsecond', async () => {
    const owner = await kernel.found();
    for (let index = 0; index < 5; index += 1) await invite(owner, someone().email);
    await kernel.database.admin.query(
      "update app.invitations set created_at = '2026-11-21T10:00:00.123456Z' where tenant_id = $1",
      [uuidOf(owner.tenant)],
    );
    const first = await callAs(owner, members, 'invitations', { limit: 3 });
    const rest = await callAs(owner, members, 'invitations', { cursor: first.nextCursor ?? '' });
    expect(new Set([...first.items, ...rest.items].map((item) => item.id)).size).toBe(5);
    expect(rest).toMatchObject({ items: [{}, {}], nextCursor: null });
  });
});
