/** Lints the catalogue of a migrated database: each rule stands in a file of its own, with a test that breaks it. */
import type { ClientBase } from 'pg';
import { appSchemaOnly } from './app-schema-only.ts';
import { appendOnly } from './append-only.ts';
import { backupDeclared } from './backup-declared.ts';
import { contextInSubselect } from './context-in-subselect.ts';
import { definerOwner } from './definer-owner.ts';
import { definerSearchPath } from './definer-search-path.ts';
import { foreignKeyComposite } from './foreign-key-composite.ts';
import { grantToPublic } from './grant-to-public.ts';
import { loginAttributes } from './login-attributes.ts';
import { loginMembership } from './login-membership.ts';
import { loginOwnership } from './login-ownership.ts';
import { loginPrivileges } from './login-privileges.ts';
import { policyToPublic } from './policy-to-public.ts';
import { rlsEnabled } from './rls-enabled.ts';
import { rlsForced } from './rls-forced.ts';
import { rlsPolicy } from './rls-policy.ts';
import type { Rule } from './rule.ts';
import { tenantColumn } from './tenant-column.ts';
import { tenantIndex } from './tenant-index.ts';
import { tenantPolicy } from './tenant-policy.ts';
import { uniquePerTenant } from './unique-per-tenant.ts';
import { viewSecurityInvoker } from './view-security-invoker.ts';

/** An object of the database that breaks a rule; the message says why it matters and what to do. */
export type Finding = { rule: string; object: string; message: string };

export const rules: readonly Rule[] = [
  rlsEnabled,
  rlsForced,
  rlsPolicy,
  tenantColumn,
  tenantPolicy,
  contextInSubselect,
  policyToPublic,
  foreignKeyComposite,
  uniquePerTenant,
  tenantIndex,
  viewSecurityInvoker,
  definerSearchPath,
  definerOwner,
  grantToPublic,
  loginAttributes,
  loginMembership,
  loginOwnership,
  loginPrivileges,
  appendOnly,
  appSchemaOnly,
  backupDeclared,
];

/** Everything in this database that breaks a rule; nothing when the schema is sound. */
export async function lint(client: Pick<ClientBase, 'query'>): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const rule of rules) {
    const { rows } = await client.query<{ object: string }>(`${rule.sql} order by 1`);
    findings.push(
      ...rows.map(({ object }) => ({
        rule: rule.name,
        object,
        message: `${object}: ${rule.why}. ${adviceFor(rule, object)}.`,
      })),
    );
  }
  return findings;
}

/** What to write, with the name of the table that it is about, so that it can be copied. */
function adviceFor({ fix }: Rule, object: string): string {
  const table = /\bapp\.\w+/.exec(object)?.[0];
  return table === undefined ? fix : fix.replaceAll('<table>', table);
}
