/**
 * What cdk-nag cannot see inside an imported API body: that every path is a contract that authenticates, or is
 * explicitly public, and reaches the live alias of the function that serves it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundles } from '#lib/bundle.ts';
import type { GatewayDocument, GatewayOperation } from '#shared/contract/gateway.ts';
import { endpointsOf, type Module, type RegisteredEndpoint } from '#shared/contract/module.ts';
import { flatten, ofType, only, type Synthesized, type Template } from './synth.ts';

/** The chain's link without which a bundle serves strangers. */
const authentication = 'shared/middleware/authenticate.ts';

/** Operations that anybody may call. A new one is a decision: it is made here. */
export const publicOperations = ['health.check', 'sessions.begin', 'sessions.refresh', 'sessions.end'];

/** Everything wrong with the API of a cell, in words; empty when it is proven. */
export function faultsOf(cell: Synthesized, modules: readonly Module[], bundles: Bundles): string[] {
  const { http } = cell.templates;
  const { paths } = only(http, 'AWS::ApiGateway::RestApi').Properties?.Body as GatewayDocument;
  const declared = new Map(endpointsOf(modules).map((called) => [called.operationId, called]));
  const served = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => method !== 'options')
      .map(([method, operation]) => ({ where: `${method.toUpperCase()} ${path}`, operation })),
  );
  const missing = [...declared.keys()].filter(
    (id) => !served.some(({ operation }) => operation.operationId === id),
  );
  return [
    ...missing.map((id) => `${id} is not served`),
    ...served.flatMap(({ where, operation }) =>
      faultsOfContract(where, declared.get(operation.operationId ?? ''), operation).concat(
        faultsOfTarget(where, operation, cell, bundles),
      ),
    ),
  ];
}

function faultsOfContract(
  where: string,
  called: RegisteredEndpoint | undefined,
  operation: GatewayOperation,
): string[] {
  if (called === undefined) return [`${where} is no contract`];
  const { method, path, plane, streams } = called.endpoint;
  const passedOn = operation['x-amazon-apigateway-integration'].responseTransferMode === 'STREAM';
  const open = plane === 'public' && !publicOperations.includes(called.operationId);
  return [
    ...(where === `${method} ${path}` ? [] : [`${where} carries the contract of ${method} ${path}`]),
    ...(open ? [`${where} is public without being listed`] : []),
    ...(streams === passedOn ? [] : [`${where} ${streams ? 'is not passed on as it comes' : 'streams'}`]),
  ];
}

function faultsOfTarget(
  where: string,
  operation: GatewayOperation,
  { folder, templates }: Synthesized,
  bundles: Bundles,
): string[] {
  const { type, uri, responseTransferMode } = operation['x-amazon-apigateway-integration'];
  const module = operation.operationId?.split('.')[0] ?? '';
  const kind = responseTransferMode === 'STREAM' ? 'stream' : 'http';
  const action =
    kind === 'stream'
      ? '2021-11-15/functions/…/response-streaming-invocations'
      : '2015-03-31/functions/…/invocations';
  if (type !== 'aws_proxy') return [`${where} has no function`];
  const alias = ofType(templates.http, 'AWS::Lambda::Alias').find(([id]) =>
    JSON.stringify(uri).includes(`{"Ref":"${id}"}`),
  );
  if (alias === undefined || !flatten(uri).endsWith(`/${action}`)) {
    return [`${where} does not point at an alias`];
  }
  const fn = functionOf(templates.http, alias[1].Properties?.FunctionName);
  const asset = String(fn?.Metadata?.['aws:asset:path']);
  return [
    ...(alias[1].Properties?.Name === 'live' ? [] : [`${where} points at another alias than live`]),
    ...(String(fn?.Properties?.FunctionName).endsWith(`-${kind}-${module}`)
      ? []
      : [`${where} points at the function of another module`]),
    ...(fn?.Properties?.Handler === 'index.handler' && existsSync(join(folder, asset, 'index.mjs'))
      ? []
      : [`${where} points at a function without code`]),
    ...(authenticates(bundles, kind, module) ? [] : [`${where} is served without authentication`]),
  ];
}

function functionOf(template: Template, reference: unknown): Template['Resources'][string] | undefined {
  return template.Resources[(reference as { Ref?: string } | undefined)?.Ref ?? ''];
}

function authenticates(bundles: Bundles, kind: 'http' | 'stream', module: string): boolean {
  const parts = bundles.names(kind).includes(module) ? bundles.parts(kind, module) : [];
  return parts.some(({ when, inputs }) => when === 'at start' && (inputs[authentication] ?? 0) > 0);
}
