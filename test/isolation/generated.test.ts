/** A short form of the battery's generated statements: a seed that is fixed, and a policy that is weakened. */
import { afterAll, describe, expect, test } from '@jest/globals';
import { type Stage, setStage } from '#test/battery/isolation/generated.ts';

const seed = 20_261_121;
const stage: Stage = await setStage({ tenants: 3, seed });

afterAll(() => stage.stop());

const leaksWhile = async (statement: string, undo: string): Promise<number> => {
  await stage.admin.query(statement);
  let found = 0;
  // A few hundred statements may all miss one table, the more so the more tables there are.
  for (let turn = 0; turn < 40 && found === 0; turn += 1) {
    found = (await stage.play(250, seed + turn)).leaks.length;
  }
  await stage.admin.query(undo);
  return found;
};

describe('[TEN-5] generated statements', () => {
  test('answer and change what they would if the tenant were alone in the database', async () => {
    const { leaks, effective, explained } = await stage.play(400, seed);
    expect(leaks).toEqual([]);
    expect(effective).toBeGreaterThan(100);
    expect([...explained.values()].reduce((sum, count) => sum + count, 0)).toBeLessThan(20);
  });

  test('a table without row level security is noticed', async () => {
    const leaks = await leaksWhile(
      'alter table app.invitations disable row level security',
      'alter table app.invitations enable row level security',
    );
    expect(leaks).toBeGreaterThan(0);
  });

  test('a policy that shows too much is noticed', async () => {
    const leaks = await leaksWhile(
      'create policy leak on app.memberships for select to app_tenant using (true)',
      'drop policy leak on app.memberships',
    );
    expect(leaks).toBeGreaterThan(0);
  });

  test('a policy that lets a row be written for another tenant is noticed', async () => {
    const leaks = await leaksWhile(
      'create policy leak on app.audit_events for insert to app_tenant with check (true)',
      'drop policy leak on app.audit_events',
    );
    expect(leaks).toBeGreaterThan(0);
  });
});
