/** Where data may go when a region is gone. */
import { expect, test } from '@jest/globals';
import { isOfResidency, regionNames, regions, standbyRegionOf } from '#shared/config/regions.ts';

const awsRegions = regionNames.flatMap((name) => {
  const { aws, standby } = regions[name];
  return [aws, standby].filter((one) => one !== undefined).map((region) => ({ name, region }));
});

test('[BKP-4] each residency goes on in its own second region, and the United Kingdom in none', () => {
  expect(standbyRegionOf('us')).toBe('us-west-2');
  expect(standbyRegionOf('eu')).toBe('eu-central-1');
  expect(() => standbyRegionOf('uk')).toThrow('must not leave eu-west-2');
});

test('[BKP-4] a region of another residency is refused, whichever it is', () => {
  for (const { name, region } of awsRegions) expect(isOfResidency(name, region)).toBe(true);
  for (const name of regionNames) {
    const others = awsRegions.filter((other) => other.name !== name).map(({ region }) => region);
    for (const region of [...others, 'me-south-1', 'us-gov-west-1', '', 'undefined']) {
      expect([name, region, isOfResidency(name, region)]).toEqual([name, region, false]);
    }
  }
});

test('[BKP-4] no region belongs to two residencies', () => {
  expect(new Set(awsRegions.map(({ region }) => region)).size).toBe(awsRegions.length);
});
