import { beforeAll, describe, expect, test } from '@jest/globals';
import { bundleFunctions, type EntryKind } from '#lib/bundle.ts';
import { endpoint } from '#shared/contract/endpoint.ts';
import { countPathResources, type GatewayDocument } from '#shared/contract/gateway.ts';
import { module } from '#shared/contract/module.ts';
import { health } from '#shared/health/module.ts';
import * as z from 'zod';
import { faultsOf } from './api-proof.ts';
import { modules, newApp, ofType, only, type Synthesized, synthesize } from './synth.ts';

const bundles = await bundleFunctions({ maps: false });

describe('the API', () => {
  let cell: Synthesized;

  beforeAll(() => {
    cell = synthesize();
  });

  test('[IDN-2] every path is a contract that authenticates or is listed as public, behind the live alias of its function', () => {
    expect(faultsOf(cell, modules, bundles)).toEqual([]);
  });

  describe('the proof fails for', () => {
    const broken: [
      what: string,
      fault: RegExp,
      damage: (body: GatewayDocument, copy: Synthesized) => void,
    ][] = [
      [
        'a path that is no contract',
        /GET \/v1\/backdoor is no contract/,
        ({ paths }) => {
          paths['/v1/backdoor'] = { get: { ...get(paths, '/v1/me'), operationId: 'backdoor.open' } };
        },
      ],
      [
        'a contract that is not served',
        /audit\.list is not served/,
        ({ paths }) => {
          delete paths['/v1/audit-events'];
        },
      ],
      [
        'a contract under another path',
        /GET \/v1\/elsewhere carries the contract of GET \/v1\/audit-events/,
        ({ paths }) => {
          paths['/v1/elsewhere'] = paths['/v1/audit-events'] ?? {};
          delete paths['/v1/audit-events'];
        },
      ],
      [
        'an integration that answers without a function',
        /GET \/v1\/audit-events has no function/,
        ({ paths }) => {
          get(paths, '/v1/audit-events')['x-amazon-apigateway-integration'].type = 'mock';
        },
      ],
      [
        'an integration that skips the alias',
        /GET \/v1\/audit-events does not point at an alias/,
        ({ paths }, { templates }) => {
          const [id] = ofType(templates.http, 'AWS::Lambda::Function')[0] ?? [];
          get(paths, '/v1/audit-events')['x-amazon-apigateway-integration'].uri = {
            'Fn::Join': ['', ['…/functions/', { 'Fn::GetAtt': [id, 'Arn'] }, '/invocations']],
          } as never;
        },
      ],
      [
        'the function of another module',
        /GET \/v1\/audit-events points at the function of another module/,
        ({ paths }) => {
          const integration = get(paths, '/v1/audit-events')['x-amazon-apigateway-integration'];
          Object.assign(integration, get(paths, '/v1/health')['x-amazon-apigateway-integration']);
        },
      ],
      [
        'a function whose code is missing',
        /points at a function without code/,
        (_body, { templates }) => {
          for (const [, fn] of ofType(templates.http, 'AWS::Lambda::Function')) {
            fn.Metadata = { 'aws:asset:path': 'asset.missing' };
          }
        },
      ],
    ];

    test.each(broken)('%s', (_what, fault, damage) => {
      const copy = structuredClone(cell);
      damage(bodyOf(copy), copy);
      expect(faultsOf(copy, modules, bundles).join('\n')).toMatch(fault);
    });

    test('a public endpoint that nobody decided on', () => {
      const wide = module({ ...health, contract: { ...health.contract, open: publicEndpoint('/v1/open') } });
      const others = modules.filter((one) => one.name !== 'health');
      const synthesized = synthesize({ modules: [wide, ...others] });
      expect(faultsOf(synthesized, [wide, ...others], bundles)).toEqual([
        'GET /v1/open is public without being listed',
      ]);
    });

    test('a function that does not run the chain', () => {
      const parts = (kind: EntryKind, name: string) =>
        bundles.parts(kind, name).map(({ inputs, ...part }) => {
          const { 'shared/middleware/authenticate.ts': _gone, ...rest } = inputs;
          return { ...part, inputs: rest };
        });
      expect(faultsOf(cell, modules, { ...bundles, parts }).join('\n')).toMatch(
        /is served without authentication/,
      );
    });
  });

  test('only the gateway, and only this API, may invoke the alias', () => {
    const permissions = ofType(cell.templates.http, 'AWS::Lambda::Permission').map(
      ([, one]) => one.Properties,
    );
    const aliases = ofType(cell.templates.http, 'AWS::Lambda::Alias').map(([id]) => id);
    expect(permissions).toHaveLength(aliases.length);
    for (const permission of permissions) {
      expect(permission).toMatchObject({
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
      });
      expect(aliases).toContain((permission?.FunctionName as { Ref: string }).Ref);
      expect(JSON.stringify(permission?.SourceArn)).toContain('/live/*/*');
    }
  });

  test('[IDN-3] the API can have a name on the console’s site, where browsers send its cookie', () => {
    const own = {
      name: 'api.plinth.example',
      certificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/a',
    };
    const { templates } = synthesize({ changed: { apiDomains: { us: own } } });
    expect(only(templates.http, 'AWS::ApiGateway::DomainName').Properties).toMatchObject({
      DomainName: own.name,
      RegionalCertificateArn: own.certificateArn,
      SecurityPolicy: 'TLS_1_2',
      EndpointConfiguration: { Types: ['REGIONAL'] },
    });
    const mapping = only(templates.http, 'AWS::ApiGateway::BasePathMapping').Properties;
    expect(mapping).not.toHaveProperty('BasePath');
    expect(mapping?.Stage).toBeDefined();
    expect(JSON.stringify(templates.console)).toContain(`'self' https://${own.name}`);
    expect(ofType(cell.templates.http, 'AWS::ApiGateway::DomainName')).toEqual([]);
  });

  test('a changed contract deploys the gateway anew', () => {
    const deployment = (one: Synthesized) =>
      ofType(one.templates.http, 'AWS::ApiGateway::Deployment')[0]?.[0];
    const added = module({
      ...health,
      contract: { ...health.contract, more: publicEndpoint('/v1/health/more') },
    });
    const changed = synthesize({ modules: [added, ...modules.filter((one) => one.name !== 'health')] });
    expect(deployment(synthesize())).toBe(deployment(cell));
    expect(deployment(changed)).not.toBe(deployment(cell));
  });

  test('the access log has the route and the outcome, and nothing about a person', () => {
    const [, stage] = ofType(cell.templates.http, 'AWS::ApiGateway::Stage')[0] ?? [];
    const { Format: format } = stage?.Properties?.AccessLogSetting as { Format: string };
    expect(format).toContain('$context.resourcePath');
    expect(format).not.toMatch(/sourceIp|userAgent|\$context\.path\b|authorizer|caller|identity/);
    expect(stage?.Properties?.MethodSettings).toMatchObject([
      { DataTraceEnabled: false, LoggingLevel: 'ERROR' },
    ]);
    expect(stage?.Properties).toMatchObject({ TracingEnabled: true });
  });

  test('[ARC-4] the firewall stands in front of the stage and limits each address', () => {
    const acl = only(cell.templates.http, 'AWS::WAFv2::WebACL');
    const rules = acl.Properties?.Rules as { Name: string; Statement: Record<string, unknown> }[];
    expect(rules.map((rule) => rule.Name)).toEqual([
      'RatePerAddress',
      'AWSManagedRulesKnownBadInputsRuleSet',
      'AWSManagedRulesCommonRuleSet',
      'AWSManagedRulesAmazonIpReputationList',
    ]);
    expect(rules[0]?.Statement).toMatchObject({
      RateBasedStatement: { AggregateKeyType: 'IP', Limit: 2_000 },
    });
    expect(only(cell.templates.http, 'AWS::WAFv2::WebACLAssociation').Properties?.ResourceArn).toBeDefined();
  });

  test('paths stay clear of the quota of 300 resources', () => {
    expect(countPathResources(Object.keys(bodyOf(cell).paths))).toBeLessThan(280);
  });

  test('an entry that serves no registered module is refused by name', () => {
    const rest = modules.filter((one) => one.name !== 'audit');
    expect(() => newApp({ modules: rest })).toThrow(
      'functions/http/audit.ts serves no registered module: add its line to shared/registry.ts.',
    );
  });

  test('a module without an entry is refused by the name of the missing file', () => {
    const stranger = module({ ...health, name: 'stranger' });
    expect(() => newApp({ modules: [...modules, stranger] })).toThrow(
      'A function has no code: add functions/http/stranger.ts.',
    );
  });
});

function publicEndpoint(path: string) {
  return endpoint({
    plane: 'public',
    method: 'GET',
    path,
    summary: 'More',
    output: z.object({}),
    rate: 'public',
    capability: 'health',
    requirements: ['OPS-3'],
  } as never) as unknown as typeof health.contract.check;
}

function bodyOf({ templates }: Synthesized): GatewayDocument {
  return only(templates.http, 'AWS::ApiGateway::RestApi').Properties?.Body as GatewayDocument;
}

function get(paths: GatewayDocument['paths'], path: string) {
  const operation = paths[path]?.get;
  if (operation === undefined) throw new Error(`There is no GET ${path}.`);
  return operation;
}
