/** Routes are chosen as API Gateway chooses them. */
import { describe, expect, test } from '@jest/globals';
import { createRouter } from '#local/gateway/routes.ts';

const router = (...paths: string[]) =>
  createRouter(paths.map((path) => ({ path, methods: new Map([['GET', path]]) })));

describe('[ARC-2] a route', () => {
  const api = router(
    '/',
    '/keys',
    '/keys/{id}',
    '/keys/{id}/rotate',
    '/keys/current',
    '/files/{path+}',
    '/files/index',
    '/{first}/deep/end',
    '/only/below/here',
    '/v1.0/a-b_c',
  );

  test.each([
    ['/', '/', {}],
    ['/keys', '/keys', {}],
    ['/keys/', '/keys', {}],
    ['/keys/42', '/keys/{id}', { id: '42' }],
    ['/keys/current', '/keys/current', {}],
    ['/keys/a%2Fb%20c', '/keys/{id}', { id: 'a/b c' }],
    ['/keys/%zz', '/keys/{id}', { id: '%zz' }],
    ['/keys/42/rotate', '/keys/{id}/rotate', { id: '42' }],
    ['/keys/current/rotate', '/keys/{id}/rotate', { id: 'current' }],
    ['/files/index', '/files/index', {}],
    ['/files/a/b/c.txt', '/files/{path+}', { path: 'a/b/c.txt' }],
    ['/files/index/more', '/files/{path+}', { path: 'index/more' }],
    ['/x/deep/end', '/{first}/deep/end', { first: 'x' }],
    ['/keys/deep/end', '/{first}/deep/end', { first: 'keys' }],
    ['/v1.0/a-b_c', '/v1.0/a-b_c', {}],
  ])('for %s is %s', (path, expected, parameters) => {
    const match = api.match(path);
    expect(match?.resource.path).toBe(expected);
    expect(match?.parameters).toEqual(parameters);
  });

  test.each(['/nothing', '/keys/42/rotate/again', '/files', '/KEYS', '/keys//rotate', '/v1x0/a-b_c'])(
    'does not exist for %s',
    (path) => {
      expect(api.match(path)?.resource.methods.size ?? 0).toBe(0);
    },
  );

  test('that only leads to others has no methods of its own, and a greedy sibling does not step in', () => {
    const proxied = router('/{proxy+}', '/users/{id}');
    expect(proxied.match('/users')?.resource.methods.size).toBe(0);
    expect(proxied.match('/users/1')?.resource.path).toBe('/users/{id}');
    expect(proxied.match('/users/1/more')?.resource.path).toBe('/{proxy+}');
  });

  test.each([
    [['/keys/{id}', '/keys/{key}/rotate'], 'calls the same segment {id}'],
    [['/keys/{id}.json'], 'a whole segment'],
    [['/keys', '/keys'], 'are one resource'],
  ])('that API Gateway would refuse is refused: %j', (paths, message) => {
    expect(() => router(...paths)).toThrow(message);
  });
});
