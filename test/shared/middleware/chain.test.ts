/** What every endpoint gets from the chain, shown on the real tenancy and identity modules. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createSecretKey } from 'node:crypto';
import { identityOps } from '#shared/identity/identity.ops.ts';
import { identity } from '#shared/identity/module.ts';
import { serve } from '#shared/middleware/serve.ts';
import { tenancy } from '#shared/tenancy/module.ts';
import { tenancyOps } from '#shared/tenancy/tenancy.ops.ts';
import { type Answer, type Chain, startChain } from '../../support/chain.ts';
import { newPerson, type Person, type TokenOptions } from '../../support/tokens.ts';

let chain: Chain;
const serveTenancy = serve(tenancy, tenancyOps);
const serveIdentity = serve(identity, identityOps);

beforeAll(async () => {
  chain = await startChain();
});
afterAll(() => chain.stop());

const newSlug = (): string => `t-${randomUUID().slice(0, 8)}`;

async function create(person: Person, slug = newSlug(), key: string = randomUUID()): Promise<Answer> {
  return chain.call(serveTenancy, {
    method: 'POST',
    path: '/v1/tenants',
    body: { slug, name: 'Acme', region: 'us', plan: 'basic' },
    headers: { 'Idempotency-Key': key },
    token: await chain.pool.token(person),
  });
}

async function tenantOf(person: Person): Promise<string> {
  const { status, body } = await create(person);
  expect(status).toBe(201);
  return (body as { id: string }).id;
}

async function getTenant(token: string | undefined, headers: Record<string, string> = {}): Promise<Answer> {
  return chain.call(serveTenancy, {
    method: 'GET',
    path: '/v1/tenant',
    headers,
    ...(token === undefined ? {} : { token }),
  });
}

const codeOf = (answer: Answer): string => (answer.body as { code: string }).code;

describe('authentication', () => {
  test('[IDN-2] a valid access token of the pool is accepted', async () => {
    const person = newPerson();
    await tenantOf(person);
    expect((await getTenant(await chain.pool.token(person))).status).toBe(200);
  });

  const now = Math.floor(Date.now() / 1000);
  const bad: [string, TokenOptions][] = [
    ['expired', { expiresInSeconds: -60 }],
    ['not yet valid', { claims: { nbf: now + 600 } }],
    ['of another issuer', { claims: { iss: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_other' } }],
    ['of another client', { claims: { client_id: 'other' } }],
    ['an ID token', { claims: { token_use: 'id', aud: 'test-client' } }],
    ['with an unknown key id', { header: { kid: 'unknown' } }],
    ['without a user', { claims: { sub: 'not-a-user' } }],
  ];
  test.each(bad)('[IDN-2] a token %s is refused with 401', async (_name, options) => {
    const answer = await getTenant(await chain.pool.token(newPerson(), options));
    expect(answer).toMatchObject({ status: 401, body: { code: 'auth.unauthenticated' } });
  });

  test('[IDN-2] a token signed with the public key as an HMAC secret is refused', async () => {
    const key = createSecretKey(Buffer.from(chain.pool.publicKeyPem)).export();
    const token = await chain.pool.token(newPerson(), { header: { alg: 'HS256' }, key: new Uint8Array(key) });
    expect((await getTenant(token)).status).toBe(401);
  });

  test('[IDN-2] an unsigned token is refused', async () => {
    const [, payload] = (await chain.pool.token(newPerson())).split('.');
    const head = Buffer.from(JSON.stringify({ alg: 'none', kid: 'test-key' })).toString('base64url');
    expect((await getTenant(`${head}.${payload}.`)).status).toBe(401);
  });

  test('[IDN-2] a changed token is refused, and so are none and nonsense', async () => {
    const token = await chain.pool.token(newPerson());
    const [head, payload, signature] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: randomUUID() })).toString('base64url');
    expect((await getTenant(`${head}.${forged}.${signature}`)).status).toBe(401);
    expect((await getTenant(undefined)).status).toBe(401);
    expect((await getTenant('nonsense')).status).toBe(401);
  });
});

describe('the tenant of a call', () => {
  test('[TEN-4] another tenant answers exactly like one that does not exist', async () => {
    const [owner, stranger] = [newPerson(), newPerson()];
    const theirs = await tenantOf(owner);
    await tenantOf(stranger);
    const token = await chain.pool.token(stranger);
    const real = await getTenant(token, { 'x-tenant-id': theirs });
    const madeUp = await getTenant(token, { 'x-tenant-id': `ten_${randomUUID()}` });
    expect(real.status).toBe(404);
    expect({ ...(real.body as object), instance: '' }).toEqual({ ...(madeUp.body as object), instance: '' });
  });

  test('[TEN-4] a caller with several tenants must say which, and may choose a default', async () => {
    const person = newPerson();
    const [first, second] = [await tenantOf(person), await tenantOf(person)];
    const token = await chain.pool.token(person);
    expect(codeOf(await getTenant(token))).toBe('tenant.required');
    expect((await getTenant(token, { 'x-tenant-id': first })).body).toMatchObject({ id: first });
    const chosen = await chain.call(serveIdentity, {
      method: 'PUT',
      path: '/v1/me/default-tenant',
      body: { tenantId: second },
      token,
    });
    expect(chosen.status).toBe(200);
    expect((await getTenant(token)).body).toMatchObject({ id: second });
  });

  test('[TEN-4] a suspended tenant is refused', async () => {
    const person = newPerson();
    const id = await tenantOf(person);
    await chain.database.admin.query("update app.tenants set status = 'suspended' where id = $1", [
      id.slice(4),
    ]);
    const answer = await getTenant(await chain.pool.token(person));
    expect(answer).toMatchObject({ status: 403, body: { code: 'tenant.suspended' } });
  });
});

describe('authorisation', () => {
  test('[ACC-4] a role without the permission is refused, and the default is to refuse', async () => {
    const person = newPerson();
    const id = await tenantOf(person);
    await chain.database.admin.query("update app.memberships set role = 'viewer' where tenant_id = $1", [
      id.slice(4),
    ]);
    const token = await chain.pool.token(person);
    expect((await getTenant(token)).status).toBe(200);
    const answer = await chain.call(serveTenancy, {
      method: 'PATCH',
      path: '/v1/tenant',
      body: { name: 'Mine' },
      token,
    });
    expect(answer).toMatchObject({ status: 403, body: { code: 'auth.forbidden' } });
  });

  test('[ACC-1] a platform group gives nothing inside a tenant', async () => {
    const [owner, staff] = [newPerson(), newPerson()];
    const id = await tenantOf(owner);
    const token = await chain.pool.token(staff, { groups: ['platform-admin'] });
    expect((await getTenant(token, { 'x-tenant-id': id })).status).toBe(404);
  });
});

describe('input', () => {
  test('[API-1] every mistake is named by field, and unknown fields are refused', async () => {
    const answer = await chain.call(serveTenancy, {
      method: 'POST',
      path: '/v1/tenants',
      body: { slug: 'No Spaces', name: '', region: 'mars', plan: 'basic', status: 'deleted' },
      headers: { 'idempotency-key': 'k' },
      token: await chain.pool.token(newPerson()),
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    expect(answer.headers['content-type']).toBe('application/problem+json');
    const { errors } = answer.body as { errors: { path: string }[] };
    expect(errors.map((mistake) => mistake.path)).toEqual(
      expect.arrayContaining(['body.slug', 'body.name', 'body.region', 'body']),
    );
  });

  test.each([
    ['no body', undefined, {}],
    ['text that is not JSON', '{"slug":', {}],
    ['another content type', { slug: 'abc' }, { 'Content-Type': 'text/plain' }],
    ['an array', '[]', {}],
  ])('[API-1] %s is refused with 400', async (_name, body, headers) => {
    const answer = await chain.call(serveTenancy, {
      method: 'POST',
      path: '/v1/tenants',
      headers: { 'idempotency-key': 'k', ...headers },
      token: await chain.pool.token(newPerson()),
      ...(body === undefined ? {} : { body }),
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  });
});

describe('idempotency', () => {
  test('[TEN-2] a repeated call gives the first answer and has one effect', async () => {
    const person = newPerson();
    const [slug, key] = [newSlug(), randomUUID()];
    const first = await create(person, slug, key);
    const second = await create(person, slug, key);
    expect(second.status).toBe(201);
    // But for what is shown once.
    expect(second.body).toEqual({ ...(first.body as object), apiKey: null });
    const { rows } = await chain.database.admin.query('select from app.tenants where slug = $1', [slug]);
    expect(rows).toHaveLength(1);
  });

  test('[TEN-2] the same key for another request is refused, and a missing key where one is required', async () => {
    const person = newPerson();
    const key = randomUUID();
    await create(person, newSlug(), key);
    expect(await create(person, newSlug(), key)).toMatchObject({
      status: 422,
      body: { code: 'idempotency.mismatch' },
    });
    expect(await create(person, newSlug(), '')).toMatchObject({
      status: 400,
      body: { code: 'idempotency.key_missing' },
    });
  });

  test('[TEN-2] of twenty equal calls at once one takes effect; the others get its answer or are told to wait', async () => {
    const person = newPerson();
    const [slug, key] = [newSlug(), randomUUID()];
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(person, slug, key)));
    const made = answers.filter((answer) => answer.status === 201);
    const told = made.map((answer) => answer.body as { apiKey: string | null });
    expect(new Set(told.map((body) => JSON.stringify({ ...body, apiKey: null }))).size).toBe(1);
    expect(told.filter(({ apiKey }) => apiKey !== null)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status !== 201).map(codeOf)).toEqual(
      Array.from({ length: 20 - made.length }, () => 'idempotency.in_flight'),
    );
    const { rows } = await chain.database.admin.query('select from app.tenants where slug = $1', [slug]);
    expect(rows).toHaveLength(1);
  });

  test('[TEN-2] a key belongs to its caller', async () => {
    const [slug, key] = [newSlug(), randomUUID()];
    await create(newPerson(), slug, key);
    expect(await create(newPerson(), slug, key)).toMatchObject({ status: 409 });
  });

  test('[TEN-2] a failed call leaves nothing behind and may be repeated', async () => {
    const [slug, key] = [newSlug(), randomUUID()];
    const person = newPerson();
    await create(newPerson(), slug);
    expect(await create(person, slug, key)).toMatchObject({
      status: 409,
      body: { code: 'tenancy.slug_taken' },
    });
    const { rows } = await chain.database.admin.query(
      'select from app.user_idempotency_keys where key = $1',
      [key],
    );
    expect(rows).toHaveLength(0);
  });
});

describe('records', () => {
  test('[AUD-1] the audit row and the outbox row commit with the operation, or not at all', async () => {
    const person = newPerson();
    const id = (await tenantOf(person)).slice(4);
    const audit = await chain.database.admin.query(
      'select action, actor_id, ip, plane, after from app.audit_events where tenant_id = $1',
      [id],
    );
    expect(audit.rows).toMatchObject([
      { action: 'tenant.created', actor_id: person.sub, ip: '203.0.113.7', plane: 'user' },
    ]);
    const outbox = await chain.database.admin.query(
      'select type, kind from app.outbox where tenant_id = $1',
      [id],
    );
    expect(outbox.rows).toEqual([{ type: 'onboardingRequest', kind: 'event' }]);
  });
});

describe('limits and failures', () => {
  test('[LIM-1] the 121st request of a fresh minute is refused with Retry-After', async () => {
    const person = newPerson();
    const token = await chain.pool.token(person);
    const profile = () => chain.call(serveIdentity, { method: 'GET', path: '/v1/me', token });
    // Not across the turn of a minute, where a new window opens.
    if (Date.now() % 60_000 > 45_000)
      await new Promise((go) => setTimeout(go, 60_000 - (Date.now() % 60_000)));
    const answers: Answer[] = [];
    for (let round = 0; round < 13; round += 1) {
      answers.push(...(await Promise.all(Array.from({ length: 10 }, profile))));
    }
    const refused = answers.filter((answer) => answer.status === 429);
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(120);
    expect(refused).toHaveLength(10);
    expect(refused[0]?.body).toMatchObject({ code: 'limit.rate', policy: 'user' });
    expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(0);
    expect(answers[0]?.headers['ratelimit-policy']).toBe('"user";q=60;w=60');
  }, 120_000);

  test('[TEN-11] guessing tenants counts against the guesser, and costs the tenant nothing', async () => {
    const [owner, guesser] = [newPerson(), newPerson()];
    const id = await tenantOf(owner);
    const token = await chain.pool.token(guesser);
    const first = await getTenant(token, { 'x-tenant-id': id });
    const second = await getTenant(token, { 'x-tenant-id': id });
    const left = (answer: Answer) => /"user";r=(\d+)/.exec(answer.headers.ratelimit ?? '')?.[1];
    expect(Number(left(first)) - Number(left(second))).toBe(1);
    expect(second.headers.ratelimit).not.toContain('tenant');
    const own = await getTenant(await chain.pool.token(owner));
    expect(own.headers.ratelimit).toContain('"tenant";r=299');
  });

  test('[OPS-1] an answer says nothing internal when the database fails', async () => {
    const person = newPerson();
    await tenantOf(person);
    await chain.database.admin.query('alter table app.tenants rename to tenants_gone');
    const answer = await getTenant(await chain.pool.token(person));
    await chain.database.admin.query('alter table app.tenants_gone rename to tenants');
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).not.toMatch(/tenants|relation|select|postgres/i);
  });

  test('[ACC-4] when the counters cannot be reached the answer is 503, never open', async () => {
    const person = newPerson();
    await tenantOf(person);
    await chain.withoutDynamoDb(async () => {
      const answer = await getTenant(await chain.pool.token(person));
      expect(answer).toMatchObject({ status: 503, body: { code: 'dependency.unavailable' } });
    });
    expect((await getTenant(await chain.pool.token(person))).status).toBe(200);
  });

  test('[UI-3] only the configured origins may read answers', async () => {
    const token = await chain.pool.token(newPerson());
    const from = (origin: string) =>
      chain.call(serveIdentity, { method: 'GET', path: '/v1/me', token, headers: { origin } });
    const allowed = await from('https://console.example.com');
    expect(allowed.headers['access-control-allow-origin']).toBe('https://console.example.com');
    expect((await from('https://evil.example.com')).headers['access-control-allow-origin']).toBeUndefined();
  });
});
