/** A template is not made from a broken capability registry. */
import { expect, test } from '@jest/globals';
import * as z from 'zod';
import { endpoint } from '#shared/contract/endpoint.ts';
import { module } from '#shared/contract/module.ts';
import { modules, newApp } from './synth.ts';

const files = module({
  name: 'files',
  summary: 'Files',
  contract: {
    get: endpoint({
      plane: 'public',
      method: 'GET',
      path: '/v1/files',
      summary: 'Files',
      output: z.object({}),
      rate: 'public',
      capability: 'billing',
      requirements: ['CAP-1'],
    }),
  },
  needs: {},
});

test('[CAP-1] synthesis stops at an endpoint that names a capability which does not exist yet', () => {
  expect(() => newApp({ modules: [...modules, files] })).toThrow(
    'files.get: names billing, which is planned; remove planned: true',
  );
});
