/** Rows of `app.tenants` as Postgres returns them. */
import type { Plan } from '../config/plans.ts';
import type { Region } from '../config/regions.ts';

export type TenantStatus = 'provisioning' | 'active' | 'suspended' | 'deleting' | 'deleted';

export type TenantRow = {
  id: string;
  slug: string;
  name: string;
  region: Region;
  plan: Plan;
  status: TenantStatus;
  isolation: 'pool' | 'silo';
  domain: string | null;
  created_at: Date;
  updated_at: Date;
};
