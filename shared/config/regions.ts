/** Where a tenant may live. A residency is pinned when the tenant is created and never changes (TEN-1). */

/** Residencies and the AWS region that serves each. */
export const regions = {
  us: { aws: 'us-east-1', name: 'United States' },
  eu: { aws: 'eu-west-1', name: 'European Union' },
  uk: { aws: 'eu-west-2', name: 'United Kingdom' },
} as const;

/** A residency: `us`, `eu` or `uk`. */
export type Region = keyof typeof regions;

/** All residencies, in a tuple for schemas. */
export const regionNames = ['us', 'eu', 'uk'] as const satisfies readonly Region[];
