/** A cell in the second region of its residency. */
import { expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { Stack } from 'aws-cdk-lib';
import { bundleFunctions } from '#lib/bundle.ts';
import { Cell } from '#lib/cell.ts';
import { features } from '#lib/features.ts';
import { deploymentOf } from '#shared/config/deployments.ts';
import type { Region } from '#shared/config/regions.ts';
import { registry } from '#shared/registry.ts';

const bundles = await bundleFunctions({ maps: false });

function regionsOfCell(region: Region): Set<string> {
  const app = new App({ context: features, analyticsReporting: false });
  const deployment = deploymentOf('prod');
  const cell = new Cell(app, {
    ...{ region, standby: true, account: undefined, deployment, bundles },
    ...{ modules: Object.values(registry), console: undefined },
  });
  return new Set(cell.node.findAll().flatMap((one) => (Stack.isStack(one) ? [one.region] : [])));
}

test('[BKP-4] all of a cell goes to the second region of its residency', () => {
  expect(regionsOfCell('eu')).toEqual(new Set(['eu-central-1']));
});

test('[BKP-4] a residency with one region has no cell elsewhere', () => {
  expect(() => regionsOfCell('uk')).toThrow('must not leave eu-west-2');
});
