import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { refusedSentence } from './support/errors.ts';
import { createInstallation } from './support/installation.ts';
import { claim } from './support/tokens.ts';

describe('the issuer may be', () => {
  const good = [
    'https://app.example',
    'https://app.example/',
    'https://app.example:8443',
    'https://app.example/tenant/a',
    'http://localhost',
    'http://localhost:3000',
  ];
  for (const issuer of [
    ...good,
    'http://a.localhost:3000',
    'http://127.0.0.1:3000',
    'http://127.1.2.3',
    'http://[::1]:3000',
  ]) {
    test(`${issuer}, and the iss is exactly that`, async (t) => {
      const { auth } = await createInstallation(t).open({ issuer });
      const { accessToken } = await auth.sessions.start({ subject: 'ada' });
      assert.equal(claim(accessToken, 'iss'), issuer);
      assert.equal(claim(accessToken, 'aud'), issuer);
      assert.equal(auth.verify(accessToken).issuer, issuer);
    });
  }
});

describe('the issuer may not be', () => {
  const bad: readonly unknown[] = [
    undefined,
    null,
    42,
    '',
    'app.example',
    'app',
    '//app.example',
    'ftp://app.example',
    'data:text/html,x',
    'urn:app',
    'http://app.example',
    'http://127.evil.example',
    'http://localhost.evil.example',
    'http://10.0.0.1',
    'http://0.0.0.0:3000',
    'https://app.example?x=1',
    'https://app.example#x',
    'https://user:pw@app.example',
    'https://user@app.example',
    'https://',
    ['https://app.example'],
    new URL('https://app.example'),
    // What a URL parser forgives would stand in every token as it was written.
    'https://app.example?',
    'https://app.example#',
    'https://app.example/?',
    ' https://app.example',
    'https://app.example ',
    'https://app.example\n',
    'https://app\t.example',
    'https:app.example',
    'https:/app.example',
    'https:\\\\app.example',
    'https://@app.example',
  ];
  for (const issuer of bad) {
    test(JSON.stringify(issuer) ?? 'missing', async (t) => {
      const sentence = await refusedSentence(createInstallation(t).open({ issuer: issuer as string }));
      assert.match(sentence, /`issuer`.*https:\/\/app\.example/);
    });
  }
});
