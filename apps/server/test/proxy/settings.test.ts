import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSettings } from '../../src/read-settings.ts';

const PRODUCTION = { NODE_ENV: 'production', WATCHWORD_ISSUER: 'https://app.example' };

test('who opens the server to a network in production, and lists no proxy, is told what that means', () => {
  const warningsOf = (environment: object) => readSettings({ ...PRODUCTION, ...environment }, {}).warnings;
  for (const HOST of ['0.0.0.0', '::', '10.0.0.1']) {
    assert.match(warningsOf({ HOST }).join(), /^WATCHWORD_TRUSTED_PROXIES is not set/);
    assert.deepEqual(warningsOf({ HOST, WATCHWORD_TRUSTED_PROXIES: '10.0.0.0/8' }), []);
    assert.deepEqual(warningsOf({ HOST, NODE_ENV: 'development' }), []);
  }
  for (const HOST of [undefined, 'localhost', '127.0.0.1', '::1']) assert.deepEqual(warningsOf({ HOST }), []);
});

test('a list that is wrong is refused at the start', () => {
  const environment = { ...PRODUCTION, WATCHWORD_TRUSTED_PROXIES: '10.0.0.0/8, loopback' };
  assert.throws(() => readSettings(environment, {}), { code: 'ERR_CONFIG', message: /"loopback"/ });
});
