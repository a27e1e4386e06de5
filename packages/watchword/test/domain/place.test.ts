import assert from 'node:assert/strict';
import { isIPv4, isIPv6 } from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { placeOf } from '../../src/domain/place.ts';
import { holds } from './support/property.ts';

describe('of an address only the network is kept', () => {
  const networks: readonly (readonly [string, string])[] = [
    ['203.0.113.77', '203.0.113.0/24'],
    ['127.0.0.1', '127.0.0.0/24'],
    ['255.255.255.255', '255.255.255.0/24'],
    ['::ffff:203.0.113.77', '203.0.113.0/24'],
    ['::FFFF:203.0.113.77', '203.0.113.0/24'],
    ['::ffff:cb00:714d', '203.0.113.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['2001:0DB8:0001::6', '2001:db8:1::/48'],
    ['2001:db8::1', '2001:db8::/48'],
    ['2001::1', '2001::/48'],
    ['::1', '::/48'],
    ['::', '::/48'],
    ['1:2:3:4:5:6:7::', '1:2:3::/48'],
    ['fe80::1%eth0', 'fe80::/48'],
    ['64:ff9b::192.0.2.33', '64:ff9b::/48'],
  ];
  for (const [address, addressPrefix] of networks) {
    test(address, () => assert.deepEqual(placeOf({ address }), { addressPrefix }));
  }
});

test('what is no address is not kept', () => {
  const odd = ['', 'localhost', '1.2.3', '1.2.3.256', '1.2.3.4.5', '0x7f.1', '203.0.113.77:80', ':', ':::'];
  for (const address of [
    ...odd,
    '1:2:3:4:5:6:7',
    '[::1]',
    '::1/64',
    ']@foo.com/:',
    ']@xface.y/:',
    '::1]/x:[',
    '::1\n',
    'a'.repeat(100),
    ':'.repeat(1e6),
  ]) {
    assert.deepEqual(placeOf({ address }), {}, address.slice(0, 40));
  }
});

test('any address gives a network, which is the network of itself', () => {
  holds(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
      const { addressPrefix } = placeOf({ address });
      const [network = ''] = addressPrefix?.split('/') ?? [];
      assert.ok(isIPv4(network) || isIPv6(network), `${address} gave ${addressPrefix}`);
      assert.deepEqual(placeOf({ address: network }), { addressPrefix });
    }),
  );
});

test('what a client calls itself is kept as plain text of at most 256 characters', () => {
  assert.deepEqual(placeOf({ userAgent: ' curl/8.5.0 ' }), { userAgent: 'curl/8.5.0' });
  assert.deepEqual(placeOf({ userAgent: 'a\0b\r\nc' }), { userAgent: 'a b  c' });
  assert.deepEqual(placeOf({ userAgent: '' }), {});
  assert.deepEqual(placeOf({ userAgent: ' \t ' }), {});
  assert.equal(placeOf({ userAgent: 'x'.repeat(1e6) }).userAgent?.length, 256);
  assert.ok(placeOf({ userAgent: 'x'.repeat(255) + '\u{1f511}' }).userAgent?.isWellFormed());
});
