import { globallyUnique } from './exceptions.ts';
import { inList, type Rule } from './rule.ts';

export const uniquePerTenant: Rule = {
  name: 'unique-per-tenant',
  why: 'a refused value tells one tenant what another tenant has',
  fix:
    'lead the unique constraint or index with tenant_id; a value that is unique across tenants on purpose is ' +
    'explained in shared/db/lints/exceptions.ts',
  sql: `
    select format('%s on %s', i.indexrelid::regclass, i.indrelid::regclass) as object
    from pg_index i join pg_class c on c.oid = i.indexrelid
    where c.relnamespace = 'app'::regnamespace and i.indisunique
      and c.relname not in (${inList(globallyUnique)})
      and not exists (
        select from pg_attribute a
        where a.attrelid = i.indrelid and a.attname = 'tenant_id'
          and a.attnum = any ((i.indkey::int2[])[0:i.indnkeyatts - 1]))`,
};
