/** Cases about logins of jobs and of the staff that no catalogue can derive: what their policies ask beyond the tenant. */
import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { contextOf, statementFor } from '#test/isolation/attempts.ts';
import type { Row } from '#test/isolation/rows.ts';
import { type Case, type Cast, fixtureOf } from './cast.ts';
import type { Role } from './grants.ts';
import { rowFor } from './own-rows.ts';

export async function rulesOfJobs(admin: Client, cast: Cast): Promise<Case[]> {
  const { mine, theirs } = cast;
  const expired = await rowFor(admin, cast, { role: 'app_system', table: 'ai_transcripts' });
  const kept = fixtureOf(cast, 'ai_transcripts');
  const context = contextOf(mine);
  const adding = (role: Role, table: string, row: Row): Case => {
    const { placed, fresh } = fixtureOf(cast, table);
    const attempted = statementFor('insert', placed, { ...fresh, ...row });
    const title = `${role} adds to app.${table} ${JSON.stringify(row)}`;
    return { title, role, context, attempted, privileges: 'migrated', expected: 'denied' };
  };
  return [
    {
      ...{ title: 'the tenant sees what it kept too long', role: 'app_tenant', privileges: 'granted' },
      ...{ context, attempted: statementFor('select', expired.placed, {}), expected: 'denied' },
    },
    {
      ...{ title: 'a job sees what a tenant keeps still', role: 'app_system', privileges: 'migrated' },
      ...{ context, attempted: statementFor('select', kept.placed, {}), expected: 'denied' },
    },
    adding('app_backup', 'audit_events', { plane: 'platform' }),
    adding('app_restore', 'audit_events', { plane: 'tenant' }),
    adding('app_system', 'backups', { kind: 'manual' }),
    adding('app_platform', 'drills', { status: 'queued', requested_by: theirs.userId }),
    adding('app_platform', 'drills', { status: 'running', requested_by: mine.userId }),
    adding('app_system', 'drills', { status: 'queued', requested_by: mine.userId }),
    adding('app_system', 'drills', { status: 'running', requested_by: null }),
    adding('app_definer', 'outbox', { kind: 'event' }),
    traced(cast, String(fixtureOf(cast, 'audit_events').fresh.request_id), 'allowed'),
    traced(cast, randomUUID(), 'denied'),
  ];
}

/** Entries of any tenant are seen by the request that is looked for, and by no other. */
function traced(cast: Cast, request: string, expected: Case['expected']): Case {
  const { where } = fixtureOf(cast, 'audit_events').placed;
  return {
    title: `an entry of another tenant is ${expected === 'allowed' ? '' : 'not '}found by its request`,
    role: 'app_definer',
    context: contextOf(cast.theirs),
    attempted: {
      // Said before it is looked for: the inner side of the join runs after the outer one.
      text: `with traced as materialized (select set_config('app.traced_request', $1, true) as request)
             select 1 from traced
             cross join lateral (select 1 from app.audit_events where ${where} and traced.request is not null) found`,
      values: [request],
    },
    privileges: 'migrated',
    expected,
  };
}
