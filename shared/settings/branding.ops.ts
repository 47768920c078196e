/** How a tenant's pages look (UI-4): the name shown, a colour and a logo. */
import { createHash } from 'node:crypto';
import { fail } from '../contract/errors.ts';
import type { Ops } from '../contract/module.ts';
import { sql } from '../db/sql.ts';
import { difference, merged } from '../tenancy/change.ts';
import { readLogo } from './logo.ts';
import { type Branding, type settingsContract, unfitLogo } from './settings.contract.ts';

/** What is set; nothing stands for what is not. */
type Kept = { [Name in keyof Branding]?: NonNullable<Branding[Name]> };
type Row = { branding: Kept };

export const brandingOps: Pick<Ops<typeof settingsContract>, 'branding' | 'brand'> = {
  branding: async (ctx) => toView(await ctx.tx.maybeOne<Row>(sql`select branding from app.tenant_settings`)),

  brand: async (ctx, { logo, ...change }) => {
    const drawn = typeof logo === 'string' ? logoOf(logo) : logo;
    await ctx.tx.query(sql`
      insert into app.tenant_settings (tenant_id) values (app.tenant_id()) on conflict do nothing`);
    const before = await ctx.tx.one<Row>(sql`select branding from app.tenant_settings for update`);
    const branding = merged<Kept[keyof Kept]>(before.branding, { ...change, logo: drawn });
    const after = await ctx.tx.one<Row>(sql`
      update app.tenant_settings set branding = ${branding}, updated_at = now() returning branding`);
    ctx.audit({
      target: { type: 'branding', id: ctx.tenant.id },
      ...difference(traceOf(toView(before)), traceOf(toView(after))),
    });
    // It stands in the row of the settings, which are part of the configuration.
    ctx.reconfigure({ tenant: ctx.tenant.id });
    return toView(after);
  },
};

function toView({ branding }: Row = { branding: {} }): Branding {
  const { name = null, color = null, logo = null } = branding;
  return { name, color, logo };
}

function logoOf(data: string): NonNullable<Branding['logo']> {
  const logo = readLogo(Buffer.from(data, 'base64'));
  if ('unfit' in logo) {
    throw fail(unfitLogo, { errors: [{ path: 'body.logo', message: logo.unfit }] });
  }
  return { ...logo, data };
}

/** The trail keeps which picture it was, not the picture. */
function traceOf({ logo, ...branding }: Branding) {
  if (logo === null) return { ...branding, logo };
  const { data, ...facts } = logo;
  return {
    ...branding,
    logo: { ...facts, sha256: createHash('sha256').update(data, 'base64').digest('hex') },
  };
}
