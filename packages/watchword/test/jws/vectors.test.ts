import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parseKey, signJws, verifyJws, type Jwk, type JwsAlgorithm } from '../../src/facade/jws.ts';
import { readVectors } from '../domain/support/vectors.ts';
import { codeOf, cookbook, publicHalf, readCookbook, skipCookbook } from './support.ts';

interface Vector {
  readonly algorithm: JwsAlgorithm;
  /** Whether the algorithm gives the same signature each time. */
  readonly deterministic: boolean;
  readonly jwk: Jwk;
  readonly header: string;
  readonly payload: string;
  readonly token: string;
}

const files = [
  'rfc7515-a1-hs256.json',
  'rfc7515-a2-rs256.json',
  'rfc7515-a3-es256.json',
  'rfc7520-4-1-rs256.json',
  'rfc7520-4-2-ps384.json',
  'rfc7520-4-3-es512.json',
  'rfc7520-4-4-hs256.json',
  'rfc8037-a4-eddsa.json',
];

for (const file of files) {
  const { source, algorithm, deterministic, jwk, header, payload, token } = readVectors<Vector>(file);
  describe(`${source} (${algorithm})`, () => {
    const key = { ...jwk, alg: algorithm };
    const algorithms = [algorithm];

    test('verifies, with the private and with the public key', () => {
      for (const one of [key, jwk, publicHalf(key)]) {
        const verified = verifyJws(token, one, { algorithms });
        assert.deepEqual(verified.header, JSON.parse(header));
        assert.equal(Buffer.from(verified.payload).toString(), payload);
      }
    });

    test('is signed by us, to the byte where the RFC signs so', () => {
      const ours = signJws(payload, key);
      assert.equal(Buffer.from(verifyJws(ours, key, { algorithms }).payload).toString(), payload);
      // Appendix A.1 of RFC 7515 writes its header with line breaks.
      const sameHeader = ours.split('.')[0] === token.split('.')[0];
      if (deterministic && sameHeader) assert.equal(ours, token);
    });

    test('is refused with any one character changed', () => {
      const checked = parseKey(key);
      for (let at = 0; at < token.length; at += 1) {
        const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
        assert.match(
          codeOf(() => verifyJws(changed, checked, { algorithms })),
          /^ERR_TOKEN_/,
        );
      }
    });
  });
}

interface Example {
  readonly input: { readonly payload: string; readonly key: Jwk; readonly alg: JwsAlgorithm };
  readonly output: {
    readonly compact?: string;
    readonly json?: unknown;
    readonly json_flat?: unknown;
  };
}

describe('the cookbook', { skip: skipCookbook }, () => {
  const folders = ['jws', 'curve25519', 'rfc7797'];
  const names = skipCookbook
    ? []
    : folders.flatMap((folder) => readdirSync(new URL(folder, cookbook)).map((name) => `${folder}/${name}`));
  for (const name of names.filter((one) => !one.includes('ecdh'))) {
    test(name, () => {
      const { input, output } = readCookbook<Example>(name);
      if (Array.isArray(input.key)) {
        for (const form of [output.json, output.json_flat]) assertNoCompactJws(form, input.key as Jwk[]);
        return;
      }
      const { compact, json, json_flat: flattened } = output;
      // Detached content, an empty header and an unencoded payload are no compact JWS of ours.
      const isOrdinary = compact !== undefined && !compact.includes('..') && !name.startsWith('rfc7797');
      if (isOrdinary) {
        const verified = verifyJws(compact, input.key, { algorithms: [input.alg] });
        assert.equal(Buffer.from(verified.payload).toString(), input.payload);
      } else if (compact !== undefined) {
        assert.equal(
          codeOf(() => verifyJws(compact, { ...input.key, alg: input.alg }, { algorithms: [input.alg] })),
          'ERR_TOKEN_MALFORMED',
        );
      }
      for (const form of [json, flattened]) assertNoCompactJws(form, [{ ...input.key, alg: input.alg }]);
    });
  }
});

function assertNoCompactJws(form: unknown, keys: readonly Jwk[]): void {
  if (form === undefined) return;
  const [key] = keys;
  assert.ok(key !== undefined);
  const algorithms = ['HS256', 'RS256', 'ES512', 'PS384', 'EdDSA', 'ES256'] as const;
  const usable = { ...key, alg: key.alg ?? (key.kty === 'RSA' ? 'RS256' : undefined) };
  for (const one of [form, JSON.stringify(form)]) {
    assert.equal(
      codeOf(() => verifyJws(one as string, usable, { algorithms })),
      'ERR_TOKEN_MALFORMED',
    );
  }
}
