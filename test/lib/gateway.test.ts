import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { endpoint } from '#shared/contract/endpoint.ts';
import { countPathResources, gatewayDocument, type GatewayOptions } from '#shared/contract/gateway.ts';
import { module } from '#shared/contract/module.ts';

const common = {
  plane: 'tenant',
  method: 'GET',
  summary: 'Test',
  output: z.object({}),
  rate: 'standard',
  capability: 'members',
  permission: 'members:read',
  requirements: ['TEN-8'],
} as const;

const search = endpoint({
  ...common,
  path: '/v1/things/{thingId}/parts',
  params: { thingId: z.string() },
  query: z.object({ term: z.string(), limit: z.coerce.number().default(10), after: z.string().optional() }),
});
const create = endpoint({
  ...common,
  method: 'POST',
  path: '/v1/things/{thingId}/parts',
  params: { thingId: z.string() },
  body: z.object({ name: z.string() }),
  idempotency: 'required',
});
const things = module({ name: 'things', summary: 'Things', contract: { search, create }, needs: {} });

const options: GatewayOptions = {
  title: 'test',
  uri: ({ operationId }) => `invoke:${operationId}`,
  allowedOrigins: ['https://console.example'],
};
const document = gatewayDocument([things], options);
const path = document.paths['/v1/things/{thingId}/parts'];

describe('the gateway document', () => {
  test('is OpenAPI 3.0.1, for the gateway refuses 3.1', () => {
    expect(document.openapi).toBe('3.0.1');
  });

  test('has the gateway demand path and required query parameters, and nothing else', () => {
    expect(path?.get?.parameters).toEqual([
      { name: 'thingId', in: 'path', required: true, schema: { type: 'string' } },
      { name: 'term', in: 'query', required: true, schema: { type: 'string' } },
    ]);
    expect(document['x-amazon-apigateway-request-validators']).toEqual({
      parameters: { validateRequestParameters: true, validateRequestBody: false },
    });
  });

  test('leaves the Idempotency-Key to the chain, which answers after authentication', () => {
    expect(JSON.stringify(path?.post)).not.toMatch(/idempotency/i);
    expect(path?.post).not.toHaveProperty('requestBody');
  });

  test('asks for the address of each endpoint, so that one of a module may stream', () => {
    expect(path?.get?.['x-amazon-apigateway-integration'].uri).toBe('invoke:things.search');
    expect(path?.post?.['x-amazon-apigateway-integration']).toMatchObject({
      type: 'aws_proxy',
      httpMethod: 'POST',
      uri: 'invoke:things.create',
    });
  });

  test('answers preflights without a function, for the methods of the path and the allowed origin', () => {
    expect(path?.options?.['x-amazon-apigateway-integration']).toMatchObject({
      type: 'mock',
      responses: {
        default: {
          statusCode: '204',
          responseParameters: {
            'method.response.header.Access-Control-Allow-Origin': "'https://console.example'",
            'method.response.header.Access-Control-Allow-Methods': "'GET,POST,OPTIONS'",
            'method.response.header.Access-Control-Allow-Headers':
              "'authorization,content-type,idempotency-key,x-tenant-id,plinth-impersonate,x-device-id,x-app-version,traceparent'",
          },
        },
      },
    });
  });

  test('reflects an origin only when it is one of several allowed ones', () => {
    const several = gatewayDocument([things], {
      ...options,
      allowedOrigins: ['https://one.example', 'https://two.example'],
    });
    const answer = JSON.stringify(several.paths['/v1/things/{thingId}/parts']?.options);
    expect(answer).toContain('$origin == \\"https://one.example\\" || $origin == \\"https://two.example\\"');
    expect(answer).not.toContain("'*'");
  });

  test('answers the gateway’s own refusals as problems with the console’s origin', () => {
    const answers = document['x-amazon-apigateway-gateway-responses'] as Record<
      string,
      {
        statusCode: string;
        responseParameters: Record<string, string>;
        responseTemplates: Record<string, string>;
      }
    >;
    for (const { statusCode, responseParameters, responseTemplates } of Object.values(answers)) {
      const template = responseTemplates['application/json'] ?? '';
      const body = JSON.parse(template.replace('$context.error.messageString', '"detail"')) as {
        status: number;
        type: string;
      };
      expect(String(body.status)).toBe(statusCode);
      expect(body.type).toMatch(/^urn:plinth:problem:/);
      expect(responseParameters).toMatchObject({
        'gatewayresponse.header.Content-Type': "'application/problem+json'",
        'gatewayresponse.header.Access-Control-Allow-Origin': "'https://console.example'",
      });
    }
    expect(answers.MISSING_AUTHENTICATION_TOKEN?.statusCode).toBe('404');
    expect(answers.THROTTLED?.statusCode).toBe('429');
  });

  test('refuses two names for the parameter at one place, which the gateway would refuse at deployment', () => {
    const other = endpoint({ ...common, path: '/v1/things/{id}', params: { id: z.string() } });
    const clash = module({ name: 'others', summary: 'Others', contract: { other }, needs: {} });
    expect(() => gatewayDocument([things, clash], options)).toThrow(
      '/v1/things/ is followed by both {thingId} and {id}; choose one name',
    );
  });

  test('counts shared path segments once', () => {
    expect(countPathResources(['/v1/a', '/v1/a/{id}', '/v1/b'])).toBe(4);
  });
});
