import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  timingSafeEqual,
  verify as verifyRaw,
  type KeyObject,
} from 'node:crypto';
import { createVerifier as createFastJwtVerifier } from 'fast-jwt';
import { jwtVerify } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import { inTurns, median, medianRatio, type Benchmark, type Contestant } from './benchmark.ts';
import { remoteAndByHand } from './verify/remote.ts';
import { AUDIENCE, issueTokens, ISSUER, ours, type Issued } from './verify/tokens.ts';

const ROUNDS = 15;
const TOKENS = 4096;
const COUNT = 4096;
/** The asymmetric algorithms take twenty to a hundred times as long. */
const SLOW_COUNT = 512;

/**
 * Full verifications of 4,096 different tokens: form, signature, type, claims, times, and a million revoked ids. Against them the
 * bare primitive with a key object (and, for HS256, with the bytes), which knows a signature and nothing else, and other libraries with the same claims asked for and their
 * revocations in a `Set`.
 */
export const verify: Benchmark = {
  summary: 'verifications per second, against the bare primitive and other libraries',
  async run() {
    const hs256 = await issueTokens('HS256', TOKENS);
    const speeds = await inTurns(
      {
        ours: ours(hs256, 0),
        cached: ours(hs256, 2 * TOKENS),
        raw: bareHmac(hs256, createSecretKey(hs256.material)),
        rawBytes: bareHmac(hs256, Buffer.from(hs256.material)),
        jsonwebtoken: withJsonwebtoken(hs256),
        fastJwt: withFastJwt(hs256, false),
        fastJwtCached: withFastJwt(hs256, true),
        jose: withJose(hs256),
      },
      { rounds: ROUNDS, count: COUNT },
    );
    const rs256 = await againstRaw('RS256');
    const es256 = await againstRaw('ES256');
    const eddsa = await againstRaw('EdDSA');
    const fetched = await remoteAndByHand(await issueTokens('EdDSA', SLOW_COUNT), {
      rounds: ROUNDS,
      count: SLOW_COUNT,
    });
    return {
      ratios: {
        hs256_vs_raw: medianRatio(speeds.ours, speeds.raw),
        hs256_vs_raw_bytes: medianRatio(speeds.ours, speeds.rawBytes),
        hs256_cached_vs_raw: medianRatio(speeds.cached, speeds.raw),
        hs256_vs_jsonwebtoken: medianRatio(speeds.ours, speeds.jsonwebtoken),
        hs256_vs_fast_jwt: medianRatio(speeds.ours, speeds.fastJwt),
        hs256_cached_vs_fast_jwt_cached: medianRatio(speeds.cached, speeds.fastJwtCached),
        hs256_cached_vs_jsonwebtoken: medianRatio(speeds.cached, speeds.jsonwebtoken),
        hs256_cached_vs_fast_jwt: medianRatio(speeds.cached, speeds.fastJwt),
        hs256_vs_jose: medianRatio(speeds.ours, speeds.jose),
        rs256_vs_raw: medianRatio(rs256.ours, rs256.raw),
        es256_vs_raw: medianRatio(es256.ours, es256.raw),
        eddsa_vs_raw: medianRatio(eddsa.ours, eddsa.raw),
        eddsa_fetched_keys_vs_by_hand: medianRatio(fetched.remote, fetched.byHand),
      },
      figures: {
        hs256_us: microseconds(speeds.ours),
        hs256_cached_us: microseconds(speeds.cached),
        raw_hs256_us: microseconds(speeds.raw),
        raw_bytes_hs256_us: microseconds(speeds.rawBytes),
        jsonwebtoken_us: microseconds(speeds.jsonwebtoken),
        fast_jwt_us: microseconds(speeds.fastJwt),
        fast_jwt_cached_us: microseconds(speeds.fastJwtCached),
        jose_us: microseconds(speeds.jose),
        rs256_us: microseconds(rs256.ours),
        raw_rs256_us: microseconds(rs256.raw),
        es256_us: microseconds(es256.ours),
        raw_es256_us: microseconds(es256.raw),
        eddsa_us: microseconds(eddsa.ours),
        raw_eddsa_us: microseconds(eddsa.raw),
      },
      versions: { node: process.version, openssl: process.versions.openssl },
    };
  },
};

function microseconds(speeds: readonly number[]): number {
  return 1e6 / median(speeds);
}

async function againstRaw(algorithm: 'RS256' | 'ES256' | 'EdDSA') {
  const issued = await issueTokens(algorithm, SLOW_COUNT);
  return inTurns(
    { ours: ours(issued, 0), raw: bareSignature(issued) },
    { rounds: ROUNDS, count: SLOW_COUNT },
  );
}

/** Goes through the tokens again and again. */
function each(tokens: readonly string[], judge: (token: string) => unknown): Contestant {
  return async (count) => {
    for (let done = 0; done < count; done += 1) {
      const result = judge(tokens[done % tokens.length] ?? '');
      if (result instanceof Promise) await result;
      else if (result === false) throw new Error('a right token was refused');
    }
  };
}

function bareHmac({ tokens }: Issued, key: KeyObject | Buffer): Contestant {
  return each(tokens, (token) => {
    const end = token.lastIndexOf('.');
    const right = createHmac('sha256', key).update(token.slice(0, end)).digest();
    const presented = Buffer.from(token.slice(end + 1), 'base64url');
    return presented.length === right.length && timingSafeEqual(presented, right);
  });
}

function publicKeyOf({ material }: Issued): KeyObject {
  return createPublicKey(createPrivateKey({ key: Buffer.from(material), format: 'der', type: 'pkcs8' }));
}

function bareSignature(issued: Issued): Contestant {
  const key = publicKeyOf(issued);
  const hash = issued.algorithm === 'EdDSA' ? null : 'sha256';
  const options = issued.algorithm === 'ES256' ? ({ key, dsaEncoding: 'ieee-p1363' } as const) : key;
  return each(issued.tokens, (token) => {
    const end = token.lastIndexOf('.');
    const signature = Buffer.from(token.slice(end + 1), 'base64url');
    return verifyRaw(hash, Buffer.from(token.slice(0, end)), options, signature);
  });
}

function withJsonwebtoken({ tokens, material, revoked }: Issued): Contestant {
  const key = createSecretKey(material);
  const options = { algorithms: ['HS256' as const], issuer: ISSUER, audience: AUDIENCE };
  return each(tokens, (token) => {
    const payload = jsonwebtoken.verify(token, key, options) as {
      readonly jti: string;
      readonly sid: string;
    };
    return !revoked.has(payload.jti) && !revoked.has(payload.sid);
  });
}

function withFastJwt({ tokens, material, revoked }: Issued, cache: boolean): Contestant {
  const judge = createFastJwtVerifier({
    key: Buffer.from(material),
    algorithms: ['HS256'],
    allowedIss: ISSUER,
    allowedAud: AUDIENCE,
    cache: cache ? 2 * TOKENS : false,
  });
  return each(tokens, (token) => {
    const payload = judge(token) as { readonly jti: string; readonly sid: string };
    return !revoked.has(payload.jti) && !revoked.has(payload.sid);
  });
}

function withJose({ tokens, material, revoked }: Issued): Contestant {
  const key = createSecretKey(material);
  const options = { algorithms: ['HS256'], issuer: ISSUER, audience: AUDIENCE, typ: 'at+jwt' };
  return each(tokens, async (token) => {
    const { payload } = await jwtVerify(token, key, options);
    if (revoked.has(payload.jti ?? '') || revoked.has(String(payload['sid']))) throw new Error('revoked');
  });
}
