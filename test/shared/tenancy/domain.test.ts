/** A tenant's domain: claimed, proven by a DNS record, and from then on its tenant's. Real DNS on loopback. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { uuidOf } from '#shared/contract/ids.ts';
import { domainProof } from '#shared/tenancy/domain-proof.ts';
import { tenancy as module } from '#shared/tenancy/module.ts';
import { tenancyOps as ops } from '#shared/tenancy/tenancy.ops.ts';
import { callAs, type Kernel, refusal, startKernel } from '../../support/call-as.ts';
import { type NameServer, startNameServer } from '../../support/name-server.ts';

const tenancy = { module, ops };
const secrets = mockClient(SecretsManagerClient);
let kernel: Kernel;
let dns: NameServer;
type Owner = Awaited<ReturnType<Kernel['found']>>;

beforeAll(async () => {
  [kernel, dns] = await Promise.all([startKernel(), startNameServer()]);
  process.env.NAME_SERVERS = dns.address;
  secrets.on(GetSecretValueCommand).resolves({ SecretString: 'a-secret-for-tests' });
});
beforeEach(() => dns.records.clear());
afterAll(async () => {
  await Promise.all([kernel.stop(), dns.stop()]);
});

const domainOf = (owner: Owner) => callAs(owner, tenancy, 'domain', {});
const verify = (owner: Owner) => callAs(owner, tenancy, 'verifyDomain', {});
const lookup = 'select app.tenant_of_domain($1) as id';
const tenantOf = async (host: string) =>
  (await kernel.database.admin.query<{ id: string | null }>(lookup, [host])).rows[0]?.id;

/** A new tenant that claims a domain, its own unless told. */
async function claim(domain?: string): Promise<{ owner: Owner; domain: string }> {
  const owner = await kernel.found();
  const claimed = domain ?? `${owner.tenant.slice(-12)}.example.com`;
  await callAs(owner, tenancy, 'update', { domain: claimed });
  return { owner, domain: claimed };
}

async function publish(owner: Owner): Promise<void> {
  const { record } = await domainOf(owner);
  dns.records.set(record.name, ['v=spf1 -all', record.value]);
}

describe('the record', () => {
  const of = (tenant: string, domain: string, secret = 'secret') =>
    domainProof({ tenant, domain }, secret).value;

  test('[TEN-4] it is another one for every tenant, domain and deployment', () => {
    const values = [
      of('a', 'x.example'),
      of('b', 'x.example'),
      of('a', 'y.example'),
      of('a', 'x.example', 's'),
    ];
    expect(new Set(values).size).toBe(4);
  });

  test('[TEN-10] it is shown to members, and there is none without a domain', async () => {
    const { owner, domain } = await claim();
    expect(await domainOf(owner)).toMatchObject({
      ...{ domain, verifiedAt: null },
      record: {
        type: 'TXT',
        name: `_plinth.${domain}`,
        value: expect.stringMatching(/^plinth-verification=.{43}$/),
      },
    });
    const without = await kernel.found();
    await expect(domainOf(without)).rejects.toMatchObject(refusal('tenancy.no_domain'));
    await expect(verify(without)).rejects.toMatchObject(refusal('tenancy.no_domain'));
  });
});

describe('proving a domain', () => {
  test('[TEN-4] a claimed domain means nobody; a proven one its tenant', async () => {
    const { owner, domain } = await claim();
    expect(await verify(owner)).toMatchObject({ verifiedAt: null, found: 'nothing' });
    expect(await tenantOf(domain)).toBeNull();
    await publish(owner);
    expect(await verify(owner)).toMatchObject({ verifiedAt: expect.any(String), found: 'record' });
    expect(await tenantOf(domain)).toBe(uuidOf(owner.tenant));
    expect(await callAs(owner, tenancy, 'get', {})).toMatchObject({
      ...{ domain, domainVerifiedAt: expect.any(String) },
    });
  });

  test('[TEN-4] another tenant’s record, or a stale one, proves nothing', async () => {
    const { owner: other, domain } = await claim();
    await publish(other);
    const { owner } = await claim(domain);
    expect(await verify(owner)).toMatchObject({ verifiedAt: null, found: 'nothing' });
    dns.records.set(`_plinth.${domain}`, ['plinth-verification=']);
    expect(await verify(owner)).toMatchObject({ verifiedAt: null, found: 'nothing' });
  });

  test('[TEN-4] what was proven is not proven again by somebody else', async () => {
    const { owner, domain } = await claim();
    await publish(owner);
    await verify(owner);
    const { owner: second } = await claim(domain);
    await publish(second);
    await expect(verify(second)).rejects.toMatchObject(refusal('tenancy.domain_taken'));
    expect(await tenantOf(domain)).toBe(uuidOf(owner.tenant));
  });

  test('[TEN-4] a domain that is changed or given up means nobody until it is proven again', async () => {
    const { owner, domain } = await claim();
    await publish(owner);
    await verify(owner);
    await callAs(owner, tenancy, 'update', { name: 'Renamed' });
    expect(await tenantOf(domain)).toBe(uuidOf(owner.tenant));
    await callAs(owner, tenancy, 'update', { domain: `new.${domain}` });
    expect([await tenantOf(domain), await tenantOf(`new.${domain}`)]).toEqual([null, null]);
    await callAs(owner, tenancy, 'update', { domain });
    expect(await tenantOf(domain)).toBeNull();
  });

  test('[TEN-10] name servers that do not answer are not waited for', async () => {
    const { owner } = await claim();
    dns.silent = true;
    const startedAt = Date.now();
    expect(await verify(owner)).toMatchObject({ verifiedAt: null, found: 'no_answer' });
    expect(Date.now() - startedAt).toBeLessThan(1_500);
    dns.silent = false;
  });

  test('[AUD-1] each check stands in the trail with what it found', async () => {
    const { owner, domain } = await claim();
    await verify(owner);
    await publish(owner);
    await verify(owner);
    const { rows } = await kernel.database.admin.query(
      "select before, after from app.audit_events where tenant_id = $1 and action = 'tenant.domain_checked' order by id",
      [uuidOf(owner.tenant)],
    );
    expect(rows).toEqual([
      { before: { domain, verifiedAt: null }, after: { domain, verifiedAt: null, found: 'nothing' } },
      {
        before: { domain, verifiedAt: null },
        after: { domain, verifiedAt: expect.any(String), found: 'record' },
      },
    ]);
  });

  test('[ACC-4] a viewer sees the record and proves nothing', async () => {
    const { owner } = await claim();
    const viewer = await kernel.join(owner.tenant, 'viewer');
    expect(await domainOf(viewer)).toMatchObject({ verifiedAt: null });
    await expect(verify(viewer)).rejects.toMatchObject(refusal('auth.forbidden'));
  });
});
