/** Where a tenant may live. A residency is pinned when the tenant is created and never changes (TEN-1). */

/**
 * Residencies, the AWS region that serves each, and the one of the same residency that goes on when it is gone. The
 * United Kingdom has one region: there another zone goes on (BKP-4).
 */
export const regions = {
  us: { aws: 'us-east-1', standby: 'us-west-2', name: 'United States' },
  eu: { aws: 'eu-west-1', standby: 'eu-central-1', name: 'European Union' },
  uk: { aws: 'eu-west-2', standby: undefined, name: 'United Kingdom' },
} as const;

/** A residency: `us`, `eu` or `uk`. */
export type Region = keyof typeof regions;

/** All residencies, in a tuple for schemas. */
export const regionNames = ['us', 'eu', 'uk'] as const satisfies readonly Region[];

/** Whether an AWS region belongs to a residency: data goes to no other (TEN-1, BKP-4). */
export function isOfResidency(region: Region, awsRegion: string): boolean {
  const { aws, standby } = regions[region];
  return awsRegion === aws || awsRegion === standby;
}

/**
 * The AWS region that goes on for a residency when its own is gone.
 * @throws Error for a residency with one region
 */
export function standbyRegionOf(region: Region): string {
  const { standby, aws, name } = regions[region];
  if (standby !== undefined) return standby;
  throw new Error(
    `The ${name} has no second region: data must not leave ${aws}, where another zone goes on (docs/runbooks/failover.md).`,
  );
}
