import { createHmac } from 'node:crypto';
import type { DecodedJwt } from '../decode-jwt.ts';
import type { Check, Finding } from './finding.ts';

const KNOWN = /^(?:[HRPE]S(?:256|384|512)|EdDSA|Ed25519|ML-DSA-44)$/;

/** From tutorials, templates and the web site that everybody pastes tokens into. */
const KNOWN_SECRETS = [
  'secret',
  'your-256-bit-secret',
  'your-384-bit-secret',
  'your-512-bit-secret',
  'a-string-secret-at-least-256-bits-long',
  'a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long',
  'shhhhh',
  'changeme',
  'jwt_secret',
  'password',
  'mysecret',
  'supersecret',
  'test',
  '',
];

export const checkAlgorithm: Check = (token) => {
  const { alg } = token.header;
  if (typeof alg !== 'string' || /^none$/i.test(alg)) return [UNSIGNED];
  if (!KNOWN.test(alg)) return [unknown];
  const findings: Finding[] = token.signatureBytes === 0 ? [NO_SIGNATURE] : [];
  if (!alg.startsWith('HS')) return findings;
  findings.push(KNOWN_SECRETS.some((secret) => isSignedWith(token, alg, secret)) ? WEAK_SECRET : SYMMETRIC);
  return findings;
};

function isSignedWith({ text }: DecodedJwt, alg: string, secret: string): boolean {
  const end = text.lastIndexOf('.');
  const mac = createHmac(`sha${alg.slice(2)}`, secret)
    .update(text.slice(0, end))
    .digest('base64url');
  return mac === text.slice(end + 1);
}

const UNSIGNED: Finding = {
  rule: 'alg-none',
  sentence: 'The header names no algorithm: the token is not signed, and anybody can write one.',
  advice: 'Sign it, and let verifiers accept one algorithm per key only.',
};

const unknown: Finding = {
  rule: 'alg-unknown',
  sentence: 'The algorithm is none that is registered for signatures and recommended.',
  advice: 'Use ES256, EdDSA, RS256 or PS256.',
};

const NO_SIGNATURE: Finding = {
  rule: 'signature-missing',
  sentence: 'The header names an algorithm, but the signature is empty.',
  advice: 'Find out who removed it. A verifier that accepts this accepts anything.',
};

const WEAK_SECRET: Finding = {
  rule: 'secret-known',
  sentence: 'The token is signed with a secret out of a tutorial: anybody can write one.',
  advice: 'Make a secret: watchword keygen. Then revoke everything that was signed with this one.',
};

const SYMMETRIC: Finding = {
  rule: 'alg-symmetric',
  sentence:
    'An HMAC signs it: whoever can verify it can also write one, and short secrets are guessed offline.',
  advice: 'Use a key pair (watchword keygen ec) unless one program alone signs and verifies.',
};
