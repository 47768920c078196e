/** Nobody is invited past the plan's seats, and nobody loses one. */
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { uuidOf } from '#shared/contract/ids.ts';
import { atOnce } from '../../support/at-once.ts';
import { callAs, someone } from '../../support/call-as.ts';
import {
  accept,
  answerAws,
  invite,
  type Member,
  members,
  startInviting,
  tokenOf,
  withdraw,
} from './inviting.ts';

const kernel = await startInviting();

beforeEach(answerAws);
afterAll(() => kernel.stop());

const noSeat = { problem: { code: 'limit.usage', status: 429 }, detail: { policy: 'seats' } };
const anybody = () => someone().email;

/** An owner of a tenant of the basic plan, which has ten seats, with so many of them taken. */
async function withTaken(seats: number): Promise<Member> {
  const owner = await kernel.found();
  for (let taken = 1; taken < seats; taken += 1) await kernel.join(owner.tenant, 'viewer');
  return owner;
}

async function setPlan({ tenant }: Member, plan: string): Promise<void> {
  await kernel.database.admin.query('update app.tenants set plan = $2 where id = $1', [uuidOf(tenant), plan]);
}

describe('[LIM-2] seats', () => {
  test('members and open invitations take one each; past the last nobody is invited', async () => {
    const owner = await withTaken(8);
    const first = await invite(owner, anybody());
    await invite(owner, anybody());
    await expect(invite(owner, anybody())).rejects.toMatchObject(noSeat);
    await withdraw(owner, first);
    await invite(owner, anybody());
    await expect(invite(owner, anybody())).rejects.toMatchObject(noSeat);
  });

  test('of 20 who invite at once with 3 seats left exactly 3 do', async () => {
    for (let round = 0; round < 3; round += 1) {
      const owner = await withTaken(7);
      const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => invite(owner, anybody())));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(noSeat);
      }
    }
  });

  test('whoever invites waits for the one before, who has not committed yet', async () => {
    const owner = await withTaken(9);
    const outcomes = await atOnce(
      kernel.database.admin,
      (hold) => callAs(owner, members, 'invite', { email: anybody(), role: 'viewer' }, hold),
      () => invite(owner, anybody()),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  test('accepting takes no second seat', async () => {
    const owner = await withTaken(9);
    const person = someone();
    const invitation = await invite(owner, person.email);
    await accept(person, tokenOf(owner, invitation));
    await expect(invite(owner, anybody())).rejects.toMatchObject(noSeat);
  });

  test('an invitation that ran out holds none, once nobody can be on their way to accept it', async () => {
    const owner = await withTaken(9);
    const { id } = await invite(owner, anybody());
    const runOut = (ago: string) =>
      kernel.database.admin.query(
        'update app.invitations set expires_at = now() - $2::interval where id = $1',
        [uuidOf(id), ago],
      );
    await runOut('1 second');
    await expect(invite(owner, anybody())).rejects.toMatchObject(noSeat);
    await runOut('2 minutes');
    await invite(owner, anybody());
  });

  test('after a downgrade everybody stays and nobody is added; after an upgrade there is room', async () => {
    const owner = await withTaken(12);
    await expect(invite(owner, anybody())).rejects.toMatchObject(noSeat);
    const { items } = await callAs(owner, members, 'list', { limit: '100' });
    expect(items).toHaveLength(12);
    await setPlan(owner, 'pro');
    await invite(owner, anybody());
    await setPlan(owner, 'basic');
    await expect(invite(owner, anybody())).rejects.toMatchObject(noSeat);
  });

  test('[TEN-5] another tenant’s members take none of them', async () => {
    await withTaken(10);
    const owner = await withTaken(9);
    await invite(owner, anybody());
  });
});
