import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVerifier } from '../../src/facade/verifier.ts';
import { attack } from '../facade/support/attack.ts';
import { codeOf } from '../facade/support/errors.ts';
import { createInstallation } from '../facade/support/installation.ts';
import { claim, readToken } from '../facade/support/tokens.ts';
import { ATTACKED_ALGORITHMS } from './support/keys.ts';
import { createTarget, judgeClaims, withClaims } from './support/target.ts';

const N256 = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The other right ECDSA signature, which anybody can make of the first: s becomes n − s. */
function twin(token: string): string {
  const end = token.lastIndexOf('.') + 1;
  const bytes = Buffer.from(token.slice(end), 'base64url');
  const s = BigInt(`0x${bytes.subarray(32).toString('hex')}`);
  bytes.set(Buffer.from((N256 - s).toString(16).padStart(64, '0'), 'hex'), 32);
  return token.slice(0, end) + bytes.toString('base64url');
}

test('15. revocation is by jti: another spelling of the same token, here with n − s, is revoked with it', async (t) => {
  const { auth } = await createInstallation(t).open({ algorithm: 'ES256' });
  const { accessToken } = await auth.sessions.start({ subject: 'ada' });
  const other = twin(accessToken);
  assert.notEqual(other, accessToken);
  assert.equal(auth.verify(other).subject, 'ada', 'it is a right signature (RFC 7518 §3.4)');
  await auth.revoke.token(claim(accessToken, 'jti'));
  for (const token of [accessToken, other]) {
    assert.equal(
      codeOf(() => auth.verify(token)),
      'ERR_TOKEN_REVOKED',
    );
  }
});

test('21. no token shares a cache entry with one that was verified before', () => {
  for (const algorithm of ATTACKED_ALGORITHMS) {
    const target = createTarget(algorithm);
    const { token } = target;
    assert.equal(judgeClaims(target, token), undefined);
    assert.ok(judgeClaims(target, `${token.slice(0, -4)}AAAA`) === 'ERR_TOKEN_SIGNATURE');
    const [header = '', payload = '', signature = ''] = token.split('.');
    const root = Buffer.from(JSON.stringify({ ...target.claims, sub: 'root' })).toString('base64url');
    const confused = [
      `${header}.${root}.${signature}`,
      `${header.slice(0, -1)}.${header.slice(-1)}${payload}.${signature}`,
      `${header}.${payload}${signature.slice(0, 1)}.${signature.slice(1)}`,
      `${header}.${payload.slice(0, -1)}.${payload.slice(-1)}${signature}`,
      `${token}A`,
      `A${token}`,
      `${token}\0`,
      token.toLowerCase(),
      token.toUpperCase(),
      token.normalize('NFKD').replace('e', 'е'),
    ];
    for (const other of confused) assert.ok(judgeClaims(target, other) !== undefined, other.slice(0, 20));
    const eve = target.signed(target.header, withClaims(target.claims, { sub: 'eve' }));
    for (let round = 0; round < 3; round += 1) {
      assert.equal(target.verifier.verify(token).subject, 'ada');
      assert.equal(target.verifier.verify(eve).subject, 'eve');
    }
  }
});

test('21. two verifiers share no cache: a token that one takes is judged by the other for itself', () => {
  const [one, two] = [createTarget('HS256'), createTarget('HS256')];
  assert.equal(judgeClaims(one, one.token), undefined);
  assert.equal(judgeClaims(two, one.token), 'ERR_TOKEN_SIGNATURE');
  const stricter = createVerifier({ issuer: 'https://other.example', audience: 'x', keys: [one.key.jwk] });
  assert.equal(judgeClaims({ verifier: stricter }, one.token), 'ERR_TOKEN_ISSUER');
});

test('21. a cached token does not outlive its time, nor a revocation of it, its session, its user, its key or all', async (t) => {
  const { auth, installation, accessToken } = await attack(t);
  auth.verify(accessToken);
  installation.later(900_000);
  assert.equal(
    codeOf(() => auth.verify(accessToken)),
    'ERR_TOKEN_EXPIRED',
  );
  installation.later(-900_000);
  const kid = String(readToken(accessToken).header['kid']);
  const ways: readonly ((token: string) => Promise<unknown>)[] = [
    (token) => auth.revoke.token(claim(token, 'jti')),
    (token) => auth.revoke.session(claim(token, 'sid')),
    () => auth.revoke.subject('ada'),
    () => auth.revoke.all(),
    () => auth.keys.compromise(kid),
  ];
  for (const revoke of ways) {
    installation.later(1);
    const { accessToken: token } = await auth.sessions.start({ subject: 'ada' });
    auth.verify(token);
    auth.verify(token);
    await revoke(token);
    assert.equal(
      codeOf(() => auth.verify(token)),
      'ERR_TOKEN_REVOKED',
    );
  }
});

test('21. a cached token is not taken for another kind, nor where more is asked of it', async (t) => {
  const { auth, accessToken } = await attack(t);
  auth.verify(accessToken);
  assert.equal(
    codeOf(() => auth.tokens.verify(accessToken, { typ: 'invitation+jwt' })),
    'ERR_TOKEN_TYPE',
  );
  assert.equal(
    codeOf(() => auth.verify(accessToken, { scope: 'admin' })),
    'ERR_TOKEN_SCOPE',
  );
  assert.equal(
    codeOf(() => auth.verify(accessToken, { audience: 'https://other.example' })),
    'ERR_TOKEN_AUDIENCE',
  );
});

test('25. after “revoke everything” a token of the same second is refused, and one of the next millisecond is good', async (t) => {
  for (const scope of ['all', 'subject'] as const) {
    const { auth, installation } = await attack(t);
    installation.later(123);
    const { accessToken: before } = await auth.sessions.start({ subject: 'ada' });
    await (scope === 'all' ? auth.revoke.all() : auth.revoke.subject('ada'));
    assert.equal(
      codeOf(() => auth.verify(before)),
      'ERR_TOKEN_REVOKED',
    );
    installation.later(1);
    const { accessToken: after } = await auth.sessions.start({ subject: 'ada' });
    assert.equal(claim(after, 'iat'), claim(before, 'iat'), 'both are of one second');
    assert.equal(auth.verify(after).subject, 'ada');
    assert.equal(
      codeOf(() => auth.verify(before)),
      'ERR_TOKEN_REVOKED',
      'and stays so',
    );
  }
});

test('26. a captured token lives for minutes only, and dies at once when it is revoked (there is no DPoP yet)', async (t) => {
  const { auth, installation, accessToken } = await attack(t);
  const { issuedAtSeconds, expiresAtSeconds, tokenId } = auth.verify(accessToken);
  assert.ok(expiresAtSeconds - issuedAtSeconds <= 900);
  installation.later(899_999);
  assert.equal(auth.verify(accessToken).subject, 'ada', 'whoever has it may use it');
  installation.later(1);
  assert.equal(
    codeOf(() => auth.verify(accessToken)),
    'ERR_TOKEN_EXPIRED',
  );
  installation.later(-900_000);
  await auth.revoke.token(tokenId);
  for (let time = 0; time < 900; time += 100) {
    assert.equal(
      codeOf(() => auth.verify(accessToken)),
      'ERR_TOKEN_REVOKED',
    );
    installation.later(100_000);
    if (time < 800) continue;
    assert.equal(
      codeOf(() => auth.verify(accessToken)),
      'ERR_TOKEN_EXPIRED',
    );
  }
});
