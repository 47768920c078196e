import type { Rule } from './rule.ts';

export const definerOwner: Rule = {
  name: 'definer-owner',
  why: 'the function runs with more rights than the vetted functions need',
  fix: 'create it after: set local role app_definer, and grant app_definer what it needs',
  sql: `
    select p.oid::regprocedure::text as object
    from pg_proc p
    where p.prosecdef and p.proowner <> 'app_definer'::regrole
      and p.pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)`,
};
