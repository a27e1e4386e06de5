import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { clientAddress } from '../../src/proxy/client-address.ts';
import { readNetworks } from '../../src/proxy/read-networks.ts';
import { propertyRuns } from '../property-runs.ts';

const PROXIES = readNetworks('10.0.0.0/8, 2001:db8:f::/48, 127.0.0.1');
const NEAR = '10.0.0.1';

/** The list as it arrived from the peer 10.0.0.1 → the client. */
const LISTS: Readonly<Record<string, string>> = {
  '203.0.113.7': '203.0.113.7',
  ' 203.0.113.7 ': '203.0.113.7',
  '198.51.100.1, 203.0.113.7': '203.0.113.7',
  '198.51.100.1, 203.0.113.7, 10.9.9.9': '203.0.113.7',
  '198.51.100.1,203.0.113.7,2001:db8:f::9,10.9.9.9': '203.0.113.7',
  '10.0.0.8, 203.0.113.7, 10.9.9.9': '203.0.113.7',
  '2001:db8::7': '2001:db8::7',
  '[2001:db8::7]': '2001:db8::7',
  '[2001:db8::7]:4711': '2001:db8::7',
  '203.0.113.7:4711': '203.0.113.7',
  '::ffff:203.0.113.7': '::ffff:203.0.113.7',
  // All of them are proxies: the farthest is the one that asked.
  '10.9.9.9': '10.9.9.9',
  '10.9.9.8, 10.9.9.9': '10.9.9.8',
  '203.0.113.7, ::ffff:10.9.9.9': '203.0.113.7',
  // Nonsense ends the walk at the proxy that passed it on.
  '': NEAR,
  ' ': NEAR,
  ',': NEAR,
  '203.0.113.7,': NEAR,
  '203.0.113.7, , 10.9.9.9': '10.9.9.9',
  unknown: NEAR,
  'unknown, 10.9.9.9': '10.9.9.9',
  '203.0.113.7, _hidden': NEAR,
  '203.0.113.7 10.9.9.9': NEAR,
  '203.0.113.7; 10.9.9.9': NEAR,
  '203.0.113': NEAR,
  '203.0.113.256': NEAR,
  '0203.0.113.7': NEAR,
  '3405803783': NEAR,
  '[203.0.113.7]': NEAR,
  '[2001:db8::7': NEAR,
  '2001:db8::7]:1': NEAR,
  '203.0.113.7:': NEAR,
  '203.0.113.7:http': NEAR,
  'fe80::7%eth0': NEAR,
  '"203.0.113.7"': NEAR,
  'for=203.0.113.7': NEAR,
  '203.0.113.7\u00a0': '203.0.113.7',
};

for (const [list, client] of Object.entries(LISTS)) {
  test(`behind a proxy, ${JSON.stringify(list)} means ${client}`, () => {
    assert.equal(clientAddress(NEAR, list, PROXIES), client);
    assert.equal(clientAddress(`::ffff:${NEAR}`, list, PROXIES), client === NEAR ? `::ffff:${NEAR}` : client);
  });
}

test('a peer that is no proxy is the client, whatever it says', () => {
  for (const list of [undefined, ...Object.keys(LISTS)]) {
    for (const peer of ['203.0.113.9', '11.0.0.1', '2001:db8:e::1']) {
      assert.equal(clientAddress(peer, list, PROXIES), peer);
    }
  }
  assert.equal(clientAddress(NEAR, undefined, PROXIES), NEAR);
});

test('what a client writes itself never counts, once a proxy has appended where it was asked from', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...Object.keys(LISTS))),
      fc.array(fc.constantFrom('10.1.1.1', '2001:db8:f::1', '127.0.0.1'), { maxLength: 3 }),
      fc.oneof(fc.ipV4(), fc.ipV6()).filter((address) => !PROXIES.includes(address) && isIP(address) !== 0),
      (written, hops, client) => {
        const list = [written, client, ...hops].join(', ');
        assert.equal(clientAddress(NEAR, list, PROXIES), client);
      },
    ),
    propertyRuns(2000, 100_000),
  );
});

test('a list as long as headers may be takes no time', () => {
  const startedMs = performance.now();
  for (const entry of ['10.0.0.1,', ',', '[', '::,', '1'.repeat(50)]) {
    const list = entry.repeat(Math.floor(16_384 / entry.length));
    clientAddress(NEAR, `${list}10.0.0.1`, PROXIES);
  }
  assert.ok(performance.now() - startedMs < 200, `${performance.now() - startedMs} ms`);
});
