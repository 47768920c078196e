/** What the evidence pack asks of the database: each section as rows of the same columns. */
import type { Statement } from '../contract/context.ts';
import { idPrefixes } from '../contract/ids.ts';
import type { ReportQueries } from '../contract/report.ts';
import { actorText } from '../db/actor-text.ts';
import { sql } from '../db/sql.ts';
import { evidenceSections, type evidenceReports } from './evidence.reports.ts';

export const evidenceQueries: ReportQueries<typeof evidenceReports> = {
  evidence: ({ from, to }) => {
    const during = within(from, to);
    return sql`
      select s.number as section_number, (${[...evidenceSections]}::text[])[s.number] as section, s.at, s.what, s.subject,
             s.actor, s.detail, s.id
      from (
        select 1 as number, m.created_at as at, m.role as what,
               ${userId(sql`m.user_id`)} || ' ' || u.name || ' <' || u.email || '>' as subject,
               null::text as actor, null::jsonb as detail, m.user_id as id
        from app.memberships m join app.users u on u.id = m.user_id
        union all ${configuration}
        union all
        select 3, occurred_at, type, subject, ${userId(sql`user_id`)},
               detail || jsonb_strip_nulls(jsonb_build_object('ip', ip)), id
        from app.security_events where ${during(sql`occurred_at`)}
        union all
        select 4, requested_at, 'export of ' || report || ', ' || status, purpose,
               ${actorText(sql`requested_by_type`, sql`requested_by`)},
               jsonb_build_object('format', format, 'rows', rows, 'sensitive', sensitive), id
        from app.exports where ${during(sql`requested_at`)}
        union all
        select 4, d.at, 'download of ' || e.report, e.purpose, ${actorText(sql`d.actor_type`, sql`d.actor_id`)},
               jsonb_build_object('ip', d.ip, 'export', d.export_id), d.id
        from app.export_downloads d join app.exports e on e.id = d.export_id
        where ${during(sql`d.at`)}
        union all
        select 5, created_at, 'restore, ' || status, reason,
               ${actorText(sql`requested_by_type`, sql`requested_by`)},
               jsonb_strip_nulls(jsonb_build_object('approvedBy', ${userId(sql`decided_by`)},
                 'appliedAt', applied_at, 'undoes', undoes, 'error', error)), id
        from app.restores where ${during(sql`created_at`)}
        union all
        select 6, created_at, 'rehearsal, ' || status, 'backup ' || backup_id, ${userId(sql`requested_by`)},
               jsonb_build_object('rtoMs', rto_ms, 'rpoMs', rpo_ms, 'rows', row_count, 'findings', findings), id
        from app.drills where ${during(sql`created_at`)}
        union all ${chain}
      ) s`;
  },
};

/** Of now: what the tenant has set, and what the platform granted or refused it. */
const configuration = sql`
  select 2, created_at, 'tenant', slug, null::text,
         jsonb_build_object('name', name, 'plan', plan, 'region', region, 'status', status, 'isolation', isolation,
                            'domain', domain), id
  from app.tenants
  union all
  select 2, updated_at, 'settings', 'tenant', null,
         jsonb_build_object('timeZone', time_zone, 'flags', flags, 'switchedOff', switched_off), tenant_id
  from app.tenant_settings
  union all
  select 2, updated_at, 'exceptions from the plan', 'platform', null,
         jsonb_build_object('rates', rates, 'usage', usage, 'capabilities', capabilities, 'flags', flags,
                            'switchedOff', switched_off), tenant_id
  from app.tenant_overrides`;

/** Of now: where the chain over the trail ends, how far it is archived, and what the last check of all of it found. */
const chain = sql`
  select 7, sealed_at, 'sealed up to link ' || sequence, 'SHA-256 ' || encode(hash, 'hex'), null,
         jsonb_build_object('unsealed', (select count(*) from app.audit_pending)), tenant_id
  from app.audit_heads where hash is not null
  union all
  select 7, archived_at, 'archived up to link ' || archived_sequence, archived_in, null, null, tenant_id
  from app.audit_heads where archived_at is not null
  union all
  select 7, checked_at, 'checked up to link ' || checked_sequence, checked_findings || ' findings', null, null, tenant_id
  from app.audit_heads where checked_at is not null`;

function within(from: string | undefined, to: string | undefined): (at: Statement) => Statement {
  const [since, until] = [toDate(from), toDate(to)];
  return (at) => sql`
    (${since}::timestamptz is null or ${at} >= ${since}::timestamptz)
    and (${until}::timestamptz is null or ${at} < ${until}::timestamptz)`;
}

function userId(id: Statement): Statement {
  return sql`${`${idPrefixes.user}_`} || ${id}::text`;
}

/** ISO 8601 allows zones and years that Postgres does not read; a Date is sent as it does. */
function toDate(text: string | undefined): Date | null {
  return text === undefined ? null : new Date(text);
}
