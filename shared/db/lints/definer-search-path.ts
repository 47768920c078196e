import type { Rule } from './rule.ts';

export const definerSearchPath: Rule = {
  name: 'definer-search-path',
  why: 'the caller decides which objects the function’s names mean, and it runs with its owner’s rights',
  fix: 'write: security definer set search_path = app, pg_temp',
  sql: `
    select p.oid::regprocedure::text as object
    from pg_proc p
    where p.prosecdef and p.pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
      and not coalesce('search_path=app, pg_temp' = any (p.proconfig), false)`,
};
