/**
 * On AWS functions sign in to the database with IAM tokens, which their role must allow (`rds-db:connect`). Here
 * every login gets a random password at each start instead, known to the functions whose role allows it and to
 * nobody else.
 */
import { randomBytes } from 'node:crypto';
import type { Decision } from './front/gate.ts';
import { denial } from './iam/denial.ts';
import { judge } from './iam/judge.ts';
import { asAdministrator } from './parts/postgres/administrator.ts';
import { localAccount } from './template/facts.ts';
import {
  type Cell,
  type FunctionDefinition,
  functions,
  ofType,
  roleByArn,
  rolePolicies,
} from './template/readers.ts';
import { policyDocuments } from './wiring.ts';

/** Password by login. */
export type Passwords = ReadonlyMap<string, string>;

/** Who is told what was decided, and whom to tell of a refusal. */
export type LoginJudge = {
  onDecision?: ((decision: Decision) => void) | undefined;
  log: (line: string) => void;
};

/** A password for every login that a function names. */
export function newPasswords(cell: Cell): Passwords {
  const logins = functions(cell).flatMap((definition) => definition.environment.DATABASE_USER ?? []);
  return new Map([...new Set(logins)].map((login) => [login, randomBytes(24).toString('base64url')]));
}

/** The password of the login that a function names, when its role may connect as that login. */
export function passwordFor(
  definition: FunctionDefinition,
  { cell, passwords, onDecision, log }: { cell: Cell; passwords: Passwords } & LoginJudge,
): string | undefined {
  const login = definition.environment.DATABASE_USER;
  if (login === undefined) return undefined;
  const role = roleByArn(rolePolicies(cell), definition.roleArn);
  const asked = { action: 'rds-db:connect', resource: loginArn(cell, definition.region, login) };
  const verdict = judge({ policies: policyDocuments(role), ...asked });
  onDecision?.({
    ...asked,
    role: role.name,
    service: 'rds-db',
    allowed: verdict.allowed,
    ...(verdict.statement === undefined ? {} : { statement: verdict.statement }),
  });
  if (verdict.allowed) return passwords.get(login);
  log(`${definition.name}: ${denial({ ...asked, accountId: localAccount, role: role.name, verdict })}`);
  return undefined;
}

/**
 * Sets the passwords; the logins must exist, so the migration comes first. A copy shows the database at an earlier
 * moment, at which a login may not have existed yet.
 */
export async function giveLoginsPasswords(
  adminUrl: string,
  passwords: Passwords,
  { isCopy = false } = {},
): Promise<void> {
  await asAdministrator(adminUrl, async (administrator) => {
    const { rows } = await administrator.query<{ rolname: string }>('select rolname from pg_roles');
    const there = new Set(rows.map(({ rolname }) => rolname));
    for (const [login, password] of passwords) {
      if (isCopy && !there.has(login)) continue;
      const name = administrator.escapeIdentifier(login);
      await administrator.query(`alter role ${name} password ${administrator.escapeLiteral(password)}`);
    }
  });
}

/** Functions connect to the proxy where there is one, else to the cluster. */
function loginArn(cell: Cell, region: string, login: string): string {
  const [proxy] = ofType(cell, 'AWS::RDS::DBProxy');
  const [cluster] = ofType(cell, 'AWS::RDS::DBCluster');
  const database =
    proxy === undefined
      ? String(cluster?.attributes.DBClusterResourceId)
      : String(proxy.attributes.DBProxyArn).split(':').at(-1);
  return `arn:aws:rds-db:${region}:${localAccount}:dbuser:${database}/${login}`;
}
