/** What the reports of API keys ask of the database. */
import type { ReportQueries } from '../contract/report.ts';
import { actorText } from '../db/actor-text.ts';
import { sql } from '../db/sql.ts';
import type { keysReports } from './keys.reports.ts';

export const keysQueries: ReportQueries<typeof keysReports> = {
  keys: ({ environment = null }) => sql`
    select created_at, id, name, environment, role, to_jsonb(scopes) as scopes, prefix,
           to_jsonb(allowed_addresses) as allowed_addresses,
           case when revoked_at is not null then 'revoked' when expires_at <= now() then 'expired'
                else 'active' end as status,
           ${actorText(sql`created_by_type`, sql`created_by`)} as created_by, expires_at, revoked_at, last_used_at,
           replaces
    from app.api_keys
    where ${environment}::text is null or environment = ${environment}`,
};
