/** Cases that no catalogue can derive: rules about certain tables, and what each of them keeps whom from. */
import { tablesOfPlatform } from '#shared/db/lints/exceptions.ts';
import { type Context, contextOf, statementFor } from '#test/isolation/attempts.ts';
import { operations } from '#test/isolation/catalogue.ts';
import type { Row } from '#test/isolation/rows.ts';
import { type Case, type Cast, type Fixture, fixtureOf } from './cast.ts';

/** Rules inside a tenant, and between its members and the platform's staff. */
export function amongMembers(cast: Cast): Case[] {
  const { mine, theirs } = cast;
  const colleague: Context = { tenant: mine.tenantId, user: theirs.userId };
  const kept = fixtureOf(cast, 'idempotency_keys');
  const audit = fixtureOf(cast, 'audit_events');
  const users = fixtureOf(cast, 'users');
  const preferences = fixtureOf(cast, 'ai_user_preferences');
  const granted = { role: 'app_tenant', privileges: 'granted' } as const;
  const reading = ({ placed, fresh }: Fixture) => statementFor('select', placed, fresh);
  const adding = ({ placed, fresh }: Fixture, row: Row = {}) =>
    statementFor('insert', placed, { ...fresh, ...row });
  return [
    {
      ...granted,
      title: 'a colleague sees the person',
      context: colleague,
      attempted: reading(users),
      expected: 'allowed',
    },
    {
      ...granted,
      title: 'a colleague sees kept answers',
      context: colleague,
      attempted: reading(kept),
      expected: 'denied',
    },
    {
      ...granted,
      title: 'a colleague keeps answers in another’s name',
      context: colleague,
      attempted: adding(kept),
      expected: 'denied',
    },
    {
      ...granted,
      title: 'a colleague sees what the person prefers',
      context: colleague,
      attempted: reading(preferences),
      expected: 'denied',
    },
    {
      ...granted,
      title: 'a colleague prefers in another’s name',
      context: colleague,
      attempted: adding(preferences),
      expected: 'denied',
    },
    {
      ...granted,
      title: 'the same person in another tenant sees kept answers',
      context: { tenant: theirs.tenantId, user: mine.userId },
      attempted: reading(kept),
      expected: 'denied',
    },
    {
      ...granted,
      title: 'the same person in another tenant keeps answers in this one',
      context: { tenant: theirs.tenantId, user: mine.userId },
      attempted: adding(kept),
      expected: 'denied',
    },
    {
      ...granted,
      title: 'a tenant writes audit rows of the platform',
      context: contextOf(mine),
      attempted: adding(audit, { plane: 'platform' }),
      expected: 'denied',
    },
    {
      title: 'the platform’s staff write audit rows of a tenant',
      role: 'app_platform',
      privileges: 'migrated',
      context: contextOf(mine),
      attempted: adding(audit),
      expected: 'denied',
    },
  ];
}

/** Support asks in its own name, and decides nothing for the tenant that it asks. */
export function ofSupport(cast: Cast): Case[] {
  const { mine, theirs } = cast;
  const { placed, fresh } = fixtureOf(cast, 'impersonations');
  const asStaff = { role: 'app_platform', privileges: 'migrated', expected: 'denied' } as const;
  const one = { ...asStaff, context: contextOf(mine) };
  const other: Context = { tenant: mine.tenantId, user: theirs.userId };
  const theirName = { ...fresh, staff_id: theirs.userId };
  const toTheirs = {
    text: `update app.impersonations set staff_id = $1 where ${placed.where}`,
    values: [theirs.userId],
  };
  return [
    {
      ...one,
      title: 'support asks in another’s name',
      attempted: statementFor('insert', placed, theirName),
    },
    {
      ...one,
      title: 'support approves what it asks for',
      attempted: statementFor('insert', placed, { ...fresh, status: 'approved' }),
    },
    {
      ...one,
      title: 'support hands on what it was allowed',
      attempted: toTheirs,
    },
    {
      ...one,
      title: 'support takes what another was allowed',
      context: other,
      attempted: toTheirs,
    },
  ];
}

/** What the platform alone has. That no tenant gets at it stands among the intrusions, as for every table. */
export function ofPlatformAlone(cast: Cast): Case[] {
  const { mine, theirs, fixtures } = cast;
  const [settings, trail] = [fixtureOf(cast, 'platform_settings'), fixtureOf(cast, 'platform_audit_events')];
  const withoutGrant = fixtures
    .filter(({ table }) => table.name in tablesOfPlatform)
    .flatMap(({ table, placed, fresh }) =>
      (['app_tenant', 'app_system'] as const).flatMap((role) =>
        operations.map((operation) => ({
          title: `${role}, without a grant: ${operation} app.${table.name}`,
          role,
          context: contextOf(mine),
          attempted: statementFor(operation, placed, fresh),
          privileges: 'migrated' as const,
          expected: 'denied' as const,
        })),
      ),
    );
  const lockedBy = { role: 'app_definer', privileges: 'migrated', context: undefined } as const;
  const staff = { role: 'app_platform', privileges: 'migrated', context: contextOf(mine) } as const;
  const theirName = { ...trail.fresh, actor_id: theirs.userId };
  return [
    ...withoutGrant,
    {
      ...lockedBy,
      title: 'app_definer locks the settings of the platform',
      attempted: { text: `select from app.platform_settings where ${settings.placed.where} for share` },
      expected: 'allowed',
    },
    {
      ...lockedBy,
      title: 'app_definer changes the settings of the platform',
      attempted: statementFor('update', settings.placed, settings.fresh, 'version'),
      expected: 'denied',
    },
    {
      ...staff,
      title: 'staff write the trail of the platform in another’s name',
      attempted: statementFor('insert', trail.placed, theirName),
      expected: 'denied',
    },
    ...(['update', 'delete'] as const).map((operation) => ({
      ...staff,
      title: `staff ${operation} the trail of the platform`,
      attempted: statementFor(operation, trail.placed, trail.fresh),
      expected: 'denied' as const,
    })),
  ];
}
