/** What members do with their tenant, and how one comes to be (TEN-1, TEN-2). */
import { settings } from '../config/environment.ts';
import { isOfResidency } from '../config/regions.ts';
import type { TenantContext } from '../contract/context.ts';
import { fail, problems } from '../contract/errors.ts';
import { newId, type UserId, uuidOf } from '../contract/ids.ts';
import type { Ops } from '../contract/module.ts';
import { failOn } from '../db/constraint.ts';
import { sql } from '../db/sql.ts';
import { recordCaller } from './caller.ts';
import { domainProof, lookFor } from './domain-proof.ts';
import { linkSecret } from './link-secret.ts';
import {
  domainTaken,
  noDomain,
  slugTaken,
  type tenancyContract,
  type TenantDomain,
  wrongRegion,
} from './tenancy.contract.ts';
import { tenancyEvents } from './tenancy.events.ts';
import { issueApiKey } from './new-api-key.ts';
import { type TenantRow, toTenant } from './tenancy.rows.ts';

export const tenancyOps: Ops<typeof tenancyContract> = {
  create: async (ctx, { slug, name, region, plan }) => {
    if (!ctx.user.emailVerified) throw fail(problems.emailUnverified);
    // The database of this deployment stands in one region; a tenant's residency is where its rows are.
    if (!isOfResidency(region, settings.region())) throw fail(wrongRegion);
    const id = newId('tenant');
    await recordCaller(ctx.tx, ctx.user);
    const founded = await failOn('tenants_slug_key', slugTaken, () =>
      ctx.tx.one<TenantRow>(
        sql`select * from app.found_tenant(${uuidOf(id)}, ${slug}, ${name}, ${region}, ${plan})`,
      ),
    );
    // Above, the transaction has entered the tenant: what follows belongs to it.
    const key = firstKey(ctx.user.id);
    await ctx.tx.query(key.insert);
    ctx.audit({ target: { type: 'tenant', id }, after: { slug, name, region, plan, apiKeyId: key.id } });
    ctx.emit(tenancyEvents.onboardingRequest, { tenantId: id, slug, region, plan });
    return { ...toTenant(founded), apiKey: key.text };
  },

  get: async (ctx) => toTenant(await ctx.tx.one<TenantRow>(sql`select * from app.tenants`)),

  update: async (ctx, { name, domain }) => {
    const before = await ctx.tx.one<TenantRow>(sql`select * from app.tenants for update`);
    const after = await ctx.tx.one<TenantRow>(sql`
      update app.tenants
      set name = ${name ?? before.name}, updated_at = now(),
          domain = ${domain === undefined ? before.domain : domain}
      returning *`);
    ctx.audit({
      target: { type: 'tenant', id: ctx.tenant.id },
      before: { name: before.name, domain: before.domain },
      after: { name: after.name, domain: after.domain },
    });
    // The gate knows the domain; nobody there asks for a name.
    if (after.domain !== before.domain) ctx.reconfigure({ tenant: ctx.tenant.id });
    return toTenant(after);
  },

  domain: async (ctx) => domainOf(await ctx.tx.one<TenantRow>(sql`select * from app.tenants`)),

  verifyDomain: async (ctx) => {
    // Not locked: name servers take their time.
    const before = await ctx.tx.one<TenantRow>(sql`select * from app.tenants`);
    const { domain, record } = await domainOf(before);
    const found = await lookFor(record);
    const after = found === 'record' ? await verified(ctx, domain) : before;
    ctx.audit({
      target: { type: 'tenant', id: ctx.tenant.id },
      before: { domain, verifiedAt: before.domain_verified_at },
      after: { domain, verifiedAt: after.domain_verified_at, found },
    });
    return { ...(await domainOf(after)), found };
  },
};

async function domainOf(row: TenantRow): Promise<TenantDomain> {
  const { domain } = row;
  if (domain === null) throw fail(noDomain);
  const record = domainProof({ tenant: row.id, domain }, await linkSecret());
  return { domain, record, verifiedAt: toTenant(row).domainVerifiedAt };
}

/** The proven domain means this tenant now, unless it was given up meanwhile or another tenant has proven it. */
async function verified(ctx: TenantContext, domain: string): Promise<TenantRow> {
  const changed = await failOn('tenants_domain_key', domainTaken, () =>
    ctx.tx.maybeOne<TenantRow>(sql`
      update app.tenants
      set domain_verified_at = coalesce(domain_verified_at, now()), updated_at = now()
      where domain = ${domain}
      returning *`),
  );
  if (changed === undefined) throw fail(problems.conflict);
  ctx.reconfigure({ tenant: ctx.tenant.id });
  return changed;
}

/** The key that a new tenant's first programs call it with. */
function firstKey(owner: UserId) {
  return issueApiKey({
    ...{ name: 'First administration key', environment: 'live', role: 'admin', scopes: null },
    ...{ allowedAddresses: [], expiresAt: null, replaces: null, createdBy: { type: 'person', id: owner } },
  });
}
