/**
 * The catalogue, broken in every way that takes one statement: each policy dropped or weakened, each table without
 * its row level security, each login with more than it should have. Cases and lints must notice every one.
 */
import type { Client } from 'pg';
import { lint } from '#shared/db/lints/lint.ts';
import { loginRoles } from '#shared/db/lints/rule.ts';
import { everyTableOf } from '#test/isolation/catalogue.ts';
import type { Case } from './cast.ts';
import { playBroken } from './stage.ts';

export type Mutant = { name: string; statement: string };

/** Who noticed a mutant. */
export type Notice = { mutant: Mutant; byCases: boolean; byLints: boolean };

/** Mutants that change nothing for anybody, each with the reason why. One that is noticed must not stand here. */
export const equivalent: Readonly<Record<string, string>> = {
  'policy system_writes on app.ai_tenants: using (true)':
    'its check refuses what is another tenant’s, and the sweep may not change whose a row is',
  'policy system_writes on app.ai_tenants: with check (true)':
    'rows of another tenant are not found, and the sweep may not change whose a row is',
  'policy platform_own on app.impersonations: using (true)':
    'its check refuses what is another’s, and the staff may not change who asked',
  'policy platform_own on app.impersonations: with check (true)':
    'rows of another are not found, and the staff may not change who asked',
  'policy restore on app.tenants: with check (true)':
    'rows of another tenant are not found, and a restore may not change which tenant a row is',
  'policy restore on app.ai_tenants: with check (true)':
    'rows of another tenant are not found, and a restore may not change whose a row is',
  'policy system_notes on app.audit_heads: using (true)':
    'its check refuses what is another tenant’s, and a job may not change whose a row is',
  'policy system_notes on app.audit_heads: with check (true)':
    'rows of another tenant are not found, and a job may not change whose a row is',
  'policy worker on app.drills: using (true)':
    'its check refuses what is another tenant’s, and a worker may not change whose a row is',
  'policy worker on app.drills: with check (true)':
    'rows of another tenant are not found, and a worker may not change whose a row is',
  'policy definer on app.restores: using (true)':
    'another policy shows them all; its check refuses to change what is another tenant’s',
  'policy system on app.ai_transcripts: with check (true)': 'its login adds and changes no rows',
  'policy definer on app.audit_pending: with check (true)':
    'an entry waits in whichever tenant it was written, as another policy says',
  'policy worker on app.restores: with check (true)':
    'rows of another tenant are not found, and a worker may not change whose a row is',
};

type Policy = { name: string; table: string; cmd: string; using: string | null; check: string | null };

/** Every mutant of this database, from its catalogue. */
export async function mutantsOf(admin: Client): Promise<Mutant[]> {
  const { rows: policies } = await admin.query<Policy>(`
    select p.polname as name, c.relname as table, p.polcmd::text as cmd,
      pg_get_expr(p.polqual, c.oid) as using, pg_get_expr(p.polwithcheck, c.oid) as check
    from pg_policy p join pg_class c on c.oid = p.polrelid
    where c.relnamespace = 'app'::regnamespace order by 2, 1`);
  const tables = await everyTableOf(admin);
  return [
    ...policies.flatMap(ofPolicy),
    ...tables.flatMap(({ name }) => ofTable(`app.${name}`)),
    ...loginRoles.flatMap(ofLogin),
  ];
}

/** Tries every mutant, each in a transaction that is rolled back. */
export async function tryMutants(
  admin: Client,
  mutants: readonly Mutant[],
  cases: readonly Case[],
): Promise<Notice[]> {
  // What is wrong before anything is broken would be taken for a notice of everything.
  const before = await playBroken(admin, 'select', cases, async () => undefined);
  const wrong = new Set([...before.leaks, ...before.failedControls]);
  const notices: Notice[] = [];
  for (const mutant of mutants) {
    let findings = 0;
    const { leaks, failedControls } = await playBroken(admin, mutant.statement, cases, async () => {
      findings = (await lint(admin)).length;
    });
    const byCases = [...leaks, ...failedControls].some((found) => !wrong.has(found));
    notices.push({ mutant, byCases, byLints: findings > 0 });
  }
  return notices;
}

function ofPolicy({ name, table, cmd, using, check }: Policy): Mutant[] {
  const policy = `policy ${name} on app.${table}`;
  // Without a check of its own, what may be written is what may be seen.
  const checked = check ?? (cmd === '*' || cmd === 'w' ? using : null);
  const weakened = (clause: 'using' | 'with check', expression: string | null): Mutant[] =>
    expression === null
      ? []
      : [...withoutOne(expression), 'true']
          .filter((weaker) => weaker !== expression)
          .map((weaker) => ({
            name: `${policy}: ${clause} (${weaker})`,
            statement: `alter ${policy} ${clause} (${weaker})`,
          }));
  return [
    { name: `${policy}: dropped`, statement: `drop ${policy}` },
    ...weakened('using', using),
    ...weakened('with check', checked),
    { name: `${policy}: to public`, statement: `alter ${policy} to public` },
  ];
}

/** A conjunction without one of its conditions, for each; nothing for a single condition. */
function withoutOne(expression: string): string[] {
  const conditions = conjuncts(expression);
  if (conditions.length < 2) return [];
  return conditions.map((_condition, left) =>
    conditions.filter((_other, index) => index !== left).join(' AND '),
  );
}

/** The conditions of `((a) AND (b))` as PostgreSQL prints it. */
function conjuncts(expression: string): string[] {
  const inner = expression.replace(/^\(/, '').replace(/\)$/, '');
  let depth = 0;
  const found = [''];
  for (const part of inner.split(/(\(|\)| AND )/)) {
    if (part === '(') depth += 1;
    if (part === ')') depth -= 1;
    if (part === ' AND ' && depth === 0) found.push('');
    else found.push(`${found.pop() ?? ''}${part}`);
  }
  return found;
}

function ofTable(table: string): Mutant[] {
  const open = (command: string, clauses: string): Mutant => ({
    name: `${table}: a policy that opens it for ${command}`,
    statement: `create policy leak on ${table} for ${command} to app_tenant ${clauses}`,
  });
  return [
    { name: `${table}: disabled`, statement: `alter table ${table} disable row level security` },
    { name: `${table}: unforced`, statement: `alter table ${table} no force row level security` },
    { name: `${table}: owned by the login`, statement: `alter table ${table} owner to app_tenant` },
    open('select', 'using (true)'),
    open('insert', 'with check (true)'),
    open('update', 'using (true)'),
    open('delete', 'using (true)'),
  ];
}

function ofLogin(login: string): Mutant[] {
  return [
    { name: `${login}: bypassrls`, statement: `alter role ${login} bypassrls` },
    { name: `${login}: superuser`, statement: `alter role ${login} superuser` },
    { name: `${login}: member of app_definer`, statement: `grant app_definer to ${login}` },
    { name: `${login}: member of app_migrator`, statement: `grant app_migrator to ${login}` },
  ];
}
