/** Where a key works from. */
import { describe, expect, test } from '@jest/globals';
import { readAddressList } from '#shared/identity/address-list.ts';

function admits(entries: string[], address: string): boolean {
  const list = readAddressList(entries);
  if ('wrong' in list) throw new Error(`not read: ${list.wrong.join()}`);
  return list.admits(address);
}

describe('a list of addresses', () => {
  test.each([
    [['203.0.113.7'], '203.0.113.7'],
    [['203.0.113.0/24'], '203.0.113.255'],
    [['198.51.100.1', '203.0.113.0/24'], '198.51.100.1'],
    [['2001:db8::/32'], '2001:db8:1::1'],
    [['2001:DB8::1'], '2001:db8:0:0:0:0:0:1'],
    // Written the long way, as some proxies do.
    [['203.0.113.0/24'], '::ffff:203.0.113.9'],
    [[], '203.0.113.7'],
    [[], '2001:db8::1'],
  ])('[IDN-8] %j admits %s', (entries, address) => {
    expect(admits(entries, address)).toBe(true);
  });

  test.each([
    [['203.0.113.7'], '203.0.113.8'],
    [['203.0.113.0/24'], '203.0.114.0'],
    [['203.0.113.0/24'], '2001:db8::1'],
    [['2001:db8::/32'], '2001:db9::1'],
    [['0.0.0.0/0'], '2001:db8::1'],
    [['203.0.113.0/24'], ''],
    [['203.0.113.0/24'], 'localhost'],
    [['203.0.113.0/24'], '203.0.113.7, 198.51.100.1'],
    [['203.0.113.7'], '203.0.113.07'],
  ])('[IDN-8] %j does not admit %j', (entries, address) => {
    expect(admits(entries, address)).toBe(false);
  });

  test.each([
    '',
    'x',
    '203.0.113',
    '203.0.113.256',
    '203.0.113.0/33',
    '203.0.113.0/',
    '203.0.113.0/08',
    '::/129',
  ])('[IDN-8] %j is no entry', (entry) => {
    expect(readAddressList(['203.0.113.7', entry])).toEqual({ wrong: [entry] });
  });

  test.each(['203.0.113.0/24/24', 'fe80::1%eth0', '203.0.113.0/-1', '203.0.113.0/1e1', '*', '203.0.113.*'])(
    '[IDN-8] neither is %j',
    (entry) => {
      expect(readAddressList([entry])).toEqual({ wrong: [entry] });
    },
  );
});
