import type { Rule } from './rule.ts';

export const foreignKeyComposite: Rule = {
  name: 'foreign-key-composite',
  why: 'a foreign key is checked outside the policies, so a row may point at another tenant’s row',
  fix: 'write: foreign key (tenant_id, <column>) references <other table> (tenant_id, id)',
  sql: `
    select format('%I on %s', k.conname, k.conrelid::regclass) as object
    from pg_constraint k
    join pg_attribute mine on mine.attrelid = k.conrelid and mine.attname = 'tenant_id' and not mine.attisdropped
    join pg_attribute theirs
      on theirs.attrelid = k.confrelid and theirs.attname = 'tenant_id' and not theirs.attisdropped
    where k.contype = 'f' and k.connamespace = 'app'::regnamespace
      and not exists (
        select from unnest(k.conkey, k.confkey) as pair (child, parent)
        where pair.child = mine.attnum and pair.parent = theirs.attnum)`,
};
