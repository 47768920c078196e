/** What a declared cookie means for the documents that are made from contracts. */
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { cookie } from '#shared/contract/cookie.ts';
import { endpoint } from '#shared/contract/endpoint.ts';
import { gatewayDocument } from '#shared/contract/gateway.ts';
import { openApiDocument } from '#shared/contract/openapi.ts';
import { identity } from '#shared/identity/module.ts';
import { sessions } from '#shared/sessions/module.ts';

const declared = cookie({ name: 'crumb', path: '/v1/oven', summary: 'A crumb' });
const common = {
  plane: 'public',
  method: 'POST',
  summary: 'Bake',
  body: z.object({}),
  output: z.object({}),
  rate: 'public',
  capability: 'health',
  cookie: declared,
  requirements: ['IDN-3'],
} as const;

describe('an endpoint with a cookie', () => {
  test('[IDN-3] stands below the path that the cookie is sent to', () => {
    expect(endpoint({ ...common, path: '/v1/oven' }).cookie).toBe(declared);
    expect(endpoint({ ...common, path: '/v1/oven/light' }).cookie).toBe(declared);
    expect(() => endpoint({ ...common, path: '/v1/ovens' })).toThrow(
      'its cookie is sent to POST below /v1/oven',
    );
  });

  test('[IDN-3] is a POST with a JSON body, which no other site can send unasked', () => {
    const { body: _body, ...bare } = common;
    expect(() => endpoint({ ...bare, path: '/v1/oven' })).toThrow('with a JSON body only');
    expect(() => endpoint({ ...common, method: 'PUT', path: '/v1/oven' })).toThrow(
      'its cookie is sent to POST',
    );
  });

  test('[API-1] the API document shows the cookie, what replaces it, and the refusal of other pages', () => {
    const { paths } = openApiDocument([sessions], '1');
    const refresh = paths?.['/v1/session/refresh']?.post;
    expect(refresh?.parameters).toEqual([
      expect.objectContaining({ in: 'cookie', name: '__Secure-plinth-refresh' }),
    ]);
    expect(refresh?.responses).toMatchObject({
      200: { headers: { 'set-cookie': { required: true } } },
      403: { description: expect.stringContaining('auth.origin_refused') as unknown },
    });
  });

  test('[IDN-3] the gateway lets browsers send cookies to its path and to no other', () => {
    const { paths } = gatewayDocument([sessions, identity], {
      title: 'test',
      uri: () => 'arn',
      allowedOrigins: ['https://console.example.com'],
    });
    const withCredentials = Object.entries(paths).filter(([, methods]) =>
      JSON.stringify(methods.options).includes('Access-Control-Allow-Credentials'),
    );
    expect(withCredentials.map(([path]) => path)).toEqual([
      ...['/v1/session', '/v1/session/refresh', '/v1/session/end'],
    ]);
  });
});
