/**
 * The whole local stack for a battery: a process of its own on a temporary folder, a look into its database past
 * all policies, and as many tenants and people as are wanted, made at once instead of one sign-up after the other.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt, SignJWT } from 'jose';
import pg from 'pg';
import { readDemo } from '#local/demo.ts';
import { loadKeys } from '#local/parts/cognito/keys.ts';
import { adminUser } from '#local/parts/postgres/cluster.ts';
import { currentData } from '#local/parts/postgres/home.ts';
import { resetState } from '#local/reset-state.ts';
import { signIn } from '#local/sign-in.ts';
import { synthesize } from '#local/synth.ts';
import type { TenantRole } from '#shared/contract/roles.ts';
import { type LocalStack, readStack, startStack } from '#test/smoke/local-stack.ts';

/** A person in a tenant, with a token that outlives any battery. */
export type Member = { userId: string; tenantId: string; token: string };

/** A tenant and its people, one for each role that was asked for. */
export type Team = { tenantId: string; members: Member[] };

const root = join(import.meta.dirname, '../..');

export type WholeStack = {
  url: string;
  state: string;
  /** The process that everything else is below. */
  pid: number;
  /** Address of its database, as a superuser whom no policy binds. */
  adminUrl: string;
  /** What it has printed so far. */
  output(): string;
  /** Tenants with members in these roles, in this order. */
  found(count: number, roles: readonly TenantRole[]): Promise<Team[]>;
  stop(): Promise<void>;
};

/**
 * Starts a stack; resolves when it serves.
 * @param change changes the synthesized assembly before the stack reads it, given its folder
 */
export async function startWholeStack(change?: (assembly: string) => void): Promise<WholeStack> {
  const state = await mkdtemp(join(tmpdir(), 'plinth-battery-'));
  const start = async () => {
    // A stack keeps its assembly in its state folder, and makes it only where there is none.
    if (change !== undefined) change(await synthesize(root, state));
    return startStack(state);
  };
  const stack = await start().catch(async (error: unknown) => {
    await resetState(state);
    throw error;
  });
  const stop = async () => {
    await stack.end('SIGINT');
    await resetState(state);
  };
  try {
    const adminUrl = await adminUrlOf(state);
    const mint = await tokens(stack);
    const pid = readStack(state)?.pid ?? 0;
    const found: WholeStack['found'] = (count, roles) => foundTeams(adminUrl, mint, count, roles);
    return { url: stack.url, state, pid, adminUrl, output: () => stack.output(), found, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Port and password stand in the state folder, readable by this user only. */
async function adminUrlOf(state: string): Promise<string> {
  const port = readFileSync(join(await currentData(state), 'postmaster.pid'), 'utf8').split('\n')[3] ?? '';
  const password = readFileSync(join(state, 'postgres', 'admin-password'), 'utf8');
  return `postgresql://${adminUser}:${password}@127.0.0.1:${port}/plinth`;
}

type Mint = (person: { id: string; email: string; name: string }) => Promise<string>;

/** Tokens like the one that a real sign-in brought, signed with the pool's own key. */
async function tokens({ url, state }: LocalStack): Promise<Mint> {
  const config = (await (await fetch(`${url}/config.json`)).json()) as Parameters<typeof signIn>[0];
  const demo = readDemo(state);
  if (demo === undefined) throw new Error('the stack has no demo data');
  const real = await signIn({ ...config, email: demo.users.owner, password: demo.password });
  const {
    sub: _sub,
    email: _email,
    name: _name,
    exp: _exp,
    jti: _jti,
    ...claims
  } = decodeJwt(real.accessToken);
  const { kid, privateKey } = await loadKeys(state);
  return ({ id, email, name }) =>
    new SignJWT({ ...claims, sub: id, username: id, email, name, email_verified: 'true', jti: randomUUID() })
      .setProtectedHeader({ alg: 'RS256', kid })
      .setExpirationTime('6h')
      .sign(privateKey);
}

async function foundTeams(
  adminUrl: string,
  mint: Mint,
  count: number,
  roles: readonly TenantRole[],
): Promise<Team[]> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  const tenantIds = Array.from({ length: count }, () => randomUUID());
  const people = tenantIds.flatMap((tenantId) =>
    roles.map((role) => ({ id: randomUUID(), tenantId, role, name: `Member ${role}` })),
  );
  const emailOf = (id: string) => `${id}@battery.example`;
  try {
    await admin.query(
      `insert into app.tenants (id, slug, name, region, plan)
       select id, 't-' || left(id::text, 18), 'Battery', 'us', 'basic' from unnest($1::uuid[]) as id`,
      [tenantIds],
    );
    await admin.query(
      `insert into app.users (id, email, name) select * from unnest($1::uuid[], $2::text[], $3::text[])`,
      [people.map(({ id }) => id), people.map(({ id }) => emailOf(id)), people.map(({ name }) => name)],
    );
    await admin.query(
      `insert into app.memberships (tenant_id, user_id, role)
       select * from unnest($1::uuid[], $2::uuid[], $3::text[])`,
      [people.map((one) => one.tenantId), people.map(({ id }) => id), people.map(({ role }) => role)],
    );
  } finally {
    await admin.end();
  }
  const members = await Promise.all(
    people.map(async ({ id, name, tenantId }) => ({
      userId: id,
      tenantId,
      token: await mint({ id, email: emailOf(id), name }),
    })),
  );
  return tenantIds.map((tenantId) => ({
    tenantId,
    members: members.filter((member) => member.tenantId === tenantId),
  }));
}
