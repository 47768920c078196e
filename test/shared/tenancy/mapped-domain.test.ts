/** A request that names no tenant and comes in by a proven domain means that domain's tenant, through the whole chain. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { formatId } from '#shared/contract/ids.ts';
import { serve } from '#shared/middleware/serve.ts';
import { tenancy } from '#shared/tenancy/module.ts';
import { tenancyOps } from '#shared/tenancy/tenancy.ops.ts';
import { type Answer, type Chain, type Handler, startChain } from '../../support/chain.ts';
import { newPerson, type Person } from '../../support/tokens.ts';
import { type Founded, foundTenant } from '../db/tenants.ts';

let chain: Chain;
const handler = serve(tenancy, tenancyOps);

beforeAll(async () => {
  chain = await startChain();
});
afterAll(() => chain.stop());

/** A tenant with a domain, proven unless told otherwise. */
async function mapped(proven = true): Promise<{ tenant: Founded; domain: string }> {
  const tenant = await foundTenant(chain.database.admin);
  const domain = `${tenant.slug}.example.com`;
  await chain.database.admin.query('update app.tenants set domain = $1 where id = $2', [
    domain,
    tenant.tenantId,
  ]);
  if (proven) await prove(tenant);
  return { tenant, domain };
}

const prove = ({ tenantId }: Founded) =>
  chain.database.admin.query('update app.tenants set domain_verified_at = now() where id = $1', [tenantId]);

/** Somebody who belongs to these tenants and has chosen none of them. */
async function memberOf(...tenants: Founded[]): Promise<Person> {
  const person = newPerson();
  const { admin } = chain.database;
  await admin.query('insert into app.users (id, email, name) values ($1, $2, $3)', [
    person.sub,
    person.email,
    person.name,
  ]);
  for (const { tenantId } of tenants) {
    await admin.query("insert into app.memberships (tenant_id, user_id, role) values ($1, $2, 'viewer')", [
      tenantId,
      person.sub,
    ]);
  }
  return person;
}

/** The owner of a tenant gives up its domain. */
async function giveUp({ tenantId, userId }: Founded): Promise<void> {
  const answer = await chain.call(handler, {
    ...{ method: 'PATCH', path: '/v1/tenant', body: { domain: null } },
    headers: { 'x-tenant-id': formatId('tenant', tenantId) },
    token: await chain.pool.token({ sub: userId, email: 'owner@example.com', name: 'Owner' }),
  });
  expect(answer.status).toBe(200);
}

/** Asks which tenant the call means. */
async function askUnder(host: string, person: Person, headers: Record<string, string> = {}): Promise<Answer> {
  const underHost: Handler = (event, context) => {
    const requestContext = { ...event.requestContext, domainName: host };
    return handler({ ...event, requestContext }, context);
  };
  const token = await chain.pool.token(person);
  return chain.call(underHost, { method: 'GET', path: '/v1/tenant', token, headers });
}

const answered = (tenant: Founded) => ({ status: 200, body: { id: formatId('tenant', tenant.tenantId) } });

test('[TEN-4] a proven domain selects its tenant among the caller’s own', async () => {
  const [first, second] = [await mapped(), await mapped()];
  const person = await memberOf(first.tenant, second.tenant);
  expect(await askUnder(first.domain, person)).toMatchObject(answered(first.tenant));
  expect(await askUnder(`${second.domain.toUpperCase()}:4001`, person)).toMatchObject(
    answered(second.tenant),
  );
});

test('[TEN-4] x-tenant-id goes before the domain', async () => {
  const [first, second] = [await mapped(), await mapped()];
  const person = await memberOf(first.tenant, second.tenant);
  const named = { 'x-tenant-id': formatId('tenant', second.tenant.tenantId) };
  expect(await askUnder(first.domain, person, named)).toMatchObject(answered(second.tenant));
});

test('[TEN-4, TEN-11] a domain opens its tenant to nobody who does not belong to it', async () => {
  const [theirs, own] = [await mapped(), await mapped()];
  const person = await memberOf(own.tenant);
  expect((await askUnder(theirs.domain, person)).status).toBeGreaterThanOrEqual(400);
});

test('[TEN-4] a claimed domain, another name and a header that callers write select nothing', async () => {
  const [claimed, other] = [await mapped(false), await mapped()];
  const person = await memberOf(claimed.tenant, other.tenant);
  for (const host of [claimed.domain, 'api.example.com', `${randomUUID()}.example.com`]) {
    const written = { host: other.domain, 'x-forwarded-host': other.domain };
    expect(await askUnder(host, person, written)).toMatchObject({
      status: 400,
      body: { code: 'tenant.required' },
    });
  }
  expect(await askUnder('api.example.com', await memberOf(other.tenant))).toMatchObject(
    answered(other.tenant),
  );
});

test('[TEN-4] a domain that is proven, or taken to another tenant, counts with the next request', async () => {
  const { tenant, domain } = await mapped(false);
  const { tenant: next } = await mapped();
  const person = await memberOf(tenant, next);
  expect((await askUnder(domain, person)).status).toBe(400);
  await prove(tenant);
  expect(await askUnder(domain, person)).toMatchObject(answered(tenant));
  await giveUp(tenant);
  await chain.database.admin.query('update app.tenants set domain = $1 where id = $2', [
    domain,
    next.tenantId,
  ]);
  expect((await askUnder(domain, person)).status).toBe(400);
  await prove(next);
  expect(await askUnder(domain, person)).toMatchObject(answered(next));
});
