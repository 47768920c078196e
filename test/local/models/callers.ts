/** Who calls models in these tests: an owner and an API key of a fresh tenant, and the platform's staff. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import type { Plan } from '#shared/config/plans.ts';
import { type Client, createClient } from '#shared/contract/client.ts';
import { type TenantId, uuidOf } from '#shared/contract/ids.ts';
import { registry } from '#shared/registry.ts';
import type { BatterySite } from '#test/battery/support/site.ts';

export type Api = Client<typeof registry>;

export type Caller = {
  tenant: TenantId;
  /** The tenant's owner, with the typed client. */
  owner: Api;
  token: string;
  /** The official clients, told our address and an API key of the tenant. */
  anthropic: Anthropic;
  openai: OpenAI;
};

/** A fresh tenant: no call finds what another one left. */
export async function newCaller({ world, url }: BatterySite, plan: Plan = 'basic'): Promise<Caller> {
  const tenant = await world.tenant();
  await world.admin.query('update app.tenants set plan = $2 where id = $1', [uuidOf(tenant), plan]);
  const token = await world.token(await world.member(tenant, 'owner'));
  const { text: apiKey } = await world.apiKey(tenant, { role: 'operator' });
  return {
    ...{ tenant, token, owner: clientOf(url, token, tenant) },
    anthropic: new Anthropic({ baseURL: url, apiKey, maxRetries: 0 }),
    openai: new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 }),
  };
}

/** The platform's administrator. */
export async function newStaff({ world, url }: BatterySite): Promise<Api> {
  return clientOf(url, await world.token(world.stranger(), { 'cognito:groups': ['platform-admin'] }));
}

function clientOf(baseUrl: string, token: string, tenant?: TenantId): Api {
  return createClient(registry, { baseUrl, accessToken: () => token, tenantId: () => tenant });
}
