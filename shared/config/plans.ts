/** What a plan includes. Values are the defaults of LIM-1 and LIM-2; a tenant may differ by override. */

/** All plans, cheapest first (TEN-1). */
export const planNames = ['basic', 'pro', 'enterprise'] as const;

export type Plan = (typeof planNames)[number];

/** Requests a minute; a burst may reach twice that for one minute (LIM-1). */
export type RateLimits = { userPerMinute: number; tenantPerMinute: number };

/** Default request rates for each plan. */
export const rateLimits: Record<Plan, RateLimits> = {
  basic: { userPerMinute: 60, tenantPerMinute: 300 },
  pro: { userPerMinute: 60, tenantPerMinute: 300 },
  enterprise: { userPerMinute: 60, tenantPerMinute: 300 },
};
