import assert from 'node:assert/strict';
import { createPrivateKey, type JsonWebKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createJwsKey } from '../../src/crypto/jws/key-material.ts';
import type { KeyId } from '../../src/domain/ids.ts';
import type { SigningAlgorithm } from '../../src/domain/signing-key.ts';

/*
 * RFC 7520, the cookbook. It is not in this repository: it is read from WATCHWORD_SHARED_VECTORS, or from
 * `shared/vectors` beside the repository, where that is there.
 */

interface Example {
  readonly title: string;
  readonly input: { readonly payload: string; readonly key: JsonWebKey; readonly alg: SigningAlgorithm };
  readonly signing: { readonly 'sig-input': string; readonly sig: string };
}

const given = process.env['WATCHWORD_SHARED_VECTORS'];
const vectors =
  given === undefined
    ? new URL('../../../../../shared/vectors/', import.meta.url)
    : pathToFileURL(`${given}/`);
const folder = new URL('cookbook/jws/', vectors);
const skip = existsSync(folder)
  ? false
  : 'the cookbook is not there; WATCHWORD_SHARED_VECTORS may say where it is';

// Of its algorithms these are ours. 4.5 is detached and 4.7 leaves the header empty: what is signed is the same.
const files = [
  '4_1.rsa_v15_signature.json',
  '4_4.hmac-sha2_integrity_protection.json',
  '4_5.signature_with_detached_content.json',
  '4_6.protecting_specific_header_fields.json',
  '4_7.protecting_content_only.json',
];

describe('RFC 7520', { skip }, () => {
  for (const file of files) {
    test(file, () => {
      const { input, signing } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Example;
      const material =
        input.key.kty === 'oct'
          ? Buffer.from(input.key.k ?? '', 'base64url')
          : createPrivateKey({ key: input.key, format: 'jwk' }).export({ format: 'der', type: 'pkcs8' });
      const key = createJwsKey('cookbook' as KeyId, input.alg, material);
      assert.equal(key.verify(signing['sig-input'], signing.sig), true);
      assert.equal(key.sign(signing['sig-input']), signing.sig);
      assert.equal(key.verify(`${signing['sig-input']}A`, signing.sig), false);
    });
  }
});
