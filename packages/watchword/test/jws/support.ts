import { existsSync, readFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { WatchwordError, type Jwk, type JwsAlgorithm } from '../../src/facade/jws.ts';
import { JWS_ALGORITHMS } from '../../src/crypto/jws/algorithms.ts';

export const ALGORITHMS = Object.keys(JWS_ALGORITHMS) as JwsAlgorithm[];

/** Whether this runtime has ML-DSA-44. */
export const HAS_ML_DSA = ((): boolean => {
  try {
    generateKeyPairSync('ml-dsa-44');
    return true;
  } catch {
    return false;
  }
})();

export const USABLE_ALGORITHMS = ALGORITHMS.filter((name) => name !== 'ML-DSA-44' || HAS_ML_DSA);

/** A fresh private or secret JWK of an algorithm, with `alg`. */
export function freshJwk(alg: JwsAlgorithm, kid?: string): Record<string, unknown> & Jwk {
  const properties = JWS_ALGORITHMS[alg];
  const named = { alg, ...(kid !== undefined && { kid }) };
  switch (properties.kty) {
    case 'oct':
      return { ...generateSecret(properties.hashBytes), ...named };
    case 'RSA':
      return { ...rsaJwk(), ...named };
    case 'EC':
      return { ...exported(generateKeyPairSync('ec', { namedCurve: properties.crv })), ...named };
    case 'OKP':
      return { ...exported(generateKeyPairSync('ed25519')), ...named };
    case 'AKP':
      return { ...exported(generateKeyPairSync('ml-dsa-44')), ...named };
  }
}

export function rsaJwk(modulusLength = 2048, publicExponent = 65_537): Record<string, unknown> & Jwk {
  return exported(generateKeyPairSync('rsa', { modulusLength, publicExponent }));
}

export function publicHalf(jwk: Jwk): Record<string, unknown> & Jwk {
  const secret = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'priv'];
  return Object.fromEntries(Object.entries(jwk).filter(([name]) => !secret.includes(name)));
}

export const encoded = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** The code that a call throws with, `nothing` if it does not throw. Anything but our error is thrown on. */
export function codeOf(call: () => unknown): string {
  try {
    call();
    return 'nothing';
  } catch (error) {
    if (error instanceof WatchwordError) return error.code;
    throw error;
  }
}

/** What is thrown, which has to be our error. */
export function errorOf(call: () => unknown): WatchwordError {
  try {
    call();
  } catch (error) {
    if (error instanceof WatchwordError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const given = process.env['WATCHWORD_SHARED_VECTORS'];
const shared =
  given === undefined
    ? new URL('../../../../../shared/vectors/', import.meta.url)
    : pathToFileURL(`${given}/`);

/** The cookbook's folder of that name, where it is there: it is not in this repository. */
export const cookbook = new URL('cookbook/', shared);
export const skipCookbook = existsSync(cookbook)
  ? false
  : 'the cookbook is not there; WATCHWORD_SHARED_VECTORS may say where it is';

export function readCookbook<Content>(path: string): Content {
  return JSON.parse(readFileSync(new URL(path, cookbook), 'utf8')) as Content;
}

function generateSecret(bytes: number): Record<string, unknown> & Jwk {
  return { kty: 'oct', k: Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('base64url') };
}

function exported({
  privateKey,
}: {
  privateKey: import('node:crypto').KeyObject;
}): Record<string, unknown> & Jwk {
  return { ...privateKey.export({ format: 'jwk' }) } as Record<string, unknown> & Jwk;
}
