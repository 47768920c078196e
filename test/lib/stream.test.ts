/** What streams has a function of its own, and the gateway passes its answer on as it comes. */
import { describe, expect, test } from '@jest/globals';
import { type Bundles, bundleFunctions } from '#lib/bundle.ts';
import type { GatewayDocument, GatewayOperation } from '#shared/contract/gateway.ts';
import { counting } from '../support/counting.ts';
import { faultsOf } from './api-proof.ts';
import { flatten, kernelFunctions, modules, newApp, only, type Synthesized, synthesize } from './synth.ts';

const real = await bundleFunctions({ maps: false });
/** The module's entry is the test's own; its code is that of a function which runs the chain. */
const bundles: Bundles = {
  ...real,
  names: (kind) => [...real.names(kind), ...(kind === 'stream' ? ['counting'] : [])],
  folder: (kind, name) => (name === 'counting' ? real.folder('http', 'members') : real.folder(kind, name)),
  parts: (kind, name) => (name === 'counting' ? real.parts('http', 'members') : real.parts(kind, name)),
};
const all = [...modules, counting];
const cell = synthesize({ modules: all, bundles });

function operationIn({ templates }: Synthesized): GatewayOperation {
  const { paths } = only(templates.http, 'AWS::ApiGateway::RestApi').Properties?.Body as GatewayDocument;
  const found = paths['/v1/counting']?.post;
  if (found === undefined) throw new Error('POST /v1/counting is not there');
  return found;
}

describe('an endpoint that streams', () => {
  test('[API-1] is invoked by response streaming, on the live alias of its own function', () => {
    const integration = operationIn(cell)['x-amazon-apigateway-integration'];
    expect(integration).toMatchObject({
      ...{ type: 'aws_proxy', httpMethod: 'POST' },
      ...{ responseTransferMode: 'STREAM', timeoutInMillis: 300_000 },
    });
    expect(flatten(integration.uri)).toMatch(
      /lambda:path\/2021-11-15\/functions\/…\/response-streaming-invocations$/,
    );
    expect(faultsOf(cell, all, bundles)).toEqual([]);
  });

  test('has a function that runs as long as the gateway waits, and none for answers in one piece', () => {
    const functions = kernelFunctions(cell);
    expect(functions.get('stream-counting')?.Properties).toMatchObject({
      ...{ Timeout: 300, Handler: 'index.handler', Runtime: 'nodejs24.x', Architectures: ['arm64'] },
    });
    expect(functions.has('http-counting')).toBe(false);
  });

  test.each([
    ['is invoked for one piece', /is not passed on as it comes/, { responseTransferMode: undefined }],
    [
      'is buffered by its address',
      /does not point at an alias/,
      { uri: { 'Fn::Join': ['', ['…/2015-03-31/functions/', { Ref: 'x' }, '/invocations']] } },
    ],
  ])('the proof of the API fails where it %s', (_what, fault, damage) => {
    const copy = structuredClone(cell);
    Object.assign(operationIn(copy)['x-amazon-apigateway-integration'], damage);
    expect(faultsOf(copy, all, bundles).join('\n')).toMatch(fault);
  });

  test('an entry that no endpoint streams from is refused by name', () => {
    expect(() => newApp({ modules: all.filter((one) => one !== counting), bundles })).toThrow(
      'functions/stream/counting.ts serves no registered module',
    );
  });
});
