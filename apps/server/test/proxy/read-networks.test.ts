import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readNetworks } from '../../src/proxy/read-networks.ts';

test('networks and addresses of both families, separated by commas and white space', () => {
  const networks = readNetworks(' 10.0.0.0/8,192.0.2.7\n2001:db8::/32, ::1\tfe80::/10 198.51.100.128/25 ');
  const inside = [
    '10.0.0.0',
    '10.255.255.255',
    '192.0.2.7',
    '::ffff:192.0.2.7',
    '::ffff:a01:203',
    '2001:db8:ffff::1',
    '2001:0DB8::',
    '::1',
    '0:0:0:0:0:0:0:1',
    'fe80::1%eth0',
    '198.51.100.200',
  ];
  const outside = [
    '11.0.0.0',
    '9.255.255.255',
    '192.0.2.6',
    '192.0.2.70',
    '::ffff:192.0.2.8',
    '2001:db9::',
    '::2',
    '198.51.100.127',
    '',
    'localhost',
    '10.0.0.1, 10.0.0.1',
    '010.0.0.1',
    '10.1',
    '167772161',
    '10.0.0.1:80',
    '[::1]',
  ];
  for (const address of inside) assert.ok(networks.includes(address), address);
  for (const address of outside) assert.ok(!networks.includes(address), address);
  assert.equal(networks.isEmpty, false);
});

test('an IPv4 network that is written as IPv6 is the same network', () => {
  const networks = readNetworks('::ffff:10.0.0.0/104');
  for (const address of ['10.1.2.3', '::ffff:10.1.2.3']) assert.ok(networks.includes(address), address);
  for (const address of ['11.1.2.3', '::ffff:11.1.2.3', '::1'])
    assert.ok(!networks.includes(address), address);
});

test('no list trusts nobody', () => {
  for (const text of ['', ' ', ',', ' , \n']) {
    const networks = readNetworks(text);
    assert.equal(networks.isEmpty, true);
    for (const address of ['127.0.0.1', '::1', '10.0.0.1']) assert.ok(!networks.includes(address));
  }
});

const REFUSED: Readonly<Record<string, RegExp>> = {
  proxy: /"proxy" is neither an address nor a network/,
  loopback: /neither/,
  '10.0.0.0/33': /neither/,
  '::/129': /neither/,
  '10.0.0.0/': /neither/,
  '10.0.0.0/8/8': /neither/,
  '10.0.0.0/-1': /neither/,
  '10.0.0.0/8.0': /neither/,
  '10.0.0.0/255.0.0.0': /neither/,
  '10.0.0': /neither/,
  '010.0.0.1': /neither/,
  '10.0.0.*': /neither/,
  '10.0.0.1:80': /neither/,
  '[::1]': /neither/,
  'fe80::1%eth0': /neither/,
  '*': /neither/,
  true: /neither/,
  '0.0.0.0/0': /every machine there is/,
  '::/0': /every machine there is/,
  '10.0.0.1/8': /"10\.0\.0\.1\/8" has bits behind its first 8/,
  '192.0.2.1/31': /bits behind/,
  '2001:db8::1/32': /bits behind/,
  '2001:db8::192.0.2.1/127': /bits behind/,
};

for (const [entry, sentence] of Object.entries(REFUSED)) {
  test(`${entry} is refused with a sentence that names the variable and the entry`, () => {
    for (const text of [entry, `10.0.0.0/8, ${entry}`, `${entry} ::1`]) {
      assert.throws(
        () => readNetworks(text),
        (error: Error & { code?: string }) => {
          assert.equal(error.code, 'ERR_CONFIG');
          assert.match(error.message, /^WATCHWORD_TRUSTED_PROXIES .*[^.]\.$/);
          assert.match(error.message, sentence);
          return true;
        },
      );
    }
  });
}

test('what is refused is not repeated at any length', () => {
  assert.throws(
    () => readNetworks('x'.repeat(100_000)),
    ({ message }: Error) => message.length < 300,
  );
});
