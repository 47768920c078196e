/** Calling with API keys in tests, through the whole chain. */
import { randomUUID } from 'node:crypto';
import { audit } from '#shared/audit/module.ts';
import { auditOps } from '#shared/audit/audit.ops.ts';
import { formatId, type TenantId } from '#shared/contract/ids.ts';
import { identity } from '#shared/identity/module.ts';
import { identityOps } from '#shared/identity/identity.ops.ts';
import { keys } from '#shared/keys/module.ts';
import { keysOps } from '#shared/keys/keys.ops.ts';
import { members } from '#shared/members/module.ts';
import { membersOps } from '#shared/members/members.ops.ts';
import { serve } from '#shared/middleware/serve.ts';
import { tenancy } from '#shared/tenancy/module.ts';
import { tenancyOps } from '#shared/tenancy/tenancy.ops.ts';
import { type Answer, type Chain, type Handler, type Request, startChain } from '../../support/chain.ts';
import { type KeyOptions, storeKey, type StoredKey } from '../../support/stored-key.ts';

export type Calling = {
  chain: Chain;
  /** Calls whatever serves the path; the bearer is a key or a token. */
  call: (bearer: string, method: string, path: string, more?: Partial<Request>) => Promise<Answer>;
  /** Asks for the tenant of the call. */
  ask: (bearer: string) => Promise<Answer>;
  newTenant: () => Promise<TenantId>;
  /** A key of a new tenant. */
  newKey: (options?: KeyOptions) => Promise<StoredKey & { tenant: TenantId }>;
  /** What the database holds, past all policies. */
  query: <Row>(text: string, values: unknown[]) => Promise<Row[]>;
};

const modules: Readonly<Record<string, Handler>> = {
  '/v1/keys': serve(keys, keysOps),
  '/v1/tenant': serve(tenancy, tenancyOps),
  '/v1/tenants': serve(tenancy, tenancyOps),
  '/v1/members': serve(members, membersOps),
  '/v1/invitations': serve(members, membersOps),
  '/v1/audit-events': serve(audit, auditOps),
  '/v1/me': serve(identity, identityOps),
};

/** Starts the parts; once per test file. */
export async function startCalling(): Promise<Calling> {
  const chain = await startChain();
  const { admin } = chain.database;
  const calling: Calling = {
    chain,
    call: (bearer, method, path, more = {}) => {
      const headers = { 'Idempotency-Key': randomUUID(), ...more.headers };
      return chain.call(handlerOf(path), { method, path, token: bearer, ...more, headers });
    },
    ask: (bearer) => calling.call(bearer, 'GET', '/v1/tenant'),
    newTenant: async () => {
      const id = randomUUID();
      await admin.query(
        "insert into app.tenants (id, slug, name, region, plan) values ($1, $2, 'Acme', 'us', 'basic')",
        [id, `t-${id.slice(0, 12)}`],
      );
      return formatId('tenant', id);
    },
    newKey: async (options = {}) => {
      const tenant = await calling.newTenant();
      return { tenant, ...(await storeKey(admin, tenant, options)) };
    },
    query: async <Row>(text: string, values: unknown[]) =>
      (await admin.query<Row & object>(text, values)).rows as Row[],
  };
  return calling;
}

function handlerOf(path: string): Handler {
  const [prefix = ''] = Object.keys(modules)
    .filter((one) => path === one || path.startsWith(`${one}/`))
    .sort((one, other) => other.length - one.length);
  const handler = modules[prefix];
  if (handler === undefined) throw new Error(`nothing here serves ${path}`);
  return handler;
}
