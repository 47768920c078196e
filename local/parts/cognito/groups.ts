/** Groups of the pool: the template defines which exist, the store who belongs to them. */
import type { DatabaseSync } from 'node:sqlite';
import { AwsError } from '../contract.ts';
import type { Action } from './api.ts';
import { type Body, required } from './api-input.ts';
import type { Pool } from './settings.ts';
import { userMissing, users } from './users.ts';

/** The groups a user belongs to, as the claim `cognito:groups` lists them. */
export function groupsOf(store: DatabaseSync, sub: string): string[] {
  const rows = store.prepare('SELECT name FROM user_groups WHERE sub = ? ORDER BY name').all(sub);
  return rows.map((row) => String(row.name));
}

/** Actions of an administrator over who belongs to which group. */
export function groupActions(pool: Pool): Record<string, Action> {
  const { settings, store } = pool;
  const people = users(store);
  const memberOf = (body: Body): { sub: string; group: string } => {
    const group = required(body, 'GroupName');
    if (required(body, 'UserPoolId') !== settings.poolId) {
      throw new AwsError('ResourceNotFoundException', 'User pool does not exist.');
    }
    if (!settings.groups.includes(group)) {
      throw new AwsError('ResourceNotFoundException', 'Group not found.');
    }
    const user = people.find(required(body, 'Username'));
    if (user === undefined) throw userMissing();
    return { sub: user.sub, group };
  };
  return {
    async AdminAddUserToGroup(body) {
      const { sub, group } = memberOf(body);
      store.prepare('INSERT OR IGNORE INTO user_groups (sub, name) VALUES (?, ?)').run(sub, group);
      return {};
    },

    async AdminRemoveUserFromGroup(body) {
      const { sub, group } = memberOf(body);
      store.prepare('DELETE FROM user_groups WHERE sub = ? AND name = ?').run(sub, group);
      return {};
    },

    async AdminListGroupsForUser(body) {
      const user = people.find(required(body, 'Username'));
      if (user === undefined) throw userMissing();
      const Groups = groupsOf(store, user.sub).map((GroupName) => ({
        GroupName,
        UserPoolId: settings.poolId,
      }));
      return { Groups };
    },
  };
}
